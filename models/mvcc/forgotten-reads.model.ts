/** Broken: what a transaction has read is forgotten when it commits, though others still overlap it. A pivot is missed. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { mvcc, type Mvcc } from '../../spec/mvcc/index.ts'
import { breaking } from './cluster.ts'
import { writeSkew } from './workloads.ts'

const forgetting: Protocol<Mvcc> = {
  ...mvcc,
  step: (self, state, event) => {
    const moved = mvcc.step(self, state, event)
    return moved.state.role === 'store' ? { ...moved, state: { ...moved.state, finished: [] } } : moved
  }
}

export default breaking(
  'mvcc-forgotten-reads-let-write-skew-through',
  'conflict-flags',
  writeSkew,
  'serializable',
  forgetting
)
