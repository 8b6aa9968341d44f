/** Broken: a new primary takes the longest log that is reported, and does not ask which view it is from. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { acknowledgedSurvive } from '../../spec/primary-backup/index.ts'
import { splitBrain, type SplitBrain } from '../../spec/split-brain/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { atMostViews, cluster, writes } from './cluster.ts'

/** Without beats: in the shortest run nothing is lost, and there are fewer states around it. */
const byLengthAlone: Protocol<SplitBrain> = {
  ...splitBrain,
  initial: (self) => {
    const started = splitBrain.initial(self)
    return { ...started, effects: started.effects.filter((it) => it.type !== 'start-timer' || it.timer !== 'beat') }
  },
  step: (self, state, event) =>
    event.type === 'deliver' && event.message.type === 'report'
      ? splitBrain.step(self, state, { ...event, message: { ...event.message, synced: state.synced } })
      : splitBrain.step(self, state, event)
}

export default model<SplitBrain>({
  name: 'split-brain-longest-log-loses-acknowledged-write',
  protocol: atMostViews(3, byLengthAlone),
  nodes: cluster(3, 'majority'),
  network: asynchronous(),
  requests: [...writes(1, ['s1']), { name: 'write-v2', request: { type: 'write', value: 'v2' }, at: ['s2'] }],
  properties: [acknowledgedSurvive],
  mayStop: true,
  expect: { violates: 'acknowledged-writes-survive' }
})
