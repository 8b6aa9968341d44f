/**
 * Broken: the commit timestamp is taken before validation, and others run in between. A snapshot taken then promises a commit
 * that is not there yet, and shows half of it.
 */
import { append, fired, lastIndex, send, valueAt, type Protocol, type Self } from '../../spec/kernel/index.ts'
import {
  aborted,
  hasLostAWrite,
  installed,
  mvcc,
  released,
  tell,
  type Happening,
  type Move,
  type Mvcc,
  type Store,
  type Transaction
} from '../../spec/mvcc/index.ts'
import { breaking } from './cluster.ts'
import { readSkew } from './workloads.ts'

/** The timestamps that were taken and not used yet, by transaction. */
interface Hasty extends Store {
  readonly taken?: Readonly<Record<string, number>>
}

const take = (store: Hasty, { id, writes }: Transaction, itself: string): Move => {
  const log = append(store.log, writes)
  const taking: Hasty = { ...store, log, taken: { ...store.taken, [id]: lastIndex(log) } }
  return fired('commit', taking, send(itself, { type: 'commit', transaction: id }))
}

const validate = (store: Hasty, transaction: Transaction): Move => {
  const { id, session, writes } = transaction
  if (hasLostAWrite(store, transaction)) {
    const { store: after, effects } = aborted(store, transaction, 'write-conflict')
    return fired('first-committer-wins', after, effects)
  }
  const versions = installed(store.versions, writes, store.taken?.[id] ?? 0, 0)
  const after = released({ ...store, versions }, transaction, 'committed').store
  return fired('commit', after, tell(session, { type: 'committed', transaction: id }))
}

const moved = (self: Self<Mvcc>, store: Hasty, event: Happening): Move => {
  if (event.type !== 'deliver' || event.message.type !== 'commit') return mvcc.step(self, store, event)
  const transaction = valueAt(store.active, event.message.transaction)
  if (transaction === undefined || transaction.writes.keys.length === 0) return mvcc.step(self, store, event)
  return event.from === self.id ? validate(store, transaction) : take(store, transaction, self.id)
}

/** The store makes its next state of the fields that it knows: what was taken is carried along. */
const carrying = ({ taken }: Hasty, move: Move): Move =>
  taken === undefined ? move : { ...move, state: { taken, ...move.state } as Hasty }

const hasty: Protocol<Mvcc> = {
  ...mvcc,
  step: (self, state, event) =>
    state.role === 'store' ? carrying(state, moved(self, state, event)) : mvcc.step(self, state, event)
}

export default breaking(
  'mvcc-timestamp-before-validation-tears-a-snapshot',
  'first-committer-wins',
  readSkew,
  'snapshot-isolation',
  hasty
)
