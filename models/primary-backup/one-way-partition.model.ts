/** Synchronous, when some nodes are no longer heard by the others, in every way, and are heard again. */
import { partitioned } from './partitioned.ts'

export default partitioned('primary-backup-one-way-partition', 'one-way')
