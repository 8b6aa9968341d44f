/** Failover by majority, when the servers split in two groups that do not hear each other, in every way, and heal. */
import { partitioned } from './partitioned.ts'

export default partitioned('split-brain-majority-partition', 'symmetric')
