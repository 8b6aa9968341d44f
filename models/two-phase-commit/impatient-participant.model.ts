/** Broken: a participant that has voted yes aborts on its own when it has waited long enough, as if it had not voted. */
import { fired, type Protocol } from '../../spec/kernel/index.ts'
import { agreement, twoPhaseCommit, type TwoPhaseCommit } from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, endTransaction } from './cluster.ts'

const impatient: Protocol<TwoPhaseCommit> = {
  ...twoPhaseCommit,
  step: (self, state, event) =>
    state.phase === 'prepared' && event.type === 'timeout'
      ? fired('abort-before-vote', { ...state, phase: 'decided', decision: 'abort' })
      : twoPhaseCommit.step(self, state, event)
}

export default model({
  name: 'two-phase-commit-impatient-participant-breaks-agreement',
  protocol: impatient,
  nodes: cluster(2),
  network: asynchronous(),
  requests: [endTransaction],
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
