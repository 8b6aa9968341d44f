/** Read committed: no read shows what was not committed, or was not the last of its transaction. [Adya99] PL-2 */
import { holding } from './holding.ts'

export const { contended, crossed } = holding('read-committed', 'strong-read-committed')
