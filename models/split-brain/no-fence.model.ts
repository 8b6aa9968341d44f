/**
 * Broken: a majority votes, and nothing is fenced off. A server that has entered the next view goes on taking entries from the
 * primary of the last one until it has the new log.
 */
import type { Protocol } from '../../spec/kernel/index.ts'
import { acknowledgedSurvive } from '../../spec/primary-backup/index.ts'
import { splitBrain, type SplitBrain } from '../../spec/split-brain/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { atMostViews, cluster, writes } from './cluster.ts'

const unfenced: Protocol<SplitBrain> = {
  ...splitBrain,
  step: (self, state, event) => {
    if (event.type !== 'deliver' || event.message.type !== 'append') return splitBrain.step(self, state, event)
    const { view: number } = event.message
    if (state.phase !== 'backup' || state.synced !== number) return splitBrain.step(self, state, event)
    const inFormerView = { ...state, view: { ...state.view, number, primary: event.from } }
    const moved = splitBrain.step(self, inFormerView, event)
    return { ...moved, state: { ...moved.state, view: state.view } }
  }
}

export default model<SplitBrain>({
  name: 'split-brain-no-fence-loses-acknowledged-write',
  protocol: atMostViews(2, unfenced),
  nodes: cluster(3, 'majority'),
  network: asynchronous(),
  requests: writes(1, ['s1']),
  properties: [acknowledgedSurvive],
  mayStop: true,
  expect: { violates: 'acknowledged-writes-survive' }
})
