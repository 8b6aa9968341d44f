/**
 * Broken: a leader that sends entries while its own disk writes them counts itself before they are there. One follower
 * makes a majority with it, it crashes, and helps to elect a leader that lacks what it committed. [Ongaro] §10.2.1 is what it lacks.
 */
import { lastIndex, type Protocol } from '../../spec/kernel/index.ts'
import { isLeading, leaderCompleteness, raft, type Leading, type Raft } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { asPublished, cluster, commands, takingTurns, upToTerm } from './cluster.ts'
import { journal } from './journal.ts'

const takenForWritten = (state: Leading, written: number): Leading => ({ ...state, role: { ...state.role, written } })

/** For the answers of followers all of the log counts; what the disk has stays as it is. */
const hasty: Protocol<Raft> = {
  ...raft,
  step: (self, state, event) => {
    if (!isLeading(state) || event.type !== 'deliver') return raft.step(self, state, event)
    const moved = raft.step(self, takenForWritten(state, lastIndex(state.log)), event)
    return isLeading(moved.state) ? { ...moved, state: takenForWritten(moved.state, state.role.written) } : moved
  }
}

export default model({
  name: 'raft-hasty-count-breaks-leader-completeness',
  protocol: hasty,
  nodes: cluster(3, { ...asPublished, parallelWrite: true }).nodes,
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: commands(1, ['n1']),
  machine: journal,
  bounds: { node: (node) => upToTerm(2)(node) && takingTurns(node) },
  properties: [leaderCompleteness],
  expect: { violates: 'leader-completeness' }
})
