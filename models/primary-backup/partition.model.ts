/** Synchronous, when servers and view service split in two that do not hear each other, in every way, and heal. */
import { partitioned } from './partitioned.ts'

export default partitioned('primary-backup-partition', 'symmetric')
