/** Write-snapshot isolation: what a transaction has read must still be so when it commits. [YF12] */
import { holding } from './holding.ts'

export const { contended, crossed, reported } = holding('read-validation', 'strict-serializable')
