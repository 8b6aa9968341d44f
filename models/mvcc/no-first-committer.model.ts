/** Broken: at commit, nobody looks whether another transaction wrote the same key and came first. An update is lost. */
import { valueAt, withValue, type Protocol } from '../../spec/kernel/index.ts'
import { mvcc, now, type Mvcc, type Store } from '../../spec/mvcc/index.ts'
import { breaking } from './cluster.ts'
import { increments } from './workloads.ts'

/** As if the transaction had begun just now: nothing has been committed since. */
const asIfBegunNow = (store: Store, id: string): Store => {
  const transaction = valueAt(store.active, id)
  return transaction === undefined
    ? store
    : { ...store, active: withValue(store.active, id, { ...transaction, snapshot: now(store) }) }
}

const unchecked: Protocol<Mvcc> = {
  ...mvcc,
  step: (self, state, event) =>
    state.role === 'store' && event.type === 'deliver' && event.message.type === 'commit'
      ? mvcc.step(self, asIfBegunNow(state, event.message.transaction), event)
      : mvcc.step(self, state, event)
}

export default breaking(
  'mvcc-no-first-committer-check-loses-an-update',
  'first-committer-wins',
  increments,
  'snapshot-isolation',
  unchecked
)
