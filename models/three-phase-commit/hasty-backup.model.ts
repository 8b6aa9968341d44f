/** Broken: a backup coordinator decides by its own state at once, without bringing the others there. It fails, and the next one decides otherwise. */
import { broadcast, fired, type Protocol } from '../../spec/kernel/index.ts'
import { agreement, threePhaseCommit, type ThreePhaseCommit } from '../../spec/three-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { cluster, endTransaction, lastFirst, synchronous } from './cluster.ts'

const withoutPhaseOne: Protocol<ThreePhaseCommit> = {
  ...threePhaseCommit,
  step: (self, state, event) => {
    const moved = threePhaseCommit.step(self, state, event)
    return moved.rule === 'move-others-to-wait'
      ? fired(
          'decide-alone',
          { role: 'participant', phase: 'decided', decision: 'abort' },
          broadcast(self, { type: 'abort' })
        )
      : moved
  }
}

export default model({
  name: 'three-phase-commit-hasty-backup-breaks-agreement',
  protocol: lastFirst(withoutPhaseOne),
  nodes: cluster(2),
  network: fifo(),
  timing: synchronous,
  faults: { crashes: 2 },
  requests: [endTransaction],
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
