/** Broken: a new primary counts its voters, and does not look at the logs that they report. */
import { emptyLog, type Protocol } from '../../spec/kernel/index.ts'
import { acknowledgedSurvive } from '../../spec/primary-backup/index.ts'
import { splitBrain, type SplitBrain } from '../../spec/split-brain/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { atMostViews, cluster, writes } from './cluster.ts'

const incurious: Protocol<SplitBrain> = {
  ...splitBrain,
  step: (self, state, event) =>
    event.type === 'deliver' && event.message.type === 'report'
      ? splitBrain.step(self, state, { ...event, message: { ...event.message, log: emptyLog, committed: 0 } })
      : splitBrain.step(self, state, event)
}

export default model<SplitBrain>({
  name: 'split-brain-own-log-loses-acknowledged-write',
  protocol: atMostViews(2, incurious),
  nodes: cluster(3, 'majority'),
  network: asynchronous(),
  requests: writes(1, ['s1']),
  properties: [acknowledgedSurvive],
  mayStop: true,
  expect: { violates: 'acknowledged-writes-survive' }
})
