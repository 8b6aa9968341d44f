/** Snapshot isolation where the first updater wins. [Fekete05] */
import { holding } from './holding.ts'

export const { contended, crossed } = holding('first-updater-wins', 'strong-snapshot-isolation')
