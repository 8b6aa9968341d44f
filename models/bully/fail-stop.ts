/**
 * The world that the bully election assumes: [GM82] has nodes that answer within a known time or are down, so that
 * silence means failure. Here a failure is announced instead: a node that fails tells all others with its last breath,
 * behind all else that it has sent, and their patience ends only when everybody they wait for has failed.
 *
 * This is the perfect detector of fail-stop processors [SS83]. It is the assumption itself, not a way to meet it.
 */
import * as t from 'io-ts'
import {
  broadcast,
  closed,
  fired,
  including,
  startTimer,
  stay,
  stopTimer,
  type Always,
  type NodeId,
  type NodeView,
  type Protocol,
  type Reachable,
  type Self,
  type Signature,
  type Step,
  type View
} from '../../spec/kernel/index.ts'
import type { ModelRequest } from '../../src/model/model.ts'
import { awaited, Message, type Bully, type Rule, type State } from '../../spec/bully/index.ts'

interface FailStopState {
  /** Null once this node has failed. */
  readonly inner: State | null
  /** Who has failed: sorted. */
  readonly failed: ReadonlyArray<NodeId>
}

const Failed = closed('Failed', { type: t.literal('failed') })
const Request = closed('Fail', { type: t.literal('fail') })

export type FailStop = Signature<{
  config: null
  state: FailStopState
  message: Message | t.TypeOf<typeof Failed>
  timer: 'patience'
  request: t.TypeOf<typeof Request>
  rule: Rule | 'fail' | 'learn-of-failure' | 'rest'
}>

/** The same node, as the election knows it. */
const within = ({ id, nodes, config }: Self<FailStop>): Self<Bully> => ({ id, nodes, config })

/** The timers are set anew after each step: patience alone, and only where it may end. */
const settled = (
  self: Self<FailStop>,
  failed: ReadonlyArray<NodeId>,
  { rule, state, effects }: Step<Bully>
): Step<FailStop> =>
  fired<FailStop>(
    rule,
    { inner: state, failed },
    effects.filter((effect) => effect.type === 'send'),
    awaited(self, state).every((node) => failed.includes(node)) ? startTimer('patience') : stopTimer('patience')
  )

/** A bully election, right or broken, among nodes that fail for good and are known to have failed. */
export const failStop = (protocol: Protocol<Bully>): Protocol<FailStop> => ({
  name: protocol.name,
  wireVersion: protocol.wireVersion,
  codecs: { message: t.union([Message, Failed]), durable: t.null, request: Request },
  rules: [...protocol.rules, 'fail', 'learn-of-failure', 'rest'],
  timers: ['patience'],
  initial: (self) => settled(self, [], protocol.initial(within(self))),
  step: (self, state, event) => {
    const { inner, failed } = state
    if (inner === null) return stay('rest', state)
    if (event.type === 'request')
      return fired('fail', { inner: null, failed: [] }, broadcast(self, { type: 'failed' }), stopTimer('patience'))
    if (event.type === 'timeout') return settled(self, failed, protocol.step(within(self), inner, event))
    const { from, message } = event
    return message.type === 'failed'
      ? settled(self, including(failed, from), { rule: 'learn-of-failure' as Rule, state: inner, effects: [] })
      : settled(self, failed, protocol.step(within(self), inner, { type: 'deliver', from, message }))
  },
  durable: () => null,
  recover: (self) => settled(self, [], protocol.recover(within(self), null))
})

const bullyView = ({ nodes }: View<FailStop>): View<Bully> => ({
  nodes: nodes.map((node): NodeView<Bully> =>
    node.up && node.state.inner !== null
      ? { ...node, state: node.state.inner }
      : { id: node.id, up: false, durable: null, gone: true }
  ),
  network: []
})

/** A property of the election, where a node that has failed is one that is down. */
export const amongFailStop = <Kind extends Always<Bully> | Reachable<Bully>>({ kind, name, holds }: Kind) =>
  ({
    kind,
    name,
    holds: (view: View<FailStop>): boolean => holds(bullyView(view))
  }) as Kind extends Always<Bully> ? Always<FailStop> : Reachable<FailStop>

/** A predicate of the election, likewise. */
export const whereFailStop =
  (holds: (view: View<Bully>) => boolean) =>
  (view: View<FailStop>): boolean =>
    holds(bullyView(view))

/** Any node may fail; so many do. */
export const failure = (times: number): ModelRequest<FailStop> => ({ name: 'fail', request: { type: 'fail' }, times })
