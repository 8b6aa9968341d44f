/** An operator moves leadership from one server to another, while a client gives a command. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { leadershipMoves, raft, safety } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { asPublished, cluster, commands, startsHeartbeat, takingTurns, upToTerm, without } from './cluster.ts'
import { journal } from './journal.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    terms: parameter(Positive, 2, 'the last term that is followed'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any server')
  },
  ({ servers, terms, crashes }) =>
    model({
      name: 'raft-transfer',
      protocol: without(raft, startsHeartbeat),
      nodes: cluster(servers, { ...asPublished, noop: true }).nodes,
      network: asynchronous(),
      faults: { crashes },
      requests: [...commands(1, ['n1']), { name: 'move', request: { type: 'transfer', to: 'n2' }, at: ['n1'] }],
      machine: journal,
      bounds: { node: (node) => upToTerm(terms)(node) && takingTurns(node) },
      properties: [...safety, leadershipMoves]
    })
)
