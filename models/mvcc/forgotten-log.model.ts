/** Broken: the commit log is not written to disk. A client is told that its transaction lasts, and the store crashes. */
import { emptyLog, emptyMap, type Protocol } from '../../spec/kernel/index.ts'
import { durable, mvcc, type Mvcc } from '../../spec/mvcc/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { cluster, level } from './cluster.ts'
import { increments } from './workloads.ts'

const forgetful: Protocol<Mvcc> = {
  ...mvcc,
  durable: (state) => (state.role === 'store' ? { role: 'store', checkpoint: emptyMap, log: emptyLog } : durable(state))
}

export default model({
  name: 'mvcc-forgotten-log-loses-a-commit',
  protocol: forgetful,
  nodes: cluster('first-committer-wins', 2),
  network: fifo(),
  faults: { crashes: 1, crashing: ['store'] },
  requests: increments,
  properties: [level('strong-snapshot-isolation')],
  mayStop: true,
  expect: { violates: 'strong-snapshot-isolation' }
})
