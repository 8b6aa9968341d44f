/**
 * Reads by lease, where clocks keep to the bound: fresh, though the leader asks nobody. What comes of clocks that do not is
 * in raft-drifting-lease-reads-are-stale.
 */
import {
  living,
  Natural,
  Positive,
  type Event,
  type Protocol,
  type Step,
  type UpNode
} from '../../spec/kernel/index.ts'
import { raft, safety, twoLeaders, type Raft, type State } from '../../spec/raft/index.ts'
import { asynchronous, model, type Timing } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { asPublished, cluster, startsHeartbeat, without } from './cluster.ts'
import { journal, linearizable, writeAndRead } from './journal.ts'
import { electingInTurns } from './last-term.ts'

const { max } = Math

/** What a server does not know, and a clock does: what its election timer was last started by. */
interface Watched extends State {
  /** A round of its leader's in this term, or none; or it came back from a crash. */
  readonly startedBy: number | 'none' | 'restart'
}

const startedBy = (before: Watched, after: State, event: Event<Raft>): Watched['startedBy'] => {
  const known = after.term === before.term ? before.startedBy : 'none'
  if (event.type !== 'deliver' || event.message.type !== 'append-entries') return known
  const { term, round } = event.message
  return term < after.term ? known : typeof known === 'number' ? max(known, round) : round
}

const watching = (moved: Step<Raft>, by: Watched['startedBy']): Step<Raft> => {
  const state: Watched = { ...moved.state, startedBy: by }
  return { ...moved, state }
}

const watched: Protocol<Raft> = {
  ...raft,
  initial: (self) => watching(raft.initial(self), 'none'),
  recover: (self, disk) => watching(raft.recover(self, disk), 'restart'),
  step: (self, state, event) => {
    const moved = raft.step(self, state, event)
    return watching(moved, startedBy(state as Watched, moved.state, event))
  }
}

/**
 * A leader counts its lease from the moment it begins a round of heartbeats; a server starts its election timer anew when
 * it answers the round, which is later, and when it comes back from a crash. The lease is the shortest election timeout
 * divided by the bound on how much faster one clock runs than another. So it has ended when that timer fires. [Ongaro] §6.4.1
 */
const boundedDrift: Timing<Raft> = {
  assumes: 'a lease ends before an election timer that was started after it',
  mayFire: ({ nodes }, { state }, timer) => {
    const { role, term, startedBy: by } = state as Watched
    const isAfter = (leader: UpNode<Raft>): boolean =>
      leader.state.term === term &&
      leader.state.role.is === 'leader' &&
      leader.state.role.lease === 'on' &&
      (by === 'restart' || by === leader.state.role.round)
    return timer !== 'election' || role.is !== 'follower' || !living(nodes).some(isAfter)
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
