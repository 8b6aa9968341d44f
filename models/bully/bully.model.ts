/** Where silence means failure, no two nodes lead, and those that are up end under one coordinator, whoever fails when. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { bully, isSettled, lowestLeads, oneCoordinator, sameCoordinator } from '../../spec/bully/index.ts'
import { fifo, model, sameNodes } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { amongFailStop, failStop, failure, whereFailStop } from './fail-stop.ts'

export default parametric(
  {
    nodes: parameter(Positive, 4, 'nodes'),
    failures: parameter(Natural, 3, 'nodes that fail')
  },
  ({ nodes, failures }) =>
    model({
      name: 'bully',
      protocol: failStop(bully),
      nodes: sameNodes('n', nodes, null),
      network: fifo(),
      requests: [failure(failures)],
      properties: [
        amongFailStop(oneCoordinator),
        amongFailStop(sameCoordinator),
        ...(failures < nodes - 1 ? [] : [amongFailStop(lowestLeads)])
      ],
      mayStop: whereFailStop(isSettled)
    })
)
