/** Giving way to a newer term. [Raft] §5.1 */
import { startTimer, stopTimer } from '../kernel/index.ts'
import type { Change } from './raft.ts'
import { isLeading, type State } from './state.ts'

/** "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower" (§5.1). */
export const adoptTerm = (state: State, term: number): Change => stepDown({ ...state, term, votedFor: null })

/** Follow, and wait for a leader. A leader has no election timer that would tell it of silence: it starts one. */
export const stepDown = (state: State): Change => ({
  state: { ...state, role: { is: 'follower', leader: null } },
  effects: isLeading(state) ? [stopTimer('heartbeat'), startTimer('election')] : []
})
