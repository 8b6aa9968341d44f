/**
 * A cluster that was set up wrong: s3 takes s1 for the store. It may be elected, and never takes office; clients that ask
 * the store, or who does not lead, are refused.
 */
import { quorumElection, safety, someoneLeads } from '../../spec/quorum-election/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { cluster, upToTerm, write } from './cluster.ts'

export default model({
  name: 'quorum-election-wrong-store',
  protocol: quorumElection,
  nodes: { ...cluster(3), s3: { store: 's1' } },
  network: asynchronous(),
  requests: [write('a', 's1', 'store')],
  bounds: { node: upToTerm(1) },
  properties: [...safety, someoneLeads],
  mayStop: true
})
