/** Failover by majority, when some servers are no longer heard by the others, in every way, and are heard again. */
import { partitioned } from './partitioned.ts'

export default partitioned('split-brain-majority-one-way-partition', 'one-way')
