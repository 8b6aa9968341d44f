/**
 * TwoPhase as published with [GL06] and among the TLA+ examples, to the state: n resource managers have 4^n + 2^n + 6^n
 * distinct states, 288 for three and 8,832 for five. The checker is judged by these counts.
 *
 * What a manager does of its own accord is a timer here. Armed timers are part of a node's state, so each is armed
 * exactly while the published action is enabled, and no published state splits in two.
 */
import * as t from 'io-ts'
import { match, P } from 'ts-pattern'
import {
  always,
  closed,
  fired,
  including,
  living,
  others,
  Positive,
  reachable,
  send,
  sendAll,
  startTimer,
  stay,
  stopTimer,
  type Event,
  type NodeId,
  type NodeView,
  type Protocol,
  type Self,
  type Signature,
  type Step
} from '../../spec/kernel/index.ts'
import { asynchronous, model, sameNodes } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'

const Message = t.union([
  closed('Prepared', { type: t.literal('prepared') }),
  closed('Commit', { type: t.literal('commit') }),
  closed('Abort', { type: t.literal('abort') })
])

type Config = { readonly role: 'transaction-manager' } | { readonly role: 'resource-manager'; readonly manager: NodeId }

interface TransactionManager {
  readonly role: 'transaction-manager'
  readonly phase: 'init' | 'committed' | 'aborted'
  /** Whose Prepared was taken in: sorted. Nothing is taken in after init. */
  readonly prepared: ReadonlyArray<NodeId>
}

interface ResourceManager {
  readonly role: 'resource-manager'
  readonly manager: NodeId
  readonly phase: 'working' | 'prepared' | 'committed' | 'aborted'
}

/** The names of the published actions, and what they leave out. */
const rules = [
  'init',
  'tm-receive-prepared',
  'tm-commit',
  'tm-abort',
  'rm-prepare',
  'rm-choose-to-abort',
  'rm-receive-commit',
  'rm-receive-abort',
  'ignore'
] as const

export type TwoPhase = Signature<{
  config: Config
  state: TransactionManager | ResourceManager
  message: t.TypeOf<typeof Message>
  timer: 'prepare' | 'commit' | 'abort'
  rule: (typeof rules)[number]
}>

const initial = ({ config }: Self<TwoPhase>): Step<TwoPhase> =>
  match(config)
    .returnType<Step<TwoPhase>>()
    .with({ role: 'transaction-manager' }, ({ role }) =>
      fired('init', { role, phase: 'init', prepared: [] }, startTimer('abort'))
    )
    .with({ role: 'resource-manager' }, ({ role, manager }) =>
      fired('init', { role, manager, phase: 'working' }, startTimer('prepare'), startTimer('abort'))
    )
    .exhaustive()

const stepTransactionManager = (
  self: Self<TwoPhase>,
  state: TransactionManager,
  event: Event<TwoPhase>
): Step<TwoPhase> =>
  match([state, event] as const)
    .returnType<Step<TwoPhase>>()
    .with([{ phase: 'init' }, { type: 'deliver', message: { type: 'prepared' } }], ([, { from }]) => {
      const prepared = including(state.prepared, from)
      const isComplete = others(self).every((manager) => prepared.includes(manager))
      return fired('tm-receive-prepared', { ...state, prepared }, isComplete ? startTimer('commit') : [])
    })
    .with([{ phase: 'init' }, { type: 'timeout', timer: 'commit' }], () =>
      fired(
        'tm-commit',
        { ...state, phase: 'committed' },
        stopTimer('abort'),
        sendAll(others(self), { type: 'commit' })
      )
    )
    .with([{ phase: 'init' }, { type: 'timeout', timer: 'abort' }], () =>
      fired('tm-abort', { ...state, phase: 'aborted' }, stopTimer('commit'), sendAll(others(self), { type: 'abort' }))
    )
    .with(
      [{ phase: P.union('committed', 'aborted') }, P._],
      [P._, { type: 'timeout', timer: 'prepare' }],
      [P._, { type: 'deliver', message: { type: P.union('commit', 'abort') } }],
      () => stay('ignore', state)
    )
    .exhaustive()

const stepResourceManager = (state: ResourceManager, event: Event<TwoPhase>): Step<TwoPhase> =>
  match([state, event] as const)
    .returnType<Step<TwoPhase>>()
    .with([{ phase: 'working' }, { type: 'timeout', timer: 'prepare' }], () =>
      fired(
        'rm-prepare',
        { ...state, phase: 'prepared' },
        stopTimer('abort'),
        send(state.manager, { type: 'prepared' })
      )
    )
    .with([{ phase: 'working' }, { type: 'timeout', timer: 'abort' }], () =>
      fired('rm-choose-to-abort', { ...state, phase: 'aborted' }, stopTimer('prepare'))
    )
    // Whatever it was: that it was prepared is what the protocol must see to.
    .with([P._, { type: 'deliver', message: { type: 'commit' } }], () =>
      fired('rm-receive-commit', { ...state, phase: 'committed' }, stopTimer('prepare'), stopTimer('abort'))
    )
    .with([P._, { type: 'deliver', message: { type: 'abort' } }], () =>
      fired('rm-receive-abort', { ...state, phase: 'aborted' }, stopTimer('prepare'), stopTimer('abort'))
    )
    .with(
      [{ phase: P.union('prepared', 'committed', 'aborted') }, { type: 'timeout' }],
      [P._, { type: 'timeout', timer: 'commit' }],
      [P._, { type: 'deliver', message: { type: 'prepared' } }],
      () => stay('ignore', state)
    )
    .exhaustive()

export const twoPhase: Protocol<TwoPhase> = {
  name: 'published-two-phase',
  wireVersion: 1,
  codecs: { message: Message, durable: t.null },
  rules,
  timers: ['prepare', 'commit', 'abort'],
  initial,
  step: (self, state, event) =>
    match(state)
      .returnType<Step<TwoPhase>>()
      .with({ role: 'transaction-manager' }, (manager) => stepTransactionManager(self, manager, event))
      .with({ role: 'resource-manager' }, (manager) => stepResourceManager(manager, event))
      .exhaustive(),
  // The published model has no crashes, so nothing is kept and nobody recovers.
  durable: () => null,
  recover: initial
}

const phasesOf = (nodes: ReadonlyArray<NodeView<TwoPhase>>) =>
  living(nodes).flatMap(({ state }) => (state.role === 'resource-manager' ? [state.phase] : []))

/** No resource manager has committed while another has aborted. TCConsistent, [GL06] §2 */
export const consistent = always<TwoPhase>('consistent', ({ nodes }) => {
  const reached = phasesOf(nodes)
  return !(reached.includes('committed') && reached.includes('aborted'))
})

const allReach = (phase: ResourceManager['phase']) =>
  reachable<TwoPhase>(`all-${phase}`, ({ nodes }) => phasesOf(nodes).every((reached) => reached === phase))

export default parametric(
  { resourceManagers: parameter(Positive, 3, 'resource managers besides the transaction manager') },
  ({ resourceManagers }) => {
    const managers = sameNodes<Config>('rm', resourceManagers, { role: 'resource-manager', manager: 'tm' })
    return model<TwoPhase>({
      name: 'published-two-phase',
      protocol: twoPhase,
      nodes: { tm: { role: 'transaction-manager' }, ...managers },
      network: asynchronous(),
      symmetric: [Object.keys(managers)],
      properties: [consistent, allReach('committed'), allReach('aborted')],
      mayStop: true
    })
  }
)
