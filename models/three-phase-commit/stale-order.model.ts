/**
 * Broken: a site takes orders from a coordinator that has failed, because they came late, after those of its backup. The
 * backup moved it to where it would abort, and it moved on from there.
 */
import { fired, send, type Protocol } from '../../spec/kernel/index.ts'
import { agreement, threePhaseCommit, type ThreePhaseCommit } from '../../spec/three-phase-commit/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { cluster, endTransaction, lastFirst, synchronous } from './cluster.ts'

const obeyingAnybody: Protocol<ThreePhaseCommit> = {
  ...threePhaseCommit,
  step: (self, state, event) => {
    const moved = threePhaseCommit.step(self, state, event)
    const isStaleOrder = moved.rule === 'ignore-superseded' && event.type === 'deliver'
    if (!isStaleOrder || event.message.type !== 'pre-commit' || state.phase !== 'wait') return moved
    return fired('move-to-prepared', { ...state, phase: 'prepared' }, send(event.from, { type: 'ack' }))
  }
}

export default model({
  name: 'three-phase-commit-stale-order-breaks-agreement',
  protocol: lastFirst(obeyingAnybody),
  nodes: cluster(3),
  network: fifo(),
  timing: synchronous,
  faults: { crashes: 2, crashing: ['coordinator', 'p1'] },
  requests: [endTransaction],
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
