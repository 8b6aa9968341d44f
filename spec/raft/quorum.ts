/** Majorities. [Raft] §5.2, §5.3 */
import { isMajority, type NodeId } from '../kernel/index.ts'
import type { Server } from './raft.ts'

const { floor } = Math

export const isQuorum = (self: Server, set: ReadonlyArray<NodeId>): boolean => isMajority(set, self.nodes)

/** The highest value that a majority has reached: our own, and one for each of the others. */
export const reachedByQuorum = (self: Server, own: number, theirs: ReadonlyArray<number>): number =>
  [own, ...theirs].toSorted((a, b) => b - a)[floor(self.nodes.length / 2)] ?? 0
