/** Snapshot isolation where the first committer wins. [Berenson95] §4.2 */
import { holding } from './holding.ts'

export const { contended, crossed } = holding('first-committer-wins', 'strong-snapshot-isolation')
