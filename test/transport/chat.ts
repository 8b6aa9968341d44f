/** A protocol's worth of messages, nodes that talk in them, and what they saw. */
import * as net from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { either } from 'fp-ts'
import * as t from 'io-ts'
import { closed, Natural } from '../../spec/kernel/index.ts'
import type { Logger, Metrics } from '../../src/runtime/ports.ts'
import { tcpTransport, type TcpOptions, type TcpTransport } from '../../src/runtime/transport/index.ts'
import { welcomeBytes } from '../../src/runtime/wire/handshake.ts'

const Say = closed('Say', { type: t.literal('say'), text: t.string })
const Beat = closed('Beat', { type: t.literal('beat'), round: Natural })
export const Message = t.union([Say, Beat])

export const chat = { name: 'chat', wireVersion: 1, codecs: { message: Message } }

export const say = (text: string) => ({ type: 'say', text })
export const beat = (round: number) => ({ type: 'beat', round })

export const rightOf = <A>(value: either.Either<unknown, A>): A => {
  if (either.isLeft(value)) throw new Error(JSON.stringify(value.left))
  return value.right
}

/** Counts by name and labels, as `name label label`. */
export const counters = () => {
  const counts: Record<string, number> = {}
  const metrics: Metrics = {
    count: (name, by = 1, labels = {}) => {
      const key = [name.replace('quorate_', ''), ...Object.values(labels)].join(' ')
      counts[key] = (counts[key] ?? 0) + by
    },
    gauge: () => undefined,
    observe: () => undefined
  }
  return { counts, metrics }
}

export const logs = () => {
  const lines: Array<{ readonly text: string; readonly fields: Readonly<Record<string, unknown>> }> = []
  const log = (fields: Readonly<Record<string, unknown>>, text: string) => void lines.push({ text, fields })
  const ignore = () => undefined
  const logger: Logger = { debug: ignore, info: ignore, warn: log, error: log }
  return { lines, logger }
}

export const quick = { backoffMs: 5, backoffMostMs: 20, closeMs: 200 }

export interface Talker {
  readonly transport: TcpTransport
  readonly heard: ReadonlyArray<{ readonly from: string; readonly message: any }>
  readonly texts: () => ReadonlyArray<string>
  readonly links: ReadonlyArray<string>
  readonly counts: Readonly<Record<string, number>>
  readonly lines: ReadonlyArray<{ readonly text: string; readonly fields: Readonly<Record<string, unknown>> }>
  readonly port: () => number
  readonly refusals: (reason: string) => number
}

/** What is open, so that a test that fails leaves nothing behind. */
const running: Array<() => Promise<void> | void> = []
export const afterwards = (end: () => Promise<void> | void): void => void running.push(end)
export const endAll = async (): Promise<void> => {
  for (const end of running.splice(0)) await end()
}

const nobody = { host: '127.0.0.1', port: 1 }

/** A node that is open, on a free port. Its peers are told with `acquaint`. */
export const talker = async (self: string, options: Partial<TcpOptions> = {}): Promise<Talker> => {
  const { counts, metrics } = counters()
  const { lines, logger } = logs()
  const transport = rightOf(
    tcpTransport({
      cluster: 'test',
      self,
      protocol: chat,
      listen: { host: '127.0.0.1', port: 0 },
      peers: {},
      metrics,
      logger,
      ...options,
      limits: { ...quick, ...options.limits }
    })
  )
  const heard: Array<{ readonly from: string; readonly message: any }> = []
  const links: Array<string> = []
  await transport.open({
    deliver: (from, message) => void heard.push({ from, message }),
    linked: (peer, isUp) => void links.push(`${isUp ? '+' : '-'}${peer}`)
  })
  afterwards(transport.close)
  const refusals = (reason: string) =>
    (counts[`transport_refused_total incoming ${reason}`] ?? 0) +
    (counts[`transport_refused_total outgoing ${reason}`] ?? 0)
  return {
    transport,
    heard,
    texts: () => heard.map(({ message }) => String(message.text)),
    links,
    counts,
    lines,
    port: () => transport.address()?.port ?? 0,
    refusals
  }
}

/** Tells every node where the others are. */
export const acquaint = (talkers: Readonly<Record<string, Talker>>): void => {
  const at = Object.entries(talkers).map(([id, { port }]) => [id, { host: '127.0.0.1', port: port() }] as const)
  for (const [id, { transport }] of Object.entries(talkers))
    transport.setPeers(Object.fromEntries(at.filter(([other]) => other !== id)))
}

/** A node that listens, and takes n2 for a peer that is not there. */
export const host = (options: Partial<TcpOptions> = {}): Promise<Talker> =>
  talker('n1', { peers: { n2: nobody }, ...options })

/** Resolves when it holds; a test that waits in vain fails with what it waited for. */
export const until = async (holds: () => boolean, what: string): Promise<void> => {
  for (let turn = 0; turn < 4_000; turn++) {
    if (holds()) return
    await wait(turn < 10 ? 1 : 5)
  }
  throw new Error(`in vain: ${what}`)
}

/** A connection of the test's own, what came over it, and whether it has ended. */
export const rawConnection = async (port: number) => {
  const socket = net.connect({ host: '127.0.0.1', port })
  afterwards(() => void socket.destroy())
  const state = { received: Buffer.alloc(0), ended: false }
  socket.on('data', (chunk) => {
    state.received = Buffer.concat([state.received, chunk])
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    state.ended = true
  })
  await new Promise((resolve) => void socket.once('connect', resolve))
  return { socket, state }
}

export const numbered = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => String(index))

/** Stands for a node, welcomes who dials, and then reads nothing more. Answers its port. */
export const slowReader = async (self: string): Promise<number> => {
  const server = net.createServer((socket) => {
    afterwards(() => void socket.destroy())
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.pause()
      socket.write(welcomeBytes({ from: self, version: 1, maxFrameBytes: 1_000_000, maxMessageBytes: 1_000_000 }))
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  afterwards(() => void server.close())
  const at = server.address()
  return typeof at === 'object' ? (at?.port ?? 0) : 0
}
