/**
 * Reads by lease, where clocks keep to the bound: fresh, though the leader asks nobody. What comes of clocks that do not is
 * in raft-drifting-lease-reads-are-stale.
 */
import {
  Natural,
  Positive,
  type Event,
  type NodeView,
  type Protocol,
  type Signature,
  type Step
} from '../../spec/kernel/index.ts'
import { raft, safety, type Raft, type State } from '../../spec/raft/index.ts'
import { asynchronous, model, type Timing } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { asPublished, cluster, takingTurns, upToTerm } from './cluster.ts'
import { journal, linearizable, writeAndRead } from './journal.ts'

/** Raft, and of each server what no server needs to know: by which round of its leader's its election timer was last started. */
type Watched = Signature<Omit<Raft, 'state'> & { state: State & { readonly round: number } }>

/** A later term begins with round 0, and so does a server that comes back. */
const roundAfter = (before: Watched['state'], after: State, event: Event<Raft>): number => {
  const known = after.term === before.term ? before.round : 0
  const isHeard =
    event.type === 'deliver' && event.message.type === 'append-entries' && event.message.term === after.term
  return isHeard ? Math.max(known, event.message.round) : known
}

const unwatched = (moved: Step<Raft>): Step<Watched> => ({ ...moved, state: { ...moved.state, round: 0 } })

const watched: Protocol<Watched> = {
  ...raft,
  initial: (self) => unwatched(raft.initial(self)),
  recover: (self, disk) => unwatched(raft.recover(self, disk)),
  step: (self, state, event) => {
    const { round, ...unseen } = state
    const moved = raft.step(self, unseen, event)
    return { ...moved, state: { ...moved.state, round: roundAfter(state, moved.state, event) } }
  }
}

/**
 * A leader counts its lease from the moment it begins a round of heartbeats; a server starts its election timer anew when
 * it answers the round, which is later. The lease is the shortest election timeout divided by the bound on how much faster
 * one clock runs than another. So it has ended when that timer fires. [Ongaro] §6.4.1
 */
const boundedDrift: Timing<Watched> = {
  assumes: 'a lease ends before the election timer of a server that has answered its round',
  mayFire: ({ nodes }, { state: { role, term, round } }, timer) =>
    timer !== 'election' ||
    role.is !== 'follower' ||
    nodes.every(
      (node) =>
        node.id !== role.leader ||
        !node.up ||
        node.state.term !== term ||
        node.state.role.is !== 'leader' ||
        node.state.role.lease !== 'on' ||
        node.state.role.round !== round
    )
}

/** A leader begins so many rounds and no more. */
const upToRound =
  (last: number) =>
  (node: NodeView<Raft>): boolean =>
    !node.up || node.state.role.is !== 'leader' || node.state.role.round <= last

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    terms: parameter(Positive, 2, 'the last term that is followed'),
    rounds: parameter(Positive, 1, 'the last round of heartbeats that is followed, in each term'),
    reads: parameter(Positive, 1, 'reads of clients'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any server')
  },
  ({ servers, terms, rounds, reads, crashes }) =>
    model({
      name: 'raft-lease-reads',
      protocol: watched,
      nodes: cluster(servers, { ...asPublished, checkQuorum: true, reads: 'lease' }).nodes,
      network: asynchronous(),
      faults: { crashes },
      timing: boundedDrift,
      requests: writeAndRead(reads),
      machine: journal,
      bounds: { node: (node) => upToTerm(terms)(node) && takingTurns(node) && upToRound(rounds)(node) },
      properties: [...safety, linearizable]
    })
)
