/** Where silence means failure, no two nodes lead, and those that are up end under one coordinator, whoever fails when. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { bully, isSettled, lowestLeads, oneCoordinator, sameCoordinator } from '../../spec/bully/index.ts'
import { fifo, model, sameNodes } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { silenceMeansFailure } from './timing.ts'

export default parametric(
  {
    nodes: parameter(Positive, 4, 'nodes'),
    failures: parameter(Natural, 3, 'crashes for good, of any node')
  },
  ({ nodes, failures }) =>
    model({
      name: 'bully',
      protocol: bully,
      nodes: sameNodes('n', nodes, null),
      network: fifo(),
      timing: silenceMeansFailure,
      faults: { crashesForGood: failures },
      properties: [oneCoordinator, sameCoordinator, ...(failures < nodes - 1 ? [] : [lowestLeads])],
      mayStop: isSettled
    })
)
