/** Broken: the coordinator commits as soon as it has sent the pre-commit, and waits for nobody. It fails, and those left abort. */
import { reply, type Protocol } from '../../spec/kernel/index.ts'
import { agreement, threePhaseCommit, type ThreePhaseCommit } from '../../spec/three-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { cluster, endTransaction, synchronous } from './cluster.ts'

const withoutAcks: Protocol<ThreePhaseCommit> = {
  ...threePhaseCommit,
  step: (self, state, event) => {
    const moved = threePhaseCommit.step(self, state, event)
    if (moved.rule !== 'pre-commit-on-last-yes') return moved
    const told = reply(endTransaction.name, { type: 'outcome', decision: 'commit' } as const)
    return {
      ...moved,
      state: { role: 'coordinator', phase: 'decided', decision: 'commit' },
      effects: [...moved.effects, told]
    }
  }
}

export default model({
  name: 'three-phase-commit-hasty-commit-breaks-agreement',
  protocol: withoutAcks,
  nodes: cluster(2),
  network: fifo(),
  timing: synchronous,
  faults: { crashes: 1 },
  requests: [endTransaction],
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
