/** Broken: promises are not on disk. An acceptor promises, crashes, and accepts what it had promised not to. */
import type { Protocol } from '../../spec/kernel/index.ts'
import { agreement, durable, paxos, type Paxos } from '../../spec/paxos/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, majorityOf, proposals, upToBallot } from './cluster.ts'

const forgettingPromises: Protocol<Paxos> = {
  ...paxos,
  durable: (state) => ({ ...durable(state), promised: state.accepted?.ballot ?? 0 })
}

export default model({
  name: 'paxos-forgotten-promise-breaks-agreement',
  protocol: forgettingPromises,
  nodes: cluster(3),
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: proposals(2),
  bounds: { node: upToBallot(2) },
  properties: [agreement(majorityOf(3))],
  mayStop: true,
  expect: { violates: 'agreement' }
})
