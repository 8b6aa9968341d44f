/**
 * Reads by lease, where clocks keep to the bound: fresh, though the leader asks nobody. What comes of clocks that do not is
 * in raft-drifting-lease-reads-are-stale.
 */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { raft, safety, twoLeaders } from '../../spec/raft/index.ts'
import { model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { leaseReads } from './leases.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    reads: parameter(Positive, 2, 'reads of clients'),
    crashes: parameter(Natural, 0, 'crashes with restart of n3, on whose answers and votes it turns')
  },
  ({ servers, reads, crashes }) => {
    const leases = leaseReads(raft, servers, reads)
    return model({
      ...leases,
      name: 'raft-lease-reads',
      faults: { crashes, crashing: ['n3'] },
      properties: [...safety, ...leases.properties, twoLeaders]
    })
  }
)
