/** Serializable snapshot isolation: no pivot commits. [Cahill08] */
import { holding } from './holding.ts'

export const { contended, crossed, reported } = holding('conflict-flags', 'strict-serializable')
