/** Broken: a participant that is uncertain itself answers who asks, and guesses. */
import { fired, send, type Protocol } from '../../spec/kernel/index.ts'
import { agreement, cooperativeCommit, type TwoPhaseCommit } from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, endTransaction } from './cluster.ts'

const guessing: Protocol<TwoPhaseCommit> = {
  ...cooperativeCommit,
  step: (self, state, event) => {
    const moved = cooperativeCommit.step(self, state, event)
    return moved.rule === 'cannot-help' && event.type === 'deliver'
      ? fired('help-with-decision', state, send(event.from, { type: 'abort' }))
      : moved
  }
}

export default model({
  name: 'two-phase-commit-guessing-peer-breaks-agreement',
  protocol: guessing,
  nodes: cluster(2),
  network: asynchronous(),
  requests: [endTransaction],
  properties: [agreement],
  mayStop: true,
  expect: { violates: 'agreement' }
})
