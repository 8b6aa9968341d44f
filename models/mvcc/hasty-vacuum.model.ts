/** Broken: garbage is collected as if nobody looked back. A snapshot that is still in use loses what it sees. */
import { emptyMap, type Protocol } from '../../spec/kernel/index.ts'
import { mvcc, type Mvcc } from '../../spec/mvcc/index.ts'
import { breaking } from './cluster.ts'
import { seededSkew } from './workloads.ts'

const hasty: Protocol<Mvcc> = {
  ...mvcc,
  step: (self, state, event) => {
    if (state.role !== 'store' || event.type !== 'timeout') return mvcc.step(self, state, event)
    const moved = mvcc.step(self, { ...state, active: emptyMap }, event)
    return { ...moved, state: { ...moved.state, active: state.active } }
  }
}

export default breaking(
  'mvcc-vacuum-past-a-snapshot-changes-what-it-sees',
  'first-committer-wins',
  seededSkew,
  'snapshot-isolation',
  hasty
)
