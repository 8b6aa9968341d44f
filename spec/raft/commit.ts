/** What is committed, and its way to the state machine. [Raft] §5.3, §5.4.2, Fig. 2 "All Servers" */
import { match } from 'ts-pattern'
import { apply, compact, entryAt, reply, slice, startTimer, type RequestId } from '../kernel/index.ts'
import type { Response } from './clients.ts'
import { latest, latestIndex, reachedByQuorum } from './configuration.ts'
import { leaveJoint } from './membership.ts'
import type { Entry } from './messages.ts'
import { andThen, unchanged, type Change, type Outward, type Server } from './raft.ts'
import { askForSnapshot } from './snapshots.ts'
import { termAt, updated, updatedOffice, type Leading, type State } from './state.ts'

const { min } = Math

/**
 * "If there exists an N such that N > commitIndex, a majority of matchIndex[i] >= N, and log[N].term == currentTerm: set
 * commitIndex = N." The highest index that a majority holds is the only one to look at: if its term is an earlier one,
 * so are those below. Counting an earlier term's entry is not enough, as Fig. 8 shows. What its own disk does not have yet
 * a leader does not commit: then no crash takes back what a server knew to be committed.
 */
export const committable = (self: Server, state: Leading): number => {
  const { role, term, commitIndex } = state
  const reached = reachedByQuorum(latest(state), (node) =>
    node === self.id ? role.written : (role.followers[node]?.match ?? 0)
  )
  const held = min(reached, role.written)
  return held > commitIndex && termAt(state, held) === term ? held : commitIndex
}

/** Commits and applies what a majority holds by now. A joint configuration that is committed is left at once. */
export const advance = (self: Server, state: Leading): Change<Leading> => {
  const commitIndex = committable(self, state)
  if (commitIndex === state.commitIndex) return unchanged(state)
  const client = entryAt(state.role.clients, latestIndex(state)) ?? null
  const moved = andThen(leaveJoint(self, state, commitIndex, client), (leader) =>
    applyCommitted(self, leader, commitIndex)
  )
  // A leader that is the only voter left needs nobody's answer to commit the configuration that says so.
  return moved.state.configurations === state.configurations ? moved : andThen(moved, (leader) => advance(self, leader))
}

/**
 * "If commitIndex > lastApplied: increment lastApplied, apply log[lastApplied] to state machine", a batch at a time, so
 * that no step is as long as the log: the timer `apply` fires at once. A leader lets the client know that asked.
 */
export const applyCommitted = <S extends State>(self: Server, state: S, commitIndex: number): Change<S> => {
  const { log, lastApplied, role } = state
  const upTo = min(commitIndex, lastApplied + self.config.batch)
  if (upTo === lastApplied) return unchanged(state)
  const effects = slice(log, lastApplied + 1, upTo + 1).flatMap((entry, offset) => {
    const index = lastApplied + 1 + offset
    return applied(entry, index, role.is === 'leader' ? (entryAt(role.clients, index) ?? null) : null)
  })
  const rest: ReadonlyArray<Outward> = upTo < commitIndex ? [startTimer('apply')] : []
  const answered = role.is === 'leader' ? updatedOffice(role, { clients: compact(role.clients, upTo) }) : role
  return andThen(
    { state: updated(state, { commitIndex, lastApplied: upTo, role: answered }), effects: [...effects, ...rest] },
    (current) => askForSnapshot(self, current)
  )
}

const applied = (entry: Entry, index: number, client: RequestId | null): ReadonlyArray<Outward> =>
  match(entry)
    .returnType<ReadonlyArray<Outward>>()
    .with({ type: 'command' }, ({ command }) => [apply({ type: 'command', index, command }, client)])
    .with({ type: 'noop' }, () => [])
    .with({ type: 'configuration' }, ({ configuration }) =>
      client === null || configuration.outgoing !== null
        ? []
        : [reply<Response>(client, { type: 'changed', configuration })]
    )
    .exhaustive()
