/**
 * Write locks: the first updater wins. A transaction holds the lock of every key that it will write, until its end. Who
 * comes second waits; if the first commits, the second is aborted, and if it aborts, the second has the lock. [Fekete05]
 */
import { findValue, send, valueAt, withoutKey, withValue, type NodeId } from '../kernel/index.ts'
import { flaggedByWrite, forgetting } from './conflicts.ts'
import { disciplineOf } from './isolation.ts'
import type { Message, Reason, TransactionId, Value } from './messages.ts'
import type { Doing } from './rules.ts'
import { doing, withActive, type Store, type Transaction } from './state.ts'

/** A store, and what it tells sessions. */
export interface Change {
  readonly store: Store
  readonly effects: ReadonlyArray<Doing>
}

export const tell = (session: NodeId, answer: Message): Doing => send(session, answer)

/** Who holds the lock of a key. */
export const holderOf = ({ active }: Store, key: string): Transaction | null =>
  findValue(active, ({ writes }) => valueAt(writes, key) !== undefined) ?? null

/** Whether `first` waits, itself or by way of others, for `second`. */
export const waitsFor = (store: Store, first: TransactionId, second: TransactionId): boolean => {
  const asked = store.waiting.find(({ transaction }) => transaction === first)
  const holder = asked === undefined ? null : holderOf(store, asked.key)
  return holder !== null && (holder.id === second || waitsFor(store, holder.id, second))
}

/** The transaction will write: it has the lock. Null where that would be unsafe. */
export const keeping = (store: Store, transaction: Transaction, key: string, value: Value): Store | null => {
  const flagged = disciplineOf(store).readers === 'flagged' ? flaggedByWrite(store, transaction, key) : undefined
  if (flagged === null) return null
  const { store: after, transaction: writer } = flagged ?? { store, transaction }
  const writing = doing(writer, writer.reads, withValue(writer.writes, key, value))
  return withActive(after, withValue(after.active, writer.id, writing))
}

/** The transaction is over, and so are its locks. Those who waited for them go on, or are over, too. */
export const released = (store: Store, transaction: Transaction, outcome: 'committed' | 'aborted'): Change => {
  const { id, writes } = transaction
  const known = forgetting(withActive(store, withoutKey(store.active, id)))
  if (known.waiting.length === 0) return { store: known, effects: [] }
  const over = { ...known, waiting: known.waiting.filter((one) => one.transaction !== id) }
  return over.waiting
    .filter(({ key }) => valueAt(writes, key) !== undefined)
    .reduce<Change>(
      (change, waiting) => {
        const next = valueAt(change.store.active, waiting.transaction)
        // One that was aborted on the way waits no more.
        if (next === undefined || !change.store.waiting.includes(waiting)) return change
        if (outcome === 'committed') return thrownOut(change, next, 'write-conflict')
        return holderOf(change.store, waiting.key) === null ? granted(change, next, waiting.key, waiting.value) : change
      },
      { store: over, effects: [] }
    )
}

const granted = ({ store, effects }: Change, transaction: Transaction, key: string, value: Value): Change => {
  const { id, session } = transaction
  const waiting = store.waiting.filter((one) => one.transaction !== id)
  const kept = keeping({ ...store, waiting }, transaction, key, value)
  return kept === null
    ? thrownOut({ store, effects }, transaction, 'unsafe')
    : { store: kept, effects: [...effects, tell(session, { type: 'kept', transaction: id })] }
}

const thrownOut = ({ store, effects }: Change, transaction: Transaction, reason: Reason): Change => {
  const after = aborted(store, transaction, reason)
  return { store: after.store, effects: [...effects, ...after.effects] }
}

/** The transaction is aborted, and told so. */
export const aborted = (store: Store, transaction: Transaction, reason: Reason): Change => {
  const { id, session } = transaction
  const { store: after, effects } = released(store, transaction, 'aborted')
  return { store: after, effects: [tell(session, { type: 'aborted', transaction: id, reason }), ...effects] }
}
