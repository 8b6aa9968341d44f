/** One leader per term while servers and store do not hear each other, in every way. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { quorumElection, safety, someoneLeads } from '../../spec/quorum-election/index.ts'
import { oneWayCuts, symmetricCuts } from '../../src/model/cuts.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, upToTerm } from './cluster.ts'

const nodes = cluster(3)
const ids = Object.keys(nodes)

export default parametric(
  {
    terms: parameter(Positive, 1, 'the last term that is followed'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ terms, crashes }) =>
    model({
      name: 'quorum-election-partition',
      protocol: quorumElection,
      nodes,
      network: asynchronous(),
      faults: { crashes, partitions: { times: 1, cuts: [...symmetricCuts(ids), ...oneWayCuts(ids)] } },
      bounds: { node: upToTerm(terms) },
      properties: [...safety, someoneLeads],
      mayStop: true
    })
)
