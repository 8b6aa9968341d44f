/** One leader per term, whatever is lost, delivered twice or late, and whoever crashes. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { quorumElection, safety, someoneLeads } from '../../spec/quorum-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, upToTerm } from './cluster.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers besides the store'),
    terms: parameter(Positive, 2, 'the last term that is followed'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ servers, terms, crashes }) => {
    const nodes = cluster(servers)
    return model({
      name: 'quorum-election',
      protocol: quorumElection,
      nodes,
      network: asynchronous(),
      faults: { crashes },
      symmetric: [Object.keys(nodes).filter((id) => id !== 'store')],
      bounds: { node: upToTerm(terms) },
      properties: [...safety, someoneLeads],
      mayStop: true
    })
  }
)
