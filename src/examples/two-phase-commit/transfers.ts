/**
 * Transfers between banks, each a transaction of two-phase commit. The reducer of one transaction is that of
 * spec/two-phase-commit, as it is. Here are many of them side by side, what a bank's yes promises, and what it then does.
 */
import { match } from 'ts-pattern'
import {
  append,
  emptyLog,
  emptyMap,
  entries,
  entriesIn,
  fired,
  mapOf,
  mapValues,
  reply,
  send,
  startTimer,
  valueAt,
  withoutKey,
  withValue,
  type Effect,
  type Event,
  type NodeId,
  type Protocol,
  type Self,
  type Signature,
  type SortedMap,
  type Step
} from '../../../spec/kernel/index.ts'
import { twoPhaseCommit, type State as Part, type TwoPhaseCommit } from '../../../spec/two-phase-commit/index.ts'
import { Books, Message, Request, Response, type Entry, type Transfer } from './messages.ts'

export type Config =
  { readonly role: 'coordinator' } | { readonly role: 'bank'; readonly coordinator: NodeId; readonly opening: number }

/** This node's part in one transaction. */
interface Run {
  readonly transfer: Transfer | null
  readonly part: Part
}

export interface State extends Books {
  readonly runs: SortedMap<Run>
  /** Whose timer runs. There is one for all: a wait is over when it goes off for the second time since. */
  readonly waits: SortedMap<'fresh' | 'due'>
}

const rules = [...twoPhaseCommit.rules, 'open-books', 'reopen-books', 'pass-time', 'tell', 'refuse-order'] as const

export type Transfers = Signature<{
  config: Config
  state: State
  durable: Books
  message: Message
  timer: 'patience'
  request: Request
  response: Response
  rule: (typeof rules)[number]
}>
type Me = Self<Transfers>
type Move = Step<Transfers>
/** What can happen in one transaction. */
type Happening = Event<TwoPhaseCommit>

const timeout: Happening = { type: 'timeout', timer: 'patience' }

const debit = ({ id }: Me, transfer: Transfer | null): number => (transfer?.from === id ? transfer.amount : 0)
const credit = ({ id }: Me, transfer: Transfer | null): number => (transfer?.to === id ? transfer.amount : 0)

/** This node as two-phase commit knows it. A bank votes yes to what it can pay with what it has not promised yet. */
const asPart = (self: Me, { balance, promised }: Books, transfer: Transfer | null): Self<TwoPhaseCommit> => ({
  ...self,
  config:
    self.config.role === 'coordinator'
      ? self.config
      : {
          role: 'participant',
          coordinator: self.config.coordinator,
          vote: debit(self, transfer) <= balance - promised ? 'yes' : 'no'
        }
})

const recordOf = (part: Part | undefined): Entry['record'] | null =>
  part === undefined ? null : twoPhaseCommit.durable(part).record

/** The books with what has become of a transaction: a yes sets money aside, a decision pays it out or gives it back. */
const enter = (self: Me, books: Books, before: Entry['record'] | null, entry: Entry): Books => {
  const [paid, received] = [debit(self, entry.transfer), credit(self, entry.transfer)]
  const log = append(books.log, entry)
  if (entry.record === 'yes') return { ...books, log, promised: books.promised + paid }
  const moved = before === 'yes' && entry.record === 'commit' ? received - paid : 0
  return { ...books, log, balance: books.balance + moved, promised: books.promised - (before === 'yes' ? paid : 0) }
}

/**
 * A transaction that is new to this node. The coordinator began none that it does not know, or has forgotten it in a crash,
 * which it survives only undecided: presumed to have aborted, as after every crash. [MLO86]
 */
const opened = (self: Me, state: State, transfer: Transfer | null, event: Happening): Part => {
  const part = asPart(self, state, transfer)
  return self.config.role === 'coordinator' && event.type === 'deliver'
    ? twoPhaseCommit.recover(part, { record: null }).state
    : twoPhaseCommit.initial(part).state
}

/** Has one thing happen in one transaction. */
const takePart = (self: Me, state: State, transaction: string, about: Transfer | null, event: Happening): Move => {
  const known = valueAt(state.runs, transaction)
  const transfer = known?.transfer ?? about
  const before = known?.part ?? opened(self, state, transfer, event)
  const { rule, state: part, effects } = twoPhaseCommit.step(asPart(self, state, transfer), before, event)
  const record = recordOf(part)
  const isNew = record !== null && record !== recordOf(known?.part)
  const books = isNew ? enter(self, state, recordOf(known?.part), { transaction, transfer, record }) : state
  const waits = effects.some(({ type }) => type === 'start-timer')
    ? withValue(state.waits, transaction, 'fresh')
    : part.phase === 'decided'
      ? withoutKey(state.waits, transaction)
      : state.waits
  const said = effects.flatMap((effect): ReadonlyArray<Effect<Transfers>> => {
    if (effect.type === 'reply') return [effect]
    if (effect.type !== 'send') return []
    const { to, message } = effect
    return [send(to, { transaction, transfer: message.type === 'vote-request' ? transfer : null, message })]
  })
  const isFirst = isNobody(state.waits) && !isNobody(waits)
  return fired(
    rule,
    { ...state, ...books, runs: withValue(state.runs, transaction, { transfer, part }), waits },
    said,
    isFirst ? startTimer('patience') : []
  )
}

const isNobody = (waits: State['waits']): boolean => waits.keys.length === 0 && waits.height === 0

const passTime = (self: Me, state: State): Move => {
  const due = entriesIn(state.waits).filter(([, wait]) => wait === 'due')
  const aged: Move = fired('pass-time', { ...state, waits: mapValues(state.waits, () => 'due' as const) })
  const passed = due.reduce<Move>((move, [transaction]) => {
    const { state: next, effects } = takePart(self, move.state, transaction, null, timeout)
    return { ...move, state: next, effects: [...move.effects, ...effects.filter(({ type }) => type !== 'start-timer')] }
  }, aged)
  return isNobody(passed.state.waits)
    ? passed
    : { ...passed, effects: [...passed.effects, startTimer('patience' as const)] }
}

const tell = (state: State, transaction: string): Response => {
  const part = valueAt(state.runs, transaction)?.part
  if (part?.phase === 'decided') return { type: 'outcome', decision: part.decision }
  if (part === undefined) return { type: 'unknown' }
  return { type: part.phase === 'prepared' ? 'prepared' : 'working' }
}

const step = (self: Me, state: State, event: Event<Transfers>): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'request', request: { type: 'ask' } }, ({ id, request: { transaction } }) =>
      fired('tell', state, reply(id, tell(state, transaction)))
    )
    .with({ type: 'request', request: { type: 'transfer' } }, ({ id, request: { transaction, from, to, amount } }) =>
      self.config.role === 'coordinator'
        ? takePart(self, state, transaction, { from, to, amount }, { type: 'request', id, request: endTransaction })
        : fired('refuse-order', state, reply(id, { type: 'not-coordinator', coordinator: self.config.coordinator }))
    )
    .with({ type: 'deliver' }, ({ from, message: { transaction, transfer, message } }) =>
      takePart(self, state, transaction, transfer, { type: 'deliver', from, message })
    )
    .with({ type: 'timeout' }, () => passTime(self, state))
    .exhaustive()

const endTransaction = { type: 'end-transaction' } as const

const initial = ({ config }: Me): Move => {
  const opening = config.role === 'bank' ? config.opening : 0
  return fired('open-books', { log: emptyLog, opening, balance: opening, promised: 0, runs: emptyMap, waits: emptyMap })
}

/** Who was promised asks what became of it; who has missed a decision will ask for it. */
const recover = (self: Me, books: Books): Move => {
  const runs = entries(books.log).map(({ transaction, transfer, record }): readonly [string, Run] => {
    const part = twoPhaseCommit.recover(asPart(self, books, transfer), { record }).state
    return [transaction, { transfer, part }]
  })
  const state: State = { ...books, runs: mapOf(runs), waits: emptyMap }
  const promises = entriesIn(state.runs).filter(([, { part }]) => part.phase === 'prepared')
  const waits = mapOf(promises.map(([transaction]) => [transaction, 'due' as const]))
  return { ...passTime(self, { ...state, waits }), rule: 'reopen-books' }
}

export const transfers: Protocol<Transfers> = {
  name: 'transfers',
  wireVersion: 1,
  codecs: { message: Message, durable: Books, request: Request, response: Response },
  rules,
  timers: ['patience'],
  initial,
  step,
  durable: ({ log, opening, balance, promised }) => ({ log, opening, balance, promised }),
  recover
}
