/** Nodes that crash come back, stand, and bully the others: here without the assumption, so nothing is promised but that it can. */
import { Positive } from '../../spec/kernel/index.ts'
import { bully, lowestLeads } from '../../spec/bully/index.ts'
import { asynchronous, model, sameNodes } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'

export default parametric(
  { crashes: parameter(Positive, 1, 'crashes with restart, of the highest node') },
  ({ crashes }) =>
    model({
      name: 'bully-recurring',
      protocol: bully,
      nodes: sameNodes('n', 3, null),
      network: asynchronous(),
      faults: { crashes, crashing: ['n3'] },
      properties: [lowestLeads],
      mayStop: true
    })
)
