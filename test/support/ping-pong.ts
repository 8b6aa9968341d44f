/**
 * A little protocol that uses everything the kernel has: a primary stores what clients write, pings it to its backups,
 * and answers when all have said pong. Made to be seen in traces, not to be good.
 */
import * as t from 'io-ts'
import { match } from 'ts-pattern'
import {
  always,
  append,
  apply,
  closed,
  emptyLog,
  excluding,
  fired,
  lastIndex,
  logOf,
  note,
  others,
  Positive,
  reachable,
  reply,
  send,
  sendAll,
  startTimer,
  stay,
  step,
  stopTimer,
  type Event,
  type Log,
  type NodeId,
  type NodeView,
  type Protocol,
  type RequestId,
  type Self,
  type Signature,
  type Step
} from '../../spec/kernel/index.ts'
import { model, type Faults, type Model, type Network } from '../../src/model/model.ts'

const Message = t.union([
  closed('Ping', { type: t.literal('ping'), index: Positive, value: t.string }),
  closed('Pong', { type: t.literal('pong'), index: Positive })
])
const Request = closed('Write', { type: t.literal('write'), value: t.string })
const Response = t.union([
  closed('Written', { type: t.literal('written'), count: Positive }),
  closed('Busy', { type: t.literal('busy') })
])
const Entry = closed('Entry', { value: t.string })
const Durable = closed('Durable', { log: logOf(t.string) })

interface Waiting {
  readonly id: RequestId
  /** Backups that have not said pong: sorted, at least one. */
  readonly missing: ReadonlyArray<NodeId>
}
interface State {
  readonly role: 'primary' | 'backup'
  readonly log: Log<string>
  readonly waiting: Waiting | null
}

const rules = [
  ...['start', 'ping', 'refuse-busy', 'refuse-client', 'count-pong', 'finish', 'ignore-pong', 'ping-again'],
  ...['ignore-timeout', 'store', 'repeat-pong', 'ignore-gap', 'recover']
] as const

export type PingPong = Signature<{
  config: State['role']
  state: State
  durable: t.TypeOf<typeof Durable>
  message: t.TypeOf<typeof Message>
  timer: 'resend'
  request: t.TypeOf<typeof Request>
  response: t.TypeOf<typeof Response>
  entry: t.TypeOf<typeof Entry>
  fact: { readonly type: 'everywhere'; readonly value: string }
  rule: (typeof rules)[number]
}>

const ask = (state: State) => ({ type: 'ping' as const, index: lastIndex(state.log), value: valueOf(state.log) })
const valueOf = (log: Log<string>): string => String(log.levels[0]?.at(-1) ?? '')

const asPrimary = (self: Self<PingPong>, state: State, event: Event<PingPong>): Step<PingPong> =>
  match(event)
    .returnType<Step<PingPong>>()
    .with({ type: 'request' }, ({ id, request }) => {
      if (state.waiting !== null) return fired('refuse-busy', state, reply(id, { type: 'busy' }))
      const next = { ...state, log: append(state.log, request.value), waiting: { id, missing: others(self) } }
      return fired('ping', next, sendAll(others(self), ask(next)), startTimer('resend'))
    })
    .with({ type: 'deliver', message: { type: 'pong' } }, ({ from, message: { index } }) => {
      const { waiting } = state
      if (waiting === null || index < lastIndex(state.log)) return stay('ignore-pong', state)
      const missing = excluding(waiting.missing, from)
      if (missing.length > 0) return fired('count-pong', { ...state, waiting: { ...waiting, missing } })
      const value = valueOf(state.log)
      return fired(
        'finish',
        { ...state, waiting: null },
        stopTimer('resend'),
        note({ type: 'everywhere', value }),
        apply({ value }, waiting.id)
      )
    })
    .with({ type: 'timeout' }, () =>
      state.waiting === null
        ? stay('ignore-timeout', state)
        : fired('ping-again', state, sendAll(state.waiting.missing, ask(state)), startTimer('resend'))
    )
    .with({ type: 'deliver', message: { type: 'ping' } }, () => stay('ignore-gap', state))
    .exhaustive()

const asBackup = (state: State, event: Event<PingPong>): Step<PingPong> =>
  match(event)
    .returnType<Step<PingPong>>()
    .with({ type: 'deliver', message: { type: 'ping' } }, ({ from, message: { index, value } }) => {
      const last = lastIndex(state.log)
      if (index > last + 1) return stay('ignore-gap', state)
      const pong = send(from, { type: 'pong' as const, index })
      return index <= last
        ? fired('repeat-pong', state, pong)
        : fired('store', { ...state, log: append(state.log, value) }, pong)
    })
    .with({ type: 'deliver', message: { type: 'pong' } }, () => stay('ignore-pong', state))
    .with({ type: 'timeout' }, () => stay('ignore-timeout', state))
    .with({ type: 'request' }, ({ id }) => fired('refuse-client', state, reply(id, { type: 'busy' })))
    .exhaustive()

export const pingPong: Protocol<PingPong> = {
  name: 'ping-pong',
  wireVersion: 1,
  codecs: { message: Message, durable: Durable, request: Request, response: Response, entry: Entry },
  rules,
  timers: ['resend'],
  initial: ({ config }) => fired('start', { role: config, log: emptyLog, waiting: null }),
  step: (self, state, event) => (state.role === 'primary' ? asPrimary(self, state, event) : asBackup(state, event)),
  durable: ({ log }) => ({ log }),
  recover: ({ config }, { log }) => fired('recover', { role: config, log, waiting: null })
}

/** A backup forgets in a crash what it stored. */
export const forgetful: Protocol<PingPong> = {
  ...pingPong,
  durable: ({ role, log }) => ({ log: role === 'backup' ? emptyLog : log })
}

const logOfNode = (node: NodeView<PingPong>): Log<string> => (node.up ? node.state.log : node.durable.log)

const writtenIsStored = always<PingPong>('written-is-stored', ({ nodes }) => {
  const written = nodes.flatMap((node) => (node.up && node.state.role === 'primary' ? [Number(node.machine)] : []))
  return nodes.every((node) => written.every((count) => lastIndex(logOfNode(node)) >= count))
})

const logNeverShrinks = step<PingPong>(
  'log-never-shrinks',
  ({ before, after }) => lastIndex(logOfNode(after)) >= lastIndex(logOfNode(before))
)

const isWritten = reachable<PingPong>('a-write-is-answered', ({ nodes }) =>
  nodes.some((node) => node.up && Number(node.machine) > 0)
)

/** A primary `a` and backups `b`, `c`, … */
export const pingPongModel = (
  network: Network,
  faults: Faults = {},
  { protocol = pingPong, backups = 2, writes = 1 } = {}
): Model<PingPong> =>
  model({
    name: 'ping-pong',
    protocol,
    nodes: Object.fromEntries(
      Array.from({ length: backups + 1 }, (_, index) => [
        String.fromCodePoint(97 + index),
        index === 0 ? ('primary' as const) : ('backup' as const)
      ])
    ),
    network,
    faults,
    requests: [{ name: 'put', request: { type: 'write', value: 'x' }, at: ['a'], times: writes }],
    machine: {
      initial: 0,
      apply: (count: number) => ({ content: count + 1, response: { type: 'written', count: count + 1 } })
    },
    properties: [writtenIsStored, logNeverShrinks, isWritten]
  })
