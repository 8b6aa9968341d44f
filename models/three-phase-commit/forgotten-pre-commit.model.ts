/** Broken: the coordinator does not write the pre-commit to disk. It fails, comes back as if nobody had voted, and aborts; its backup commits. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { agreement, durable, threePhaseCommit, type ThreePhaseCommit } from '../../spec/three-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { cluster, endTransaction, synchronous } from './cluster.ts'

const forgettingPreCommit: Protocol<ThreePhaseCommit> = {
  ...threePhaseCommit,
  durable: (state) => (state.role === 'coordinator' && state.phase === 'prepared' ? { record: null } : durable(state))
}

export default model({
  name: 'three-phase-commit-forgotten-pre-commit-breaks-agreement',
  protocol: forgettingPreCommit,
  nodes: cluster(2),
  network: fifo(),
  timing: synchronous,
  faults: { crashes: 1 },
  requests: [endTransaction],
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
