/** A leader that was replaced and does not know it: what it writes stops at the fence. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { leadershipPassesOn, quorumElection, safety, someoneLeads } from '../../spec/quorum-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, upToTerm, write } from './cluster.ts'

export default parametric(
  {
    terms: parameter(Positive, 2, 'the last term that is followed'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any node')
  },
  ({ terms, crashes }) =>
    model({
      name: 'quorum-election-fence',
      protocol: quorumElection,
      nodes: cluster(3),
      network: asynchronous(),
      faults: { crashes },
      requests: [write('a', 's1'), write('b', 's2')],
      bounds: { node: upToTerm(terms) },
      properties: [...safety, someoneLeads, leadershipPassesOn],
      mayStop: true
    })
)
