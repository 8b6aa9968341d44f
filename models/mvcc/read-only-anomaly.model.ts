/**
 * Snapshot isolation is not serializable, though those that write would be: only one that reads makes the cycle. [Fekete04]
 */
import { breaking } from './cluster.ts'
import { report } from './workloads.ts'

export default breaking(
  'mvcc-snapshot-isolation-shows-the-read-only-anomaly',
  'first-committer-wins',
  report,
  'serializable'
)
