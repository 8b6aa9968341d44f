/** What the models of reads by lease have in common: clocks that keep to the bound. */
import * as t from 'io-ts'
import { living, type Event, type Protocol, type Step, type UpNode } from '../../spec/kernel/index.ts'
import type { Durable, Raft, Server, State } from '../../spec/raft/index.ts'
import { asynchronous, type Model, type Timing } from '../../src/model/model.ts'
import { asPublished, cluster, startsHeartbeat, without } from './cluster.ts'
import { journal, linearizable, writeAndRead } from './journal.ts'
import { electing } from './last-term.ts'

const { max } = Math

/** What clocks tell, and servers do not know: by which round of its term's leader an election timer was last started. */
interface Watched extends State {
  readonly round: number
}
type Kept = Durable & Pick<Watched, 'round'>

const watching = (moved: Step<Raft>, round: number): Step<Raft> => {
  const state: Watched = { ...moved.state, round }
  return { ...moved, state }
}

const roundAfter = (before: Watched, after: State, event: Event<Raft>): number => {
  const known = after.term === before.term ? before.round : 0
  const isHeard =
    event.type === 'deliver' && event.message.type === 'append-entries' && event.message.term === after.term
  return isHeard ? max(known, event.message.round) : known
}

/** A clock goes on while its server is down: a timer that is started after a crash is later than the round before it. */
const watched = (protocol: Protocol<Raft>): Protocol<Raft> => ({
  ...protocol,
  codecs: { ...protocol.codecs, durable: t.any },
  durable: (state): Kept => ({ ...protocol.durable(state), round: (state as Watched).round }),
  initial: (self) => watching(protocol.initial(self), 0),
  recover: (self, disk) => {
    const { round, ...kept } = disk as Kept
    return watching(protocol.recover(self, kept), round)
  },
  step: (self, state, event) => {
    const moved = protocol.step(self, state, event)
    return watching(moved, roundAfter(state as Watched, moved.state, event))
  }
})

/**
 * A leader counts its lease from the moment it begins a round of heartbeats; a server starts its election timer anew when
 * it answers the round, which is later. The lease is the shortest election timeout divided by the bound on how much faster
 * one clock runs than another. So it has ended when that timer fires. [Ongaro] §6.4.1
 */
const boundedDrift: Timing<Raft> = {
  assumes: 'a lease ends before the election timer of a server that has answered its round',
  mayFire: ({ nodes }, { state }, timer) => {
    const { role, term, round } = state as Watched
    const holdsLease = ({ state: { role: other, ...leader } }: UpNode<Raft>): boolean =>
      leader.term === term && other.is === 'leader' && other.lease === 'on' && other.round === round
    return timer !== 'election' || role.is !== 'follower' || !living(nodes).some(holdsLease)
  }
}

/** To keep the search short: n1 and n3 stand in the first term, n2 in the second. */
const mayStand = ({ id }: Server, term: number): boolean => term === (id === 'n2' ? 2 : 1)

/** Reads at n1, which may have been deposed by n2 and not know it. The first read begins a round, the next may go by the lease. */
export const leaseReads = (protocol: Protocol<Raft>, servers = 3, reads = 2) =>
  ({
    protocol: without(electing(watched(protocol), mayStand), startsHeartbeat),
    nodes: cluster(servers, { ...asPublished, checkQuorum: true, reads: 'lease' }).nodes,
    network: asynchronous(),
    timing: boundedDrift,
    requests: writeAndRead(reads),
    machine: journal,
    properties: [linearizable],
    mayStop: true
  }) satisfies Partial<Model<Raft>>

/** Broken: forgets that a leader may rely on what it answered. */
export const forgetting = (moved: Step<Raft>): Step<Raft> =>
  moved.state.role.is === 'waiting'
    ? { ...moved, state: { ...moved.state, role: { is: 'follower', leader: null } } }
    : moved
