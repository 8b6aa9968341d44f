/** A node of the replicated key-value store: Raft, hosted, with its clients and its operators. */
import { createServer, type Server, type Socket } from 'node:net'
import type { Server as HttpServer } from 'node:http'
import { join } from 'node:path'
import { either } from 'fp-ts'
import type { Logger } from 'pino'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { setOf, type NodeId } from '../../spec/kernel/index.ts'
import { inProduction, latest, raft, type Config, type Message, type Raft, type State } from '../../spec/raft/index.ts'
import { problem, type Problem } from '../model/problem.ts'
import {
  fileSink,
  host,
  readCertificates,
  reloadCertificates,
  recordTo,
  systemClock,
  tcpTransport,
  watchCertificates,
  writeAheadLog,
  type HostOptions,
  type Node,
  type TcpOptions
} from '../runtime/index.ts'
import { madeFolder } from '../runtime/storage/folder.ts'
import { prometheusMetrics } from '../runtime/prometheus.ts'
import { budgetOf } from './budget.ts'
import { clientsUpTo } from './clients.ts'
import { serveConnection, type Connection } from './connection.ts'
import { executorFor, writes, type Executor } from './executor.ts'
import { httpServer } from './http.ts'
import { operator } from './operate.ts'
import type { Address, ServeOptions } from './options.ts'
import { readPlaces, writePlaces } from './places-file.ts'
import type { Services } from './services.ts'
import { healthOf, infoOf, statusOf } from './status.ts'
import { store, type Place, type Places } from './store/store.ts'

export interface Serving {
  readonly node: Node<Raft>
  /** Where clients are served. */
  readonly client: Address
  readonly http: Address | null
  /** @param handsOver whether another node is to lead first; not where all of them go down together */
  readonly stop: (handsOver: boolean) => Promise<void>
  /** Reads the certificates again. They are read when their files change, too. */
  readonly reload: () => Promise<void>
  /** Null after {@link Serving.stop}, else what went wrong. */
  readonly stopped: Promise<Problem | null>
}

/** A node that joins later has one of these names: a leader takes only servers that it was told of when it started. */
const reserved: ReadonlyArray<NodeId> = Array.from({ length: 32 }, (_, index) => `n${index + 1}`)

/** How long operators' changes may take, in milliseconds. */
const patience = 60_000

const configOf = ({ id, peers, joins, snapshotEvery }: ServeOptions): Config => ({
  ...inProduction,
  voters: joins ? [] : setOf([id, ...Object.keys(peers)]),
  // An entry has up to a mebibyte, and six times that as JSON at worst: what a follower makes durable at once has to fit
  // in one commit.
  batch: 16,
  window: 32,
  snapshotEvery,
  keep: Math.min(512, snapshotEvery)
})

/** Whom to hand over to: the voter that has most of the log. */
const successorIn = (id: NodeId, state: State): NodeId | null => {
  const { role } = state
  if (role.is !== 'leader') return null
  const others = latest(state).voters.filter((node) => node !== id)
  const matchOf = (node: NodeId) => role.followers[node]?.match ?? 0
  return others.toSorted((one, other) => matchOf(other) - matchOf(one))[0] ?? null
}

const isHeartbeat = (message: Message) => message.type === 'append-entries' && message.entries.length === 0

/** Listens; the address, or why not. */
const listening = (server: Server | HttpServer, at: Address): Promise<either.Either<Problem, Address>> =>
  new Promise((resolve) => {
    server.once('error', (error) => resolve(either.left(problem('Q705', error.message, [`${at.host}:${at.port}`]))))
    server.listen(at.port, at.host, () => {
      const bound = server.address()
      resolve(either.right({ host: at.host, port: typeof bound === 'object' && bound !== null ? bound.port : at.port }))
    })
  })

/** The numbers of the status, looked up when somebody scrapes them, and those of the process. */
const publishStatus = (registry: Registry, status: () => Readonly<Record<string, string | number>>): void => {
  collectDefaultMetrics({ register: registry })
  for (const [field, found] of Object.entries(status())) {
    if (typeof found !== 'number') continue
    const [name, help] = [`quorate_store_${field.replaceAll('-', '_')}`, `${field}, as QUORATE STATUS has it`]
    const collect = (): void => gauge.set(Number(status()[field] ?? 0))
    const gauge = new Gauge({ name, help, registers: [registry], collect })
  }
}

/** Starts a node. Left where it cannot be started: Q501, Q701 to Q705, Q801 to Q807, Q951 to Q957. */
export const serve = async (
  options: ServeOptions,
  version: string,
  logger: Logger
): Promise<either.Either<Problem, Serving>> => {
  const { id, cluster, data, electionMs } = options
  const folder = madeFolder(data)
  if (either.isLeft(folder)) return folder
  const registry = new Registry()
  const metrics = prometheusMetrics(registry)
  const { tls } = options
  const certificates = tls === null ? null : await readCertificates(tls)
  if (certificates !== null && either.isLeft(certificates)) return certificates

  let told: Places = readPlaces(data)
  const placeOf = (node: NodeId): Place | null => told[node] ?? (node in told ? null : (options.peers[node] ?? null))
  const peers = () =>
    Object.fromEntries(
      setOf([...Object.keys(options.peers), ...Object.keys(told)])
        .filter((node) => node !== id)
        .flatMap((node) => {
          const place = placeOf(node)
          return place === null ? [] : [[node, { host: place.host, port: place.port }] as const]
        })
    )

  const tcp: TcpOptions = {
    protocol: raft,
    cluster,
    self: id,
    listen: options.listen,
    peers: peers(),
    kind: (message: Message) => (isHeartbeat(message) ? { replaceable: 'heartbeat' } : {}),
    logger: logger.child({ part: 'transport' }),
    metrics,
    ...(tls === null || certificates === null
      ? {}
      : { tls: { certificates: certificates.right, identity: tls.identity ?? 'DNS:{node}' } })
  }
  const transport = tcpTransport(tcp)
  if (either.isLeft(transport)) return transport
  const reloading = { transport: transport.right, clock: systemClock, logger }

  const machine = store((places) => {
    if (JSON.stringify(places) === JSON.stringify(told)) return
    told = places
    writePlaces(data, places)
    transport.right.setPeers(peers())
  })

  let handsOver = true
  const handOver: NonNullable<HostOptions<Raft>['handOver']> = {
    request: (self, state) => {
      const to = handsOver ? successorIn(self.id, state) : null
      return to === null ? null : { type: 'transfer', to }
    },
    isDone: (_self, { role }) => role.is !== 'leader'
  }

  const names = setOf([...reserved, id, ...Object.keys(options.peers), ...Object.keys(told)])
  const started = await host<Raft>({
    protocol: raft,
    self: { id, nodes: names, config: configOf(options) },
    machine,
    timers: {
      election: [electionMs, 2 * electionMs],
      heartbeat: Math.max(10, Math.floor(electionMs / 10)),
      lease: electionMs,
      apply: 0,
      write: 0
    },
    storage: writeAheadLog({
      folder: join(data, 'log'),
      segmentBytes: options.segmentBytes,
      log: logger.child({ part: 'storage' })
    }),
    transport: transport.right,
    logger,
    metrics,
    handOver,
    office: ({ role, term }) => (role.is === 'leader' ? term : null),
    ...(options.record === null
      ? {}
      : {
          recorder: recordTo(fileSink({ folder: options.record, node: id, keep: 1000 }), {
            clock: systemClock,
            origin: performance.timeOrigin,
            buffer: 0,
            onLost: (error) => logger.error({ error: String(error) }, 'the recording is lost')
          })
        })
  })
  if (either.isLeft(started)) return started
  const node = started.right

  const executor = executorFor({ node, placeOf, deadline: options.deadlineMs })
  const clients = clientsUpTo(options.mostClients)
  const seen = { node, executor, clients, machine, options, version, placeOf, since: Date.now() }
  /** How long clients wait, from here. */
  const timed: Executor['run'] = (items, here) => {
    const begun = performance.now()
    const kind = { kind: items.some(writes) ? 'write' : 'read' }
    const outcome = executor.run(items, here)
    void outcome.then(() => metrics.observe('quorate_command_seconds', (performance.now() - begun) / 1000, kind))
    return outcome
  }
  const services: Services = {
    executor: { ...executor, run: timed },
    clients,
    budget: budgetOf(options.clientBytes),
    version,
    info: () => infoOf(seen),
    operate: operator({ node, executor, status: () => statusOf(seen), names, patience }),
    count: (command) => metrics.count('quorate_commands_total', 1, { command: command.length > 16 ? '?' : command })
  }

  const sockets = new Map<Socket, Connection>()
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    const client = clients.enter(`${socket.remoteAddress}:${socket.remotePort}`, () => socket.destroy())
    // Who is refused and does not let go would take a place all the same.
    if (client === null) return socket.end('-ERR max number of clients reached\r\n', () => socket.destroy())
    sockets.set(socket, serveConnection(socket, client, services))
    socket.on('close', () => {
      sockets.delete(socket)
      clients.leave(client)
    })
    return undefined
  })
  const clientAt = await listening(server, options.client)
  if (options.http !== null) publishStatus(registry, () => statusOf(seen))
  const web = options.http === null ? null : httpServer(registry, () => healthOf(seen))
  const webAt = web === null || options.http === null ? null : await listening(web, options.http)

  const closeAll = (): void => {
    server.close()
    web?.close()
    web?.closeAllConnections()
    executor.close()
    for (const [socket, connection] of sockets) {
      connection.end()
      setTimeout(() => socket.destroy(), 250).unref()
    }
  }
  void node.stopped.then(closeAll)
  if (tls !== null) void node.stopped.then(watchCertificates(tls, reloading))
  const reload = async (): Promise<void> => (tls === null ? undefined : reloadCertificates(tls, reloading))
  const stop = async (passesOn: boolean): Promise<void> => {
    handsOver = passesOn
    server.close()
    await node.stop()
  }

  if (either.isLeft(clientAt) || (webAt !== null && either.isLeft(webAt))) {
    await stop(false)
    return either.isLeft(clientAt) ? clientAt : (webAt as either.Left<Problem>)
  }
  const http = webAt?.right ?? null
  logger.info({ client: clientAt.right, http }, 'serving')
  return either.right({ node, client: clientAt.right, http, stop, reload, stopped: node.stopped })
}
