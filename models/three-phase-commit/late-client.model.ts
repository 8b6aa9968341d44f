/** A client that asks again while the coordinator does not know the outcome hears so, and what it hears later is the decision. */
import { history } from '../../spec/kernel/index.ts'
import {
  allDecided,
  atomicCommit,
  threePhaseCommit,
  type Decision,
  type ThreePhaseCommit
} from '../../spec/three-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { cluster, endTransaction, synchronous } from './cluster.ts'

/** No two clients hear different things. */
const toldAlike = history<ThreePhaseCommit, ReadonlyArray<Decision>>('told-alike', {
  initial: [],
  next: (told, record) =>
    record.type === 'reply' && record.response.type === 'outcome' && !told.includes(record.response.decision)
      ? [...told, record.response.decision]
      : told,
  holds: (told) => told.length <= 1
})

export default model({
  name: 'three-phase-commit-late-client',
  protocol: threePhaseCommit,
  nodes: cluster(2),
  network: fifo(),
  timing: synchronous,
  faults: { crashes: 1, crashing: ['coordinator'] },
  requests: [{ ...endTransaction, times: 2 }],
  properties: [...atomicCommit, toldAlike],
  mayStop: allDecided
})
