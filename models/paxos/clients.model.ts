/** Clients ask early and late, here and there, while nodes crash: all that are answered are answered the same. */
import { history, Natural, Positive } from '../../spec/kernel/index.ts'
import { allProposersKnow, consensus, paxos, type Paxos } from '../../spec/paxos/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, majorityOf, proposals, upToBallot } from './cluster.ts'

interface Told {
  readonly value: string | null
  readonly isContradicted: boolean
}

const clientsAgree = history<Paxos, Told>('clients-hear-one-value', {
  initial: { value: null, isContradicted: false },
  next: (told, record) => {
    if (record.type === 'invoke') return told
    const { value } = record.response
    return { value, isContradicted: told.isContradicted || (told.value !== null && told.value !== value) }
  },
  holds: ({ isContradicted }) => !isContradicted
})

export default parametric(
  {
    nodes: parameter(Positive, 3, 'nodes'),
    ballots: parameter(Positive, 1, 'the last ballot'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ nodes, ballots, crashes }) =>
    model({
      name: 'paxos-clients',
      protocol: paxos,
      nodes: cluster(nodes),
      network: asynchronous(),
      faults: { crashes },
      requests: [...proposals(1), { name: 'late', request: { type: 'propose', value: 'late' }, at: ['n1', 'n3'] }],
      bounds: { node: upToBallot(ballots) },
      properties: [...consensus(majorityOf(nodes)), clientsAgree],
      mayStop: allProposersKnow
    })
)
