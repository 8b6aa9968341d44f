/** Broken: each update is sent once, when it is made, and nobody gossips. One lost message, and replicas stay apart. */
import { broadcast } from '../../spec/kernel/index.ts'
import { converged, multiValue, peerToPeer, strongEventualConsistency } from '../../spec/peer-to-peer/index.ts'
import { model, unordered } from '../../src/model/model.ts'
import { cluster, write } from './cluster.ts'

const register = peerToPeer(multiValue)

const byMail: typeof register = {
  ...register,
  initial: (self) => ({ ...register.initial(self), effects: [] }),
  step: (self, state, event) => {
    const moved = register.step(self, state, event)
    return moved.rule === 'update'
      ? { ...moved, effects: [...moved.effects, ...broadcast(self, { type: 'push' as const, replica: moved.state })] }
      : moved
  }
}

export default model({
  name: 'peer-to-peer-direct-mail-does-not-converge',
  protocol: byMail,
  nodes: cluster(3),
  network: unordered({ lose: 1 }),
  requests: [write('x', 'n1')],
  properties: [strongEventualConsistency],
  mayStop: converged,
  expect: 'deadlock'
})
