/** Reads that a round of heartbeats confirms are fresh, whoever was deposed without knowing. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { raft, safety } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { asPublished, cluster, startsHeartbeat, takingTurns, upToTerm, without } from './cluster.ts'
import { journal, linearizable, writeAndRead } from './journal.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    terms: parameter(Positive, 2, 'the last term that is followed'),
    reads: parameter(Positive, 1, 'reads of clients'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any server')
  },
  ({ servers, terms, reads, crashes }) =>
    model({
      name: 'raft-reads',
      protocol: without(raft, startsHeartbeat),
      nodes: cluster(servers, { ...asPublished, noop: true }).nodes,
      network: asynchronous(),
      faults: { crashes },
      requests: writeAndRead(reads),
      machine: journal,
      bounds: { node: (node) => upToTerm(terms)(node) && takingTurns(node) },
      properties: [...safety, linearizable]
    })
)
