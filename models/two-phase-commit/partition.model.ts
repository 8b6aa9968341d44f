/** Atomic commit when the cluster splits in two that do not hear each other, in every way, and heals. */
import { partitioned } from './partitioned.ts'

export default partitioned('two-phase-commit-partition', 'symmetric')
