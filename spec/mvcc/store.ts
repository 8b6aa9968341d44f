/** The store: what it does with each question of a session. */
import {
  append,
  compact,
  emptyLog,
  emptyMap,
  entries,
  fired,
  firstIndex,
  lastIndex,
  length,
  reply,
  startTimer,
  stay,
  valueAt,
  withValue,
  type NodeId
} from '../kernel/index.ts'
import { flaggedByRead, isPivot, remembering } from './conflicts.ts'
import { disciplineOf, hasLostAWrite, hasStaleReads, having, isOutrun, sightOf } from './isolation.ts'
import { aborted, holderOf, keeping, released, tell, waitsFor } from './locks.ts'
import type { Message, Question, Reason } from './messages.ts'
import type { Doing, Happening, Move, Rule } from './rules.ts'
import {
  begun,
  now,
  withActive,
  withCommit,
  type Durable,
  type Isolation,
  type Range,
  type Store,
  type Transaction
} from './state.ts'
import { collected, installed, itemsAt, oldestSnapshot, versionAt } from './versions.ts'

/** As `fired`, with one effect: what the store does most has no lists to flatten. */
const answer = (rule: Rule, state: Store, effect: Doing): Move => ({ rule, state, effects: [effect] })

type Asked<Type extends Question['type']> = Extract<Question, { readonly type: Type }>

/** [Berenson95] §4.2: it will see the data as of now. */
const begin = (store: Store, from: NodeId, { transaction: id }: Asked<'begin'>): Move =>
  valueAt(store.active, id) === undefined
    ? answer(
        'begin',
        withActive(store, withValue(store.active, id, begun(id, from, now(store)))),
        tell(from, { type: 'began', transaction: id })
      )
    : stay('ignore-second-begin', store)

const abort = (rule: Rule, store: Store, transaction: Transaction, reason: Reason): Move => {
  const { store: after, effects } = aborted(store, transaction, reason)
  return fired(rule, after, effects)
}

/** The transaction has read a range. Null where that would be unsafe. */
const reading = (store: Store, transaction: Transaction, range: Range): Store | null => {
  const reader = having(store, transaction, range)
  const noted = reader === transaction ? store : withActive(store, withValue(store.active, reader.id, reader))
  if (disciplineOf(store).readers !== 'flagged') return noted
  return flaggedByRead(noted, reader, range)?.store ?? null
}

const read = (store: Store, transaction: Transaction, { key }: Asked<'read'>): Move => {
  const { id, session, writes } = transaction
  const own = valueAt(writes, key)
  if (own !== undefined)
    return answer('read-own-write', store, tell(session, { type: 'found', transaction: id, key, value: own }))
  const after = reading(store, transaction, { from: key, to: key })
  if (after === null) return abort('abort-unsafe-read', store, transaction, 'unsafe')
  const { value } = versionAt(store.versions, key, sightOf(store, transaction))
  return answer('read-version', after, tell(session, { type: 'found', transaction: id, key, value }))
}

const scan = (store: Store, transaction: Transaction, { from, to }: Asked<'scan'>): Move => {
  const { id, session, writes } = transaction
  const after = reading(store, transaction, { from, to })
  if (after === null) return abort('abort-unsafe-read', store, transaction, 'unsafe')
  const items = itemsAt(store.versions, { from, to }, sightOf(store, transaction), writes)
  return answer('scan', after, tell(session, { type: 'listed', transaction: id, items }))
}

const write = (store: Store, transaction: Transaction, { key, value }: Asked<'write'>): Move => {
  const { id, session, writes } = transaction
  const isLocking = disciplineOf(store).writers === 'first-updater' && valueAt(writes, key) === undefined
  if (isLocking && isOutrun(store, transaction, key))
    return abort('first-updater-wins', store, transaction, 'write-conflict')
  const holder = isLocking ? holderOf(store, key) : null
  if (holder !== null)
    return waitsFor(store, holder.id, id)
      ? abort('break-deadlock', store, transaction, 'deadlock')
      : fired('wait-for-first-updater', { ...store, waiting: [...store.waiting, { transaction: id, key, value }] })
  const after = keeping(store, transaction, key, value)
  return after === null
    ? abort('abort-unsafe-write', store, transaction, 'unsafe')
    : answer('keep-write', after, tell(session, { type: 'kept', transaction: id }))
}

/** A transaction that wrote nothing needs no timestamp, and no check of what it read: it happened when it began. */
const commit = (store: Store, transaction: Transaction): Move => {
  const { id, session, writes } = transaction
  const { writers, readers } = disciplineOf(store)
  if (readers === 'flagged' && isPivot(transaction)) return abort('abort-pivot', store, transaction, 'unsafe')
  const last = tell(session, { type: 'committed', transaction: id })
  if (writes.keys.length === 0) {
    const known = readers === 'flagged' ? remembering(store, transaction, null) : store
    return answer('commit-read-only', released(known, transaction, 'committed').store, last)
  }
  if (writers === 'first-committer' && hasLostAWrite(store, transaction))
    return abort('first-committer-wins', store, transaction, 'write-conflict')
  if (readers === 'validated' && hasStaleReads(store, transaction))
    return abort('abort-stale-reads', store, transaction, 'read-conflict')
  const log = append(store.log, writes)
  const at = lastIndex(log)
  const known = readers === 'flagged' ? remembering(store, transaction, at) : store
  const over = released(known, transaction, 'committed')
  const versions = installed(store.versions, writes, at, oldestSnapshot(over.store, at))
  return {
    rule: 'commit',
    state: withCommit(over.store, log, versions),
    effects: over.effects.length === 0 ? [last] : [last, ...over.effects]
  }
}

/** A transaction that is over is not begun again by asking more of it: the store has forgotten it, or crashed since. */
const running =
  <Type extends Question['type']>(act: (store: Store, transaction: Transaction, asked: Asked<Type>) => Move) =>
  (store: Store, from: NodeId, asked: Asked<Type>): Move => {
    const { transaction: id } = asked
    const transaction = valueAt(store.active, id)
    return transaction === undefined || transaction.session !== from
      ? answer('refuse-unknown-transaction', store, tell(from, { type: 'aborted', transaction: id, reason: 'unknown' }))
      : act(store, transaction, asked)
  }

const ignore = (store: Store): Move => stay('ignore-answer-at-store', store)

/** What the store does with each message. A table, since matching a pattern would cost more than all that is behind it. */
const clauses: {
  readonly [Type in Message['type']]: (
    store: Store,
    from: NodeId,
    message: Extract<Message, { readonly type: Type }>
  ) => Move
} = {
  begin,
  read: running(read),
  scan: running(scan),
  write: running(write),
  commit: running(commit),
  abort: running((store, transaction) => abort('roll-back', store, transaction, 'asked')),
  began: ignore,
  found: ignore,
  listed: ignore,
  kept: ignore,
  committed: ignore,
  aborted: ignore
}

/** What happens at the store. */
export const storeStep = (store: Store, event: Happening): Move => {
  if (event.type === 'timeout') return collect(store)
  if (event.type === 'request') return fired('refuse-client', store, reply(event.id, { type: 'not-a-session' }))
  const { from, message } = event
  // The clause of a type takes messages of that type: TypeScript cannot follow.
  const clause = clauses[message.type] as (store: Store, from: NodeId, message: Message) => Move
  return clause(store, from, message)
}

/**
 * Nobody looks back behind the oldest snapshot, so what was replaced before it goes. What is committed now becomes the
 * checkpoint, and the log begins anew after it.
 */
const collect = (store: Store): Move => {
  const versions = collected(store.versions, oldestSnapshot(store, now(store)))
  const again = startTimer('vacuum')
  return versions === store.versions && length(store.log) === 0
    ? fired('nothing-to-collect', store, again)
    : fired(
        'collect-garbage',
        { ...store, versions, checkpoint: collected(versions, now(store)), log: compact(store.log, now(store)) },
        again
      )
}

const holding = (isolation: Isolation, checkpoint: Store['checkpoint'], log: Store['log']): Store => ({
  role: 'store',
  isolation,
  log,
  checkpoint,
  versions: entries(log).reduce(
    (versions, writes, offset) => installed(versions, writes, firstIndex(log) + offset, lastIndex(log)),
    checkpoint
  ),
  active: emptyMap,
  waiting: [],
  finished: []
})

export const startStore = (isolation: Isolation): Move =>
  fired('start-store', holding(isolation, emptyMap, emptyLog), startTimer('vacuum'))

/** What was committed is in the log. Of transactions that were not, nothing is left. */
export const replayLog = (
  isolation: Isolation,
  { checkpoint, log }: Extract<Durable, { readonly role: 'store' }>
): Move => fired('replay-log', holding(isolation, checkpoint, log), startTimer('vacuum'))
