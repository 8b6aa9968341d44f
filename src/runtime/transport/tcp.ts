/**
 * A transport over TCP, and over mutual TLS. docs/TRANSPORT.md tells what goes over a connection; `link.ts` is the way out to
 * a peer, `acceptor.ts` the way in.
 */
import { Buffer } from 'node:buffer'
import type { AddressInfo } from 'node:net'
import { either } from 'fp-ts'
import type { NodeId } from '../../../spec/kernel/index.ts'
import { problem, Refusal, type Problem } from '../../model/problem.ts'
import { noMetrics, silentLogger, systemClock, systemRandom } from '../clock.ts'
import type { Clock, Inbound, Logger, Metrics, Packet, Random, Transport } from '../ports.ts'
import { encodeFrame, frameTypes } from '../wire/frame.ts'
import type { Identity, Lane } from '../wire/handshake.ts'
import { messageWire, type Spoken } from '../wire/messages.ts'
import { acceptor } from './acceptor.ts'
import { validLimits, type Limits } from './limits.ts'
import { link, type Link } from './link.ts'
import { reporter, type Lost } from './reporter.ts'
import { plainSockets, secureSockets, type Address, type Sockets } from './sockets.ts'
import type { Certificates, TlsOptions } from './tls.ts'

/** How a message travels. */
export interface Kind {
  /** `bulk` for what would make others wait. By its size where left out. */
  readonly lane?: Lane
  /** A later message with the same key, to the same peer, makes this one stale: it is dropped first. */
  readonly replaceable?: string
}

export interface TcpOptions extends Spoken {
  /** Nodes of another cluster are refused. */
  readonly cluster: string
  readonly self: NodeId
  /** Port 0 takes a free one. */
  readonly listen: Address
  /** Where the other nodes listen. Who is not in it is refused. */
  readonly peers: Readonly<Record<NodeId, Address>>
  /** Total. Left out, the size of a message decides its lane, and none is stale. */
  readonly kind?: (message: any) => Kind
  /** Left out, connections are in the clear, and whoever can reach the port can claim to be any peer. */
  readonly tls?: TlsOptions
  readonly limits?: Partial<Limits>
  readonly clock?: Clock
  readonly random?: Random
  readonly logger?: Logger
  readonly metrics?: Metrics
}

export interface TcpTransport extends Transport {
  /** Where it listens; null while it does not. */
  readonly address: () => AddressInfo | null
  /** From now on these are the peers: new ones are dialed, connections with others are cut. */
  readonly setPeers: (peers: Readonly<Record<NodeId, Address>>) => void
  /**
   * Connections that are made from now on use these. Those that stand are left as they are. Left where the certificates
   * cannot be used: then those of before stay.
   */
  readonly setCertificates: (certificates: Certificates) => either.Either<Problem, void>
  /** How many connections there are: from strangers, from peers, and to peers. */
  readonly connections: () => { readonly unauthenticated: number; readonly incoming: number; readonly outgoing: number }
}

interface Peer {
  readonly address: Address
  readonly main: Link
  readonly bulk: Link
}

const ordinary: Kind = {}

const sameAddress = (a: Address, b: Address) => a.host === b.host && a.port === b.port

const tcpOver = (options: TcpOptions, identity: Identity, limits: Limits, sockets: Sockets): TcpTransport => {
  const { clock = systemClock, random = systemRandom, logger = silentLogger, metrics = noMetrics } = options
  const { kind = () => ordinary } = options
  const { self, wire } = identity
  const report = reporter({ clock, logger, metrics })
  const peers = new Map<NodeId, Peer>()
  let known = options.peers
  let inbound: Inbound | null = null

  const deliver = (from: NodeId, message: unknown): void => inbound?.deliver(from, message)
  const isPeer = (node: NodeId) => node !== self && Object.hasOwn(known, node)
  const incoming = acceptor({ identity, isPeer, deliver, limits, clock, report })

  const linkTo = (to: NodeId, address: Address, lane: Lane): Link =>
    link({
      identity,
      to,
      lane,
      dial: () => sockets.dial(to, address),
      judgeError: sockets.judgeError,
      limits,
      clock,
      random,
      report,
      onChange: (isUp) => lane === 'main' && inbound?.linked(to, isUp)
    })

  /** Opens and closes links, so that there is one pair to every peer. */
  const settle = (): void => {
    for (const [id, { address, main, bulk }] of peers) {
      const now = known[id]
      if (now !== undefined && sameAddress(now, address)) continue
      peers.delete(id)
      if (main.isUp()) inbound?.linked(id, false)
      main.close()
      bulk.close()
    }
    for (const [id, address] of Object.entries(known)) {
      if (!isPeer(id) || peers.has(id)) continue
      const main = linkTo(id, address, 'main')
      peers.set(id, { address, main, bulk: linkTo(id, address, 'bulk') })
      main.open()
    }
    incoming.prune()
  }

  /** What was encoded last. A message to several peers is the same object, and needs to be encoded once. */
  let last: { readonly message: unknown; readonly version: number; readonly frame: Buffer | Lost } | null = null
  const encoded = (message: unknown, version: number): Buffer | Lost => {
    if (last !== null && last.message === message && last.version === version) return last.frame
    const body = wire.encode(message, version)
    const frame = either.isLeft(body) ? body.left : encodeFrame(frameTypes.message, body.right)
    last = { message, version, frame }
    return frame
  }

  /** Puts a message in the queue of its lane, and answers which that is, or why it is lost. */
  const enqueue = ({ main, bulk }: Peer, message: unknown): Link | Lost => {
    if (!main.takes()) return 'unreachable'
    const { lane, replaceable = null } = kind(message)
    const version = main.version()
    const frame = encoded(message, version)
    if (typeof frame === 'string') return frame
    if (frame.length > limits.maxMessageBytes) {
      report.warn({ bytes: frame.length }, 'a message is longer than any may be')
      return 'oversized'
    }
    const chosen = lane === 'bulk' || (lane === undefined && frame.length >= limits.bulkBytes) ? bulk : main
    chosen.open()
    chosen.push({ frame, version, replaceable })
    return chosen
  }

  const send = (batch: ReadonlyArray<Packet>): void => {
    const touched = new Set<Link>()
    for (const { to, message } of batch) {
      const peer = peers.get(to)
      if (to === self) clock.schedule(0, () => deliver(self, message))
      else if (peer === undefined) report.lost('unknown-peer')
      else {
        const used = enqueue(peer, message)
        if (typeof used === 'string') report.lost(used)
        else touched.add(used)
      }
    }
    // Nothing of what was encoded is kept beyond the batch.
    last = null
    for (const used of touched) used.flush()
  }

  return {
    open: async (host) => {
      inbound = host
      const failed = await sockets.listen(options.listen, {
        admit: incoming.admit,
        accept: incoming.accept,
        refused: (why) => report.refused('incoming', why, {})
      })
      if (failed !== null) throw new Refusal(problem('Q952', failed, [`node ${self}`]))
      settle()
    },
    send,
    close: async () => {
      inbound = null
      known = {}
      for (const { main, bulk } of peers.values()) {
        main.close()
        bulk.close()
      }
      peers.clear()
      incoming.close()
      await sockets.close(limits.closeMs)
    },
    address: sockets.address,
    setPeers: (now) => {
      known = now
      if (inbound !== null) settle()
    },
    setCertificates: sockets.setCertificates,
    connections: () => {
      const { unauthenticated, authenticated } = incoming.counts()
      const links = [...peers.values()].flatMap(({ main, bulk }) => [main, bulk])
      return { unauthenticated, incoming: authenticated, outgoing: links.filter(({ isUp }) => isUp()).length }
    }
  }
}

/** A transport for a node. Left where the options contradict themselves, or the certificates cannot be used. */
export const tcpTransport = (options: TcpOptions): either.Either<Problem, TcpTransport> => {
  const wire = messageWire(options)
  if (either.isLeft(wire)) return wire
  const limits = validLimits(options.limits ?? {})
  if (either.isLeft(limits)) return limits
  const clock = options.clock ?? systemClock
  const sockets = options.tls === undefined ? either.right(plainSockets(clock)) : secureSockets(clock, options.tls)
  if (either.isLeft(sockets)) return sockets
  const { cluster, self } = options
  return either.right(tcpOver(options, { cluster, self, wire: wire.right }, limits.right, sockets.right))
}

export type { Address }
