/** On a ring that loses nothing and where nobody crashes, the highest number is elected and everybody hears of it. */
import { Positive } from '../../spec/kernel/index.ts'
import { allKnow, highestLeads, isOver, oneLeader, ringElection } from '../../spec/ring-election/index.ts'
import { model, unordered } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { falling, ring } from './ring.ts'

export default parametric({ nodes: parameter(Positive, 5, 'nodes on the ring, at most 26') }, ({ nodes }) =>
  model({
    name: 'ring-election',
    protocol: ringElection,
    nodes: ring(...falling(nodes)),
    network: unordered(),
    properties: [oneLeader, highestLeads(falling(nodes)), allKnow],
    mayStop: isOver
  })
)
