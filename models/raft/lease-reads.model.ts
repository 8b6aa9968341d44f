/**
 * Reads by lease, where clocks keep to the bound: fresh, though the leader asks nobody. What comes of clocks that do not is
 * in raft-drifting-lease-reads-are-stale.
 */
import * as t from 'io-ts'
import {
  living,
  Natural,
  Positive,
  type Event,
  type Protocol,
  type Step,
  type UpNode
} from '../../spec/kernel/index.ts'
import { raft, safety, twoLeaders, type Durable, type Raft, type State } from '../../spec/raft/index.ts'
import { asynchronous, model, type Timing } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { asPublished, cluster, startsHeartbeat, without } from './cluster.ts'
import { journal, linearizable, writeAndRead } from './journal.ts'
import { electingInTurns } from './last-term.ts'

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
const watched: Protocol<Raft> = {
  ...raft,
  codecs: { ...raft.codecs, durable: t.any },
  durable: (state): Kept => ({ ...raft.durable(state), round: (state as Watched).round }),
  initial: (self) => watching(raft.initial(self), 0),
  recover: (self, disk) => {
    const { round, ...kept } = disk as Kept
    return watching(raft.recover(self, kept), round)
  },
  step: (self, state, event) => {
    const moved = raft.step(self, state, event)
    return watching(moved, roundAfter(state as Watched, moved.state, event))
  }
}

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

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    terms: parameter(Positive, 2, 'the last term'),
    reads: parameter(Positive, 2, 'reads of clients: the first begins a round, the next may go by the lease'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any server')
  },
  ({ servers, terms, reads, crashes }) =>
    model({
      name: 'raft-lease-reads',
      protocol: without(electingInTurns(terms, watched), startsHeartbeat),
      nodes: cluster(servers, { ...asPublished, checkQuorum: true, reads: 'lease' }).nodes,
      network: asynchronous(),
      faults: { crashes },
      timing: boundedDrift,
      requests: writeAndRead(reads),
      machine: journal,
      properties: [...safety, linearizable, twoLeaders],
      mayStop: true
    })
)
