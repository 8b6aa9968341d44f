/** What a node of the store is told when it starts. */
import * as t from 'io-ts'
import { either } from 'fp-ts'
import { explainErrors, Natural, Positive, type NodeId } from '../../spec/kernel/index.ts'
import { problem, type Problem } from '../model/problem.ts'
import type { Level } from './logs.ts'
import { placeIn } from './operate.ts'
import type { Place } from './store/store.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

export interface ServeOptions {
  readonly id: NodeId
  /** Nodes of another cluster are refused. */
  readonly cluster: string
  /** Where the other nodes reach this one. */
  readonly listen: Address
  /** Where clients do. */
  readonly client: Address
  /** Where metrics and health are; null for nowhere. */
  readonly http: Address | null
  /** The other nodes. */
  readonly peers: Readonly<Record<NodeId, Place>>
  readonly data: string
  /** It joins a cluster that is there: it waits to be added. */
  readonly joins: boolean
  /** A snapshot is taken after so many entries. */
  readonly snapshotEvery: number
  /** The shortest time without a leader before an election, in milliseconds; the longest is twice that. */
  readonly electionMs: number
  /** How long a command is tried, in milliseconds. */
  readonly deadlineMs: number
  /** Where every step is recorded; null for nowhere. */
  readonly record: string | null
  /** Of a segment of the log on disk. */
  readonly segmentBytes: number
  readonly mostClients: number
  /** What their connections may hold in memory together: commands and replies, in bytes. */
  readonly clientBytes: number
  /** Between nodes: files in PEM, and the name that the certificate of a node carries; null for no TLS. */
  readonly tls: TlsSettings | null
  readonly logLevel: Level
}

const port = t.refinement(Natural, (value) => value <= 65_535, 'a port')

const TlsSettings = t.intersection([
  t.type({ key: t.string, cert: t.string, ca: t.string }),
  t.partial({ identity: t.string })
])
type TlsSettings = t.TypeOf<typeof TlsSettings>

/** A configuration file, in JSON; and options of the command line, by the same names. */
export const ServeSettings = t.exact(
  t.partial({
    id: t.string,
    cluster: t.string,
    listen: t.string,
    peers: t.string,
    data: t.string,
    clientPort: port,
    httpPort: port,
    join: t.boolean,
    snapshotEvery: Positive,
    election: Positive,
    deadline: Positive,
    record: t.string,
    segment: Positive,
    maxClients: Positive,
    clientMemory: Positive,
    tls: TlsSettings,
    logLevel: t.keyof({ debug: null, info: null, warn: null, error: null })
  })
)
export type ServeSettings = t.TypeOf<typeof ServeSettings>

const settingNames = new Set(Object.keys(ServeSettings.type.props))

const wrong = (what: string, where: ReadonlyArray<string> = []): either.Either<Problem, never> =>
  either.left(problem('Q501', what, where))

/** The text of a configuration file. */
export const settingsIn = (text: string, file: string): either.Either<Problem, ServeSettings> => {
  const parsed = either.tryCatch((): unknown => JSON.parse(text), String)
  if (either.isLeft(parsed)) return wrong(`this is not JSON: ${parsed.left}`, [file])
  const unknown = t.UnknownRecord.is(parsed.right)
    ? Object.keys(parsed.right).find((name) => !settingNames.has(name))
    : undefined
  if (unknown !== undefined) return wrong(`there is no setting "${unknown}"`, [file])
  return either.mapLeft((errors: t.Errors) => problem('Q501', explainErrors(errors), [file]))(
    ServeSettings.decode(parsed.right)
  )
}

/** `host:port`. */
const addressIn = (text: string): Address | null => {
  const [, host = '', digits = ''] = /^(.+):(\d+)$/.exec(text) ?? []
  return host !== '' && Number(digits) <= 65_535 ? { host, port: Number(digits) } : null
}

/** `n2=host:port/clientPort,n3=…`; the client port is that of this node where it is left out. */
const peersIn = (text: string, clientPort: number): Record<NodeId, Place> | string => {
  const peers: Record<NodeId, Place> = {}
  for (const part of text.split(',').filter((given) => given !== '')) {
    const [, id = '', address = ''] = /^([^=]+)=(.+)$/.exec(part) ?? []
    const place = placeIn(address.includes('/') ? address : `${address}/${clientPort}`)
    if (id === '' || place === null) return part
    peers[id] = place
  }
  return peers
}

/** Settings with what they stand at where nothing is said. Q501 for what makes no sense. */
export const serveOptions = (given: ServeSettings): either.Either<Problem, ServeOptions> => {
  const { id, clientPort = 6379, httpPort } = given
  if (id === undefined || id === '') return wrong('give the node a name with --id')
  if (!/^[\w.-]+$/.test(id)) return wrong(`a node is called by letters, digits, "_", "." and "-", not "${id}"`)
  const listen = addressIn(given.listen ?? '127.0.0.1:7400')
  if (listen === null) return wrong(`--listen is host:port, not ${given.listen}`)
  const peers = peersIn(given.peers ?? '', clientPort)
  if (typeof peers === 'string') return wrong(`--peers has entries id=host:port/clientPort, not ${peers}`)
  const { [id]: _self, ...others } = peers
  return either.right({
    id,
    cluster: given.cluster ?? 'quorate',
    listen,
    client: { host: listen.host, port: clientPort },
    http: httpPort === undefined ? null : { host: listen.host, port: httpPort },
    peers: others,
    data: given.data ?? 'quorate-data',
    joins: given.join ?? false,
    snapshotEvery: given.snapshotEvery ?? 8192,
    electionMs: given.election ?? 1000,
    deadlineMs: given.deadline ?? 5000,
    record: given.record ?? null,
    segmentBytes: given.segment ?? 16 * 2 ** 20,
    mostClients: given.maxClients ?? 10_000,
    clientBytes: given.clientMemory ?? 256 * 2 ** 20,
    tls: given.tls ?? null,
    logLevel: given.logLevel ?? 'info'
  })
}
