/**
 * Raft for deep searches: three ways to say the same in fewer states. The first two keep every combination of terms, votes, logs,
 * commit indices and roles that the protocol has, and make no others; the third adds to them. test/raft-state-space.test.ts compares.
 */
import { others, sendAll, type Effect, type Protocol, type Self, type Step } from '../../spec/kernel/index.ts'
import type { Message, Raft, State } from '../../spec/raft/index.ts'

type Move = Step<Raft>

/** The state without what [Raft] Fig. 2 does not name and only clients are told: whom a follower follows. */
export const withoutHints = (state: State): State =>
  state.role.is === 'follower' ? { ...state, role: { is: 'follower', leader: null } } : state

/**
 * What a server knows for its clients' sake is forgotten: whom it follows, and which of them asked. Nothing but an answer to a
 * client depends on it, where neither pre-vote nor check-quorum is on.
 */
export const forgetful = (protocol: Protocol<Raft>): Protocol<Raft> => ({
  ...protocol,
  step: (self, state, event) => {
    const moved = protocol.step(self, state, event.type === 'request' ? { ...event, id: 'someone' } : event)
    return { ...moved, state: withoutHints(moved.state) }
  }
})

const isHeartbeatTimer = (effect: Effect<Raft>): boolean =>
  effect.type === 'start-timer' && effect.timer === 'heartbeat'

/**
 * A leader's heartbeat timer fires right after each of its steps, and at no other time. On a network where a message may be as late
 * as it likes, nothing is lost by sending it early: a heartbeat depends on nothing but the leader's state, which it leaves as it is.
 */
export const prompt = (protocol: Protocol<Raft>): Protocol<Raft> => ({
  ...protocol,
  step: (self, state, event) => {
    const moved = protocol.step(self, state, event)
    if (moved.state.role.is !== 'leader') return moved
    const beat = protocol.step(self, moved.state, { type: 'timeout', timer: 'heartbeat' })
    return {
      ...moved,
      state: beat.state,
      effects: [...moved.effects, ...beat.effects].filter((effect) => !isHeartbeatTimer(effect))
    }
  }
})

const announced = (self: Self<Raft>, term: number): ReadonlyArray<Effect<Raft>> =>
  sendAll<Message>(others(self), { type: 'stale-term', term })

/**
 * A server tells all others of each term that it gets to, instead of those whose requests come too late. So whoever would
 * hear of a newer term in the protocol may hear of it here, and others too: there are more runs, and none is lost.
 */
export const outspoken = (protocol: Protocol<Raft>): Protocol<Raft> => ({
  ...protocol,
  step: (self, state, event) => {
    const moved: Move = protocol.step(self, state, event)
    const isRefusal = moved.rule === 'deny-stale-candidate' || moved.rule === 'refuse-stale-leader'
    const { term } = moved.state
    const own = isRefusal ? [] : moved.effects
    return term > state.term ? { ...moved, effects: [...own, ...announced(self, term)] } : { ...moved, effects: own }
  },
  // A crash may have come before anybody was told.
  recover: (self, disk) => {
    const moved = protocol.recover(self, disk)
    return disk.term === 0 ? moved : { ...moved, effects: [...moved.effects, ...announced(self, disk.term)] }
  }
})
