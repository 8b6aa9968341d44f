/** Logs that forget what a snapshot holds, and followers that are sent the snapshot: nothing is lost, and nothing differs. */
import * as t from 'io-ts'
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { raft, safety, sameContent, snapshotTaken, type Config } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { asPublished, cluster, commands, startsHeartbeat, takingTurns, upToTerm, without } from './cluster.ts'
import { journal } from './journal.ts'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    terms: parameter(Positive, 1, 'the last term that is followed'),
    entries: parameter(Positive, 2, 'commands of clients'),
    every: parameter(Positive, 1, 'entries from one snapshot to the next'),
    keep: parameter(Natural, 0, 'entries that are kept before a snapshot'),
    all: parameter(t.boolean, true, 'whether all servers take snapshots, and not n1 alone'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any server')
  },
  ({ servers, terms, entries, every, keep, all, crashes }) => {
    const taking: Config = { ...asPublished, snapshotEvery: every, keep }
    return model({
      name: 'raft-snapshots',
      protocol: without(raft, startsHeartbeat),
      nodes: { ...cluster(servers, all ? taking : asPublished).nodes, n1: taking },
      network: asynchronous(),
      faults: { crashes },
      requests: commands(entries, ['n1']),
      machine: journal,
      bounds: { node: (node) => upToTerm(terms)(node) && takingTurns(node) },
      properties: [...safety, sameContent, snapshotTaken]
    })
  }
)
