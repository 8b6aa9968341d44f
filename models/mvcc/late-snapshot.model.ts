/** Broken: the snapshot is taken after the first read, when the next operation comes. What was read may be gone by then. */
import { valueAt, withValue, type Protocol } from '../../spec/kernel/index.ts'
import { mvcc, now, type Mvcc, type Store } from '../../spec/mvcc/index.ts'
import { breaking } from './cluster.ts'
import { rereading } from './workloads.ts'

/** Sees all that is committed. */
const notTaken = Number.MAX_SAFE_INTEGER
const isToBeTaken = notTaken - 1

const withSnapshot = (store: Store, id: string, snapshotOf: (snapshot: number) => number): Store => {
  const transaction = valueAt(store.active, id)
  if (transaction === undefined) return store
  const changed = { ...transaction, snapshot: snapshotOf(transaction.snapshot) }
  return { ...store, active: withValue(store.active, id, changed) }
}

const late: Protocol<Mvcc> = {
  ...mvcc,
  step: (self, state, event) => {
    if (state.role !== 'store' || event.type !== 'deliver') return mvcc.step(self, state, event)
    const { transaction: id, type } = event.message
    const taken = withSnapshot(state, id, (snapshot) => (snapshot === isToBeTaken ? now(state) : snapshot))
    const moved = mvcc.step(self, taken, event)
    if (moved.state.role !== 'store') return moved
    const wait = (snapshot: number) => (type === 'begin' ? notTaken : snapshot === notTaken ? isToBeTaken : snapshot)
    return { ...moved, state: withSnapshot(moved.state, id, wait) }
  }
}

export default breaking(
  'mvcc-snapshot-after-the-first-read-is-not-repeatable',
  'first-committer-wins',
  rereading,
  'snapshot-isolation',
  late
)
