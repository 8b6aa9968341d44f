/** One leader at most where clocks agree, when servers do not hear each other, in every way; a client asks who leads. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { leaseElection, oneLeader, someoneLeads } from '../../spec/lease-election/index.ts'
import { oneWayCuts, symmetricCuts } from '../../src/model/cuts.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { clocksWithin, cluster, upToTick } from './cluster.ts'

const drift = 1
const nodes = cluster(3, { duration: 2, drift })
const ids = Object.keys(nodes)

export default parametric(
  {
    ticks: parameter(Positive, 2, 'the last tick that is followed'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any node')
  },
  ({ ticks, crashes }) =>
    model({
      name: 'lease-election-partition',
      protocol: leaseElection,
      nodes,
      network: asynchronous(),
      timing: clocksWithin(drift),
      faults: { crashes, partitions: { times: 1, cuts: [...symmetricCuts(ids), ...oneWayCuts(ids)] } },
      requests: [{ name: 'do-you-lead', request: { type: 'do-you-lead' }, at: ['s1'] }],
      bounds: { node: upToTick(ticks) },
      properties: [oneLeader, someoneLeads],
      mayStop: true
    })
)
