/** Atomic commit when some nodes are no longer heard by the others, in every way, and are heard again. */
import { partitioned } from './partitioned.ts'

export default partitioned('two-phase-commit-one-way-partition', 'one-way')
