/** One leader at most where no two clocks are further apart than declared, whatever is lost or late, and whoever crashes. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { leadershipGoesOn, leaseElection, oneLeader, someoneLeads } from '../../spec/lease-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { clocksWithin, cluster, upToTick } from './cluster.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    duration: parameter(Positive, 2, 'ticks that a lease runs, more than drift'),
    drift: parameter(Natural, 1, 'ticks that two clocks may be apart'),
    ticks: parameter(Positive, 3, 'the last tick that is followed'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ servers, duration, drift, ticks, crashes }) => {
    const nodes = cluster(servers, { duration, drift })
    return model({
      name: 'lease-election',
      protocol: leaseElection,
      nodes,
      network: asynchronous(),
      timing: clocksWithin(drift),
      faults: { crashes },
      symmetric: [Object.keys(nodes)],
      bounds: { node: upToTick(ticks) },
      properties: [oneLeader, someoneLeads, ...(ticks < duration ? [] : [leadershipGoesOn(duration)])],
      mayStop: true
    })
  }
)
