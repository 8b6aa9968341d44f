/**
 * Elections alone, deeper: every heartbeat is lost, so that leaders are deposed by whoever times out. What a heartbeat
 * adds is in the model raft-election.
 */
import { Natural, Positive, type Effect } from '../../spec/kernel/index.ts'
import { elections, raft, someLeader, type Raft } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, startsHeartbeat, upToTerm, without } from './cluster.ts'

const sendsEntries = (effect: Effect<Raft>): boolean =>
  effect.type === 'send' && effect.message.type === 'append-entries'

export default parametric(
  {
    servers: parameter(Positive, 3, 'servers'),
    terms: parameter(Positive, 2, 'the last term that is followed'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any server'),
    partitions: parameter(Natural, 1, 'times that the cluster splits in two')
  },
  ({ servers, terms, crashes, partitions }) =>
    model({
      name: 'raft-silent-leaders',
      protocol: without(raft, (effect) => startsHeartbeat(effect) || sendsEntries(effect)),
      ...cluster(servers),
      network: asynchronous(),
      faults: { crashes, partitions: { times: partitions, cuts: 'symmetric' } },
      bounds: { node: upToTerm(terms) },
      properties: [...elections, someLeader]
    })
)
