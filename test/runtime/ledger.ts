/** A protocol with one of everything: what its tests need of a host. */
import * as t from 'io-ts'
import { match } from 'ts-pattern'
import {
  append,
  apply,
  broadcast,
  closed,
  compact,
  emptyLog,
  fired,
  logOf,
  Natural,
  note,
  reply,
  restore,
  send,
  startTimer,
  stopTimer,
  takeSnapshot,
  type ClientRequest,
  type Protocol,
  type Self,
  type Signature,
  type Step
} from '../../spec/kernel/index.ts'
import type { PureMachine } from '../../src/runtime/index.ts'

const Durable = closed('Durable', { total: Natural, log: logOf(Natural), content: t.union([Natural, t.null]) })
export type Durable = t.TypeOf<typeof Durable>

export interface State extends Durable {
  readonly ticks: number
}

const Message = t.union([
  closed('Total', { type: t.literal('total'), total: Natural }),
  closed('Echo', { type: t.literal('echo'), text: t.string })
])

/** What a request has the node do. */
const Request = t.union([
  closed('Add', { type: t.literal('add'), amount: Natural }),
  /** Answered by the state machine. */
  closed('Apply', { type: t.literal('apply'), amount: Natural }),
  /** Answered, and nothing durable changes. */
  closed('Look', { type: t.literal('look') }),
  /** Never answered. */
  closed('Ignore', { type: t.literal('ignore') }),
  closed('Throw', { type: t.literal('throw') }),
  closed('Say', { type: t.literal('say'), text: t.string }),
  closed('Start', { type: t.literal('start') }),
  closed('Stop', { type: t.literal('stop') }),
  closed('Snapshot', { type: t.literal('snapshot') })
])
type Request = t.TypeOf<typeof Request>

const Response = closed('Response', { total: Natural })

const rules = ['start', 'recover', 'obey', 'hear', 'tick', 'keep-snapshot'] as const

export type Ledger = Signature<{
  state: State
  durable: Durable
  message: t.TypeOf<typeof Message>
  timer: 'tick'
  request: Request
  response: t.TypeOf<typeof Response>
  entry: number
  content: number
  fact: string
  rule: (typeof rules)[number]
}>

const obey = (self: Self<Ledger>, state: State, { id, request }: ClientRequest<Request>): Step<Ledger> =>
  match(request)
    .returnType<Step<Ledger>>()
    .with({ type: 'add' }, ({ amount }) => {
      const total = state.total + amount
      const added = { ...state, total, log: append<number>(state.log, amount) }
      return fired('obey', added, reply(id, { total }), broadcast(self, { type: 'total' as const, total }))
    })
    .with({ type: 'apply' }, ({ amount }) =>
      fired('obey', { ...state, log: append<number>(state.log, amount) }, apply(amount, id))
    )
    .with({ type: 'look' }, () => fired('obey', state, reply(id, { total: state.total })))
    .with({ type: 'ignore' }, () => fired('obey', state))
    .with({ type: 'throw' }, () => {
      throw new Error('planted')
    })
    .with({ type: 'say' }, ({ text }) =>
      fired('obey', state, send(self.id, { type: 'echo' as const, text }), reply(id, { total: 0 }))
    )
    .with({ type: 'start' }, () => fired('obey', state, startTimer('tick'), reply(id, { total: 0 })))
    .with({ type: 'stop' }, () => fired('obey', state, stopTimer('tick'), reply(id, { total: 0 })))
    .with({ type: 'snapshot' }, () => fired('obey', state, takeSnapshot(state.log.last), reply(id, { total: 0 })))
    .exhaustive()

export const ledger: Protocol<Ledger> = {
  name: 'ledger',
  wireVersion: 1,
  codecs: {
    message: Message,
    durable: Durable,
    request: Request,
    response: Response,
    entry: Natural,
    content: Natural
  },
  rules,
  timers: ['tick'],
  initial: () => fired('start', { total: 0, log: emptyLog, content: null, ticks: 0 }, note('started')),
  step: (self, state, event) =>
    match(event)
      .returnType<Step<Ledger>>()
      .with({ type: 'request' }, (asked) => obey(self, state, asked))
      .with({ type: 'deliver' }, ({ from, message }) => fired('hear', state, note(`${from}: ${message.type}`)))
      .with({ type: 'timeout' }, () => fired('tick', { ...state, ticks: state.ticks + 1 }, note('ticked')))
      .with({ type: 'snapshot' }, ({ index, content }) =>
        fired('keep-snapshot', { ...state, content, log: compact(state.log, index) })
      )
      .exhaustive(),
  durable: ({ total, log, content }) => ({ total, log, content }),
  recover: (_self, durable) =>
    fired(
      'recover',
      { ...durable, ticks: 0 },
      note(`recovered ${durable.total}`),
      ...(durable.content === null ? [] : [restore(durable.content)])
    )
}

/** Adds up what it is given. */
export const sum: PureMachine<Ledger> = {
  initial: 0,
  apply: (content: number, entry) => ({ content: content + entry, response: { total: content + entry } })
}
