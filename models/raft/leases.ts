/** What the models of reads by lease have in common: clocks that keep to the bound. */
import * as t from 'io-ts'
import { living, type Event, type Protocol, type Step, type UpNode } from '../../spec/kernel/index.ts'
import type { Durable, Raft, Server, State } from '../../spec/raft/index.ts'
import { asynchronous, type Model, type Timing } from '../../src/model/model.ts'
import { asPublished, cluster, startsHeartbeat, without } from './cluster.ts'
import { journal, linearizable, writeAndRead } from './journal.ts'
import { electing } from './last-term.ts'

/** A round of heartbeats, of the leader of a term. */
interface Round {
  readonly term: number
  readonly round: number
}

/** What clocks tell, and servers do not know: which round, the latest of all, came before the election timer was last started. */
interface Watched extends State {
  readonly heard: Round
}
type Kept = Durable & Pick<Watched, 'heard'>

const watching = (moved: Step<Raft>, heard: Round): Step<Raft> => {
  const state: Watched = { ...moved.state, heard }
  return { ...moved, state }
}

const isLater = (one: Round, other: Round): boolean =>
  one.term > other.term || (one.term === other.term && one.round > other.round)

const heardAfter = ({ heard }: Watched, { term }: State, event: Event<Raft>): Round => {
  if (event.type !== 'deliver' || event.message.type !== 'append-entries' || event.message.term !== term) return heard
  const { round } = event.message
  return isLater({ term, round }, heard) ? { term, round } : heard
}

/** A clock goes on while its server is down: a timer that is started after a crash is later than the round before it. */
const watched = (protocol: Protocol<Raft>): Protocol<Raft> => ({
  ...protocol,
  codecs: { ...protocol.codecs, durable: t.any },
  durable: (state): Kept => ({ ...protocol.durable(state), heard: (state as Watched).heard }),
  initial: (self) => watching(protocol.initial(self), { term: 0, round: 0 }),
  recover: (self, disk) => {
    const { heard, ...kept } = disk as Kept
    return watching(protocol.recover(self, kept), heard)
  },
  step: (self, state, event) => {
    const moved = protocol.step(self, state, event)
    return watching(moved, heardAfter(state as Watched, moved.state, event))
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
    const { heard } = state as Watched
    const holdsLease = ({ state: { term, role } }: UpNode<Raft>): boolean =>
      term === heard.term && role.is === 'leader' && role.lease === 'on' && role.round === heard.round
    return timer !== 'election' || !living(nodes).some(holdsLease)
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
