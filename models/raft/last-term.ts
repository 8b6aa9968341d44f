/** Bounds on elections at their source: a timer that would lead out of bounds is set again, so there are no states beyond. */
import { fired, startTimer, type Protocol } from '../../spec/kernel/index.ts'
import type { Raft, Server } from '../../spec/raft/index.ts'

/** The same protocol, where a server does not time out unless it may stand for election in the term after `term`. */
export const electing = (
  protocol: Protocol<Raft>,
  mayStand: (self: Server, term: number) => boolean
): Protocol<Raft> => ({
  ...protocol,
  step: (self, state, event) =>
    event.type === 'timeout' &&
    event.timer === 'election' &&
    state.role.is !== 'leader' &&
    !mayStand(self, state.term + 1)
      ? fired('ignore-timeout', state, startTimer('election'))
      : protocol.step(self, state, event)
})

/** Nobody stands for election in a term after this one. */
export const electingUpTo = (last: number, protocol: Protocol<Raft>): Protocol<Raft> =>
  electing(protocol, (_self, term) => term <= last)

/** A smaller search: n1 stands for election in odd terms, n2 in even ones, and the others never. */
export const electingInTurns = (last: number, protocol: Protocol<Raft>): Protocol<Raft> =>
  electing(protocol, ({ id }, term) => term <= last && id === (term % 2 === 1 ? 'n1' : 'n2'))
