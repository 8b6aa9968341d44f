/** What a node says of itself: to operators, to clients that ask for INFO, and to who looks after it. */
import { firstIndex, lastIndex, type NodeId } from '../../spec/kernel/index.ts'
import { latest, type Raft } from '../../spec/raft/index.ts'
import type { Node } from '../runtime/index.ts'
import type { Clients } from './clients.ts'
import type { Executor } from './executor.ts'
import type { Health } from './http.ts'
import type { ServeOptions } from './options.ts'
import type { Place, Store } from './store/store.ts'

export interface Seen {
  readonly node: Node<Raft>
  readonly executor: Executor
  readonly clients: Clients
  readonly machine: Store
  readonly options: ServeOptions
  readonly placeOf: (node: NodeId) => Place | null
  readonly version: string
  /** In milliseconds since 1970. */
  readonly since: number
}

type Fields = Readonly<Record<string, string | number>>

/** `QUORATE STATUS`. Numbers are metrics, too. */
export const statusOf = ({ node, executor, clients, machine }: Seen): Fields => {
  const state = node.state()
  const { voters, outgoing, learners } = latest(state)
  return {
    id: node.id,
    role: state.role.is,
    leader: executor.leader() ?? '',
    'is-leader': state.role.is === 'leader' ? 1 : 0,
    term: state.term,
    'commit-index': state.commitIndex,
    'last-applied': state.lastApplied,
    'first-index': firstIndex(state.log),
    'last-index': lastIndex(state.log),
    'snapshot-index': state.snapshot.lastIndex,
    voters: voters.join(','),
    ...(outgoing === null ? {} : { 'outgoing-voters': outgoing.join(',') }),
    learners: learners.join(','),
    keys: machine.size(),
    clients: clients.count(),
    'waiting-flights': executor.waiting()
  }
}

/** `INFO`. */
export const infoOf = (seen: Seen): Readonly<Record<string, Fields>> => {
  const { clients, machine, options, version, since, placeOf, executor } = seen
  const leader = executor.leader()
  const place = leader === null ? null : placeOf(leader)
  return {
    Server: {
      quorate_version: version,
      redis_version: '7.0.0',
      redis_mode: 'standalone',
      process_id: process.pid,
      tcp_port: options.client.port,
      uptime_in_seconds: Math.floor((Date.now() - since) / 1000)
    },
    Clients: { connected_clients: clients.count(), maxclients: options.mostClients },
    Memory: { used_memory: process.memoryUsage.rss() },
    Replication: {
      // Every node takes every command, wherever the leader is.
      role: 'master',
      leader: leader ?? '',
      leader_address: place === null ? '' : `${place.host}:${place.clientPort}`
    },
    Raft: statusOf(seen),
    Keyspace: machine.size() === 0 ? {} : { db0: `keys=${machine.size()},expires=0,avg_ttl=0` }
  }
}

/** Well is who knows a leader: it can have commands run. */
export const healthOf = (seen: Seen): Health => {
  const isWell = seen.executor.leader() !== null
  return { isWell, fields: { status: isWell ? 'ok' : 'no leader', ...statusOf(seen) } }
}
