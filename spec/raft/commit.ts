/** What is committed, and its way to the state machine. [Raft] §5.3, §5.4.2, Fig. 2 "All Servers" */
import { apply, compact, entryAt, lastIndex, slice, startTimer } from '../kernel/index.ts'
import { reachedByQuorum } from './quorum.ts'
import type { Change, Outward, Server } from './raft.ts'
import { termAt, type Leading, type State } from './state.ts'

const { min } = Math

/**
 * "If there exists an N such that N > commitIndex, a majority of matchIndex[i] >= N, and log[N].term == currentTerm: set
 * commitIndex = N." The highest index that a majority holds is the only one to look at: if its term is an earlier one,
 * so are those below. Counting an earlier term's entry is not enough, as Fig. 8 shows.
 */
export const committable = (self: Server, { role, log, term, commitIndex }: Leading): number => {
  const held = reachedByQuorum(
    self,
    lastIndex(log),
    Object.values(role.followers).map(({ match }) => match)
  )
  return held > commitIndex && termAt(log, held) === term ? held : commitIndex
}

/**
 * "If commitIndex > lastApplied: increment lastApplied, apply log[lastApplied] to state machine", a batch at a time, so
 * that no step is as long as the log: the timer `apply` fires at once. A leader lets the client know that asked.
 */
export const applyCommitted = <S extends State>(self: Server, state: S): Change<S> => {
  const { log, lastApplied, commitIndex, role } = state
  const upTo = min(commitIndex, lastApplied + self.config.batch)
  const effects = slice(log, lastApplied + 1, upTo + 1).flatMap((entry, offset): ReadonlyArray<Outward> => {
    if (entry.type === 'noop') return []
    const index = lastApplied + 1 + offset
    const client = role.is === 'leader' ? (entryAt(role.clients, index) ?? null) : null
    return [apply({ type: 'command', index, command: entry.command }, client)]
  })
  const rest: ReadonlyArray<Outward> = upTo < commitIndex ? [startTimer('apply')] : []
  const answered = role.is === 'leader' ? { ...role, clients: compact(role.clients, upTo) } : role
  return { state: { ...state, lastApplied: upTo, role: answered }, effects: [...effects, ...rest] }
}
