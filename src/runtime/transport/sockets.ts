/** Sockets in the clear and over TLS, behind one face: what listens and what dials. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import * as tls from 'node:tls'
import { either } from 'fp-ts'
import type { NodeId } from '../../../spec/kernel/index.ts'
import { problem, type Problem } from '../../model/problem.ts'
import type { Clock } from '../ports.ts'
import { refused, type Refused } from '../wire/refused.ts'
import type { Place } from './acceptor.ts'
import type { Dialed } from './link.ts'
import {
  certifies,
  checkIdentity,
  judgeTlsError,
  nameOfPeers,
  secureContext,
  serverOptions,
  type Certificates,
  type TlsOptions
} from './tls.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** What becomes of connections that others make. */
export interface Reception {
  readonly admit: (raw: Duplex) => Place
  readonly accept: (stream: Duplex, place: Place, mayBe: (node: NodeId) => boolean) => void
  /** A connection that did not get so far. */
  readonly refused: (why: Refused) => void
}

export interface Sockets {
  /** Answers why not, or null. */
  readonly listen: (at: Address, reception: Reception) => Promise<string | null>
  readonly dial: (to: NodeId, at: Address) => Dialed
  readonly judgeError: (error: Error) => Refused | null
  readonly address: () => AddressInfo | null
  readonly setCertificates: (certificates: Certificates) => either.Either<Problem, void>
  /** Resolves when all connections are closed. Those that take longer than `withinMs` are cut. */
  readonly close: (withinMs: number) => Promise<void>
}

/** A batch leaves when it is written. Keep-alive of the kernel finds hosts that vanished while our pings wait for room. */
const tuned = (socket: Socket): Socket => socket.setNoDelay(true).setKeepAlive(true, 10_000)

/** What listens and what is open, so that it can be closed. */
const house = (clock: Clock, onSocket: (socket: Socket) => void) => {
  const open = new Set<Socket>()
  let server: Server | null = null
  const keep = <S extends Socket>(socket: S): S => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    return socket
  }
  return {
    keep,
    address: (): AddressInfo | null => {
      const at = server?.address()
      return typeof at === 'object' ? at : null
    },
    listen: ({ host, port }: Address) =>
      new Promise<string | null>((resolve) => {
        const listening = createServer((socket) => onSocket(keep(tuned(socket))))
        server = listening
        listening.once('error', (error) => resolve(error.message))
        listening.listen({ host, port }, () => {
          // From here on, an error is of one connection that could not be taken, and the next one may be.
          listening.removeAllListeners('error').on('error', () => undefined)
          resolve(null)
        })
      }),
    close: (withinMs: number) =>
      new Promise<void>((resolve) => {
        const cut = clock.schedule(withinMs, () => {
          for (const socket of open) socket.destroy()
        })
        const gone = (): void => {
          if (open.size > 0) return
          cut()
          resolve()
        }
        const ended = (): void => {
          for (const socket of open) socket.on('close', gone)
          gone()
        }
        if (server?.listening === true) server.close()
        ended()
      })
  }
}

export const plainSockets = (clock: Clock): Sockets => {
  let reception: Reception | null = null
  const { keep, listen, address, close } = house(clock, (socket) => {
    if (reception === null) socket.destroy()
    else reception.accept(socket, reception.admit(socket), () => true)
  })
  return {
    listen: (at, given) => {
      reception = given
      return listen(at)
    },
    dial: (_to, { host, port }) => ({ stream: keep(tuned(connect({ host, port }))), ready: 'connect' }),
    judgeError: () => null,
    address,
    setCertificates: () => either.left(problem('Q951', 'there is no TLS here to have certificates', ['tls'])),
    close
  }
}

/** Which connection it is, seen from either side of TLS. */
const endOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`

export const secureSockets = (clock: Clock, options: TlsOptions): either.Either<Problem, Sockets> => {
  const name = nameOfPeers(options)
  if (either.isLeft(name)) return name
  const first = secureContext(options.certificates)
  if (either.isLeft(first)) return first
  let context = first.right
  let reception: Reception | null = null
  // By the other end, since TLS gives another socket than came in.
  const places = new Map<string, Place>()
  // It listens nowhere: what comes in is counted first, and only then may cost a TLS handshake.
  const server = tls.createServer(serverOptions(options.certificates))
  const { keep, listen, address, close } = house(clock, (raw) => {
    if (reception === null) return raw.destroy()
    const end = endOf(raw)
    places.set(end, reception.admit(raw))
    raw.on('close', () => places.delete(end))
    return server.emit('connection', raw)
  })
  server.on('secureConnection', (socket) => {
    const place = places.get(endOf(socket))
    if (place === undefined) return socket.destroy()
    return reception?.accept(socket, place, certifies(socket.getPeerCertificate(), name.right))
  })
  server.on('tlsClientError', (error, socket) => {
    // A certificate that is not trusted shows here as a connection that was reset, by us. Any other reset says nothing of the peer.
    // (Node's types call it an error; it is the code of one.)
    const distrusted = socket.authorizationError as unknown as string | null
    const why =
      distrusted === null ? judgeTlsError(error) : refused('tls', `a certificate is not trusted: ${distrusted}`)
    if (why !== null) reception?.refused(why)
    socket.destroy()
  })
  return either.right({
    listen: (at, given) => {
      reception = given
      return listen(at)
    },
    dial: (to, { host, port }) => {
      const checkServerIdentity = checkIdentity(to, name.right)
      const stream = tls.connect({ host, port, secureContext: context, checkServerIdentity, servername: '' })
      return { stream: keep(tuned(stream) as tls.TLSSocket), ready: 'secureConnect' }
    },
    judgeError: judgeTlsError,
    address,
    setCertificates: (certificates) =>
      either.map((now: tls.SecureContext) => {
        context = now
        server.setSecureContext(serverOptions(certificates))
      })(secureContext(certificates)),
    close
  })
}
