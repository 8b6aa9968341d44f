/** Outside the assumption: messages may be lost, come twice and in any order. No wrong leader is elected; perhaps none is. */
import { Natural } from '../../spec/kernel/index.ts'
import { allKnow, highestLeads, oneLeader, ringElection } from '../../spec/ring-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { ring } from './ring.ts'

const numbers = [3, 1, 4, 2]

export default parametric({ crashes: parameter(Natural, 1, 'crashes with restart, of any node') }, ({ crashes }) =>
  model({
    name: 'ring-election-asynchronous',
    protocol: ringElection,
    nodes: ring(...numbers),
    network: asynchronous(),
    faults: { crashes, partitions: { times: 1, cuts: 'symmetric' } },
    properties: [oneLeader, highestLeads(numbers), allKnow],
    mayStop: true
  })
)
