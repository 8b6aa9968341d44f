/** Broken: a participant that has not voted tells who asks that it aborts, and does not abort. Then it is asked for its vote. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { agreement, cooperativeCommit, type TwoPhaseCommit } from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, endTransaction } from './cluster.ts'

const fickle: Protocol<TwoPhaseCommit> = {
  ...cooperativeCommit,
  step: (self, state, event) => {
    const moved = cooperativeCommit.step(self, state, event)
    return moved.rule === 'abort-to-help' ? { ...moved, state } : moved
  }
}

export default model({
  name: 'two-phase-commit-fickle-peer-breaks-agreement',
  protocol: fickle,
  nodes: cluster(2),
  network: asynchronous(),
  requests: [endTransaction],
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
