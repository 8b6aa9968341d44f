/**
 * A million connections, each with a frame that is random or damaged: `npm run build && node --expose-gc bench/fuzz-frames.mjs [COUNT] [SEED]`.
 * Each goes straight into what reads connections, since the first wrong frame cuts a connection and a million sockets would take long; one in
 * fifty goes over a socket, among floods of connections that say nothing and peers that do not read. Says what was refused, what reached the
 * host, and the memory that it took. Fails if anything reached the host that was not sent whole, if a wrong frame was not refused, if the
 * node no longer serves a peer, or if memory grew beyond 100 MB.
 */
import { EventEmitter } from 'node:events'
import { connect } from 'node:net'
import { argv, memoryUsage } from 'node:process'
import { Message } from '../dist/spec/raft/messages.js'
import { systemClock, silentLogger } from '../dist/src/runtime/clock.js'
import { acceptor } from '../dist/src/runtime/transport/acceptor.js'
import { seededRandom, tcpTransport } from '../dist/src/runtime/transport/index.js'
import { validLimits } from '../dist/src/runtime/transport/limits.js'
import { reporter } from '../dist/src/runtime/transport/reporter.js'
import { encodeFrame, frameTypes } from '../dist/src/runtime/wire/frame.js'
import { helloBytes } from '../dist/src/runtime/wire/handshake.js'
import { messageWire } from '../dist/src/runtime/wire/messages.js'

const connectionCount = Number(argv[2] ?? 1_000_000)
const random = seededRandom(Number(argv[3] ?? 1))
const below = (bound) => Math.floor(random() * bound)
const pick = (list) => list[below(list.length)]

const protocol = { name: 'raft', wireVersion: 1, codecs: { message: Message } }
const wire = messageWire({ protocol }).right
const refusals = {}
let delivered = 0
let strange = 0
const metrics = {
  count: (name, by = 1, labels = {}) => {
    if (name === 'quorate_transport_refused_total' && labels.direction === 'incoming')
      refusals[labels.reason] = (refusals[labels.reason] ?? 0) + by
  },
  gauge: () => undefined,
  observe: () => undefined
}
const limits = { handshakeMs: 500, maxMessageBytes: 4_000_000 }
const nowhere = { host: '127.0.0.1', port: 1 }
const node = tcpTransport({
  cluster: 'fuzz',
  self: 'n1',
  protocol,
  listen: { host: '127.0.0.1', port: 0 },
  peers: { n2: nowhere, n3: nowhere },
  limits,
  metrics
}).right

const sent = { type: 'vote', term: 7, granted: true }
const large = {
  type: 'append-entries',
  term: 7,
  prevLogIndex: 0,
  prevLogTerm: 0,
  entries: Array.from({ length: 50 }, () => ({ type: 'noop', term: 7 })),
  leaderCommit: 0,
  round: 0
}
const honest = new Set([JSON.stringify(sent), JSON.stringify(large)])
const deliver = (_from, message) => {
  delivered += 1
  if (!honest.has(JSON.stringify(message))) strange += 1
}
await node.open({ deliver, linked: () => undefined })
const { port } = node.address()

const goodFrame = () => encodeFrame(frameTypes.message, JSON.stringify(random() < 0.9 ? sent : large))
const noise = (length) => Buffer.from(Array.from({ length }, () => below(256)))
/** Right in frame and checksum, and wrong inside. */
const wrongInside = () => {
  const text = pick([
    '{}',
    'null',
    '{"type":"vote","term":-1,"granted":true}',
    '{"type":"vote","term":7,"granted":true,"more":1}',
    '{"type":"vote"',
    '['.repeat(2_000),
    '{"__proto__":{"type":"vote"}}',
    '1e999'
  ])
  return encodeFrame(pick([1, 2, 3, 4, 4, 4, 4, 5, 6, 7]), text)
}
const flipped = () => {
  const frame = goodFrame()
  for (let times = 1 + below(3); times > 0; times--) frame[below(frame.length)] ^= 1 << below(8)
  return frame
}
const announcing = () => {
  const frame = goodFrame()
  frame.writeUInt32BE(below(2 ** 32), 4)
  return frame
}
const bad = () => pick([flipped, flipped, wrongInside, announcing, () => noise(1 + below(200))])()

const hello = (self, lane = 'main') => helloBytes({ cluster: 'fuzz', self, wire }, 'n1', lane)
const ended = (socket) => new Promise((resolve) => socket.once('close', resolve))
const dial = () => {
  const socket = connect({ host: '127.0.0.1', port })
  socket.on('error', () => undefined)
  socket.resume()
  return socket
}

/** A connection: mostly one that says who it is, perhaps a good frame, and then one that is not, with more behind it. */
const attackBytes = () =>
  Buffer.concat([
    ...(random() < 0.9 ? [hello(pick(['n2', 'n3']))] : []),
    ...(random() < 0.5 ? [goodFrame()] : []),
    bad(),
    ...(random() < 0.2 ? [goodFrame()] : [])
  ])

/** What the acceptor needs of a stream. */
class Wire extends EventEmitter {
  destroyed = false
  writableNeedDrain = false
  write() {
    return true
  }
  end(_bytes, done) {
    done?.()
  }
  destroy() {
    if (!this.destroyed) {
      this.destroyed = true
      this.emit('close')
    }
    return this
  }
}
const host = acceptor({
  identity: { cluster: 'fuzz', self: 'n1', wire },
  isPeer: (id) => id === 'n2' || id === 'n3',
  deliver,
  limits: validLimits(limits).right,
  clock: systemClock,
  report: reporter({ clock: systemClock, logger: silentLogger, metrics })
})
/** Connections that were not cut by what they sent: their damaged frame announced more than came. */
let unfinished = 0
const attackStraight = () => {
  const stream = new Wire()
  host.accept(stream, host.admit(stream), () => true)
  const bytes = attackBytes()
  let at = 0
  while (at < bytes.length) {
    const length = random() < 0.5 ? bytes.length : 1 + below(bytes.length)
    stream.emit('data', bytes.subarray(at, at + length))
    at += length
  }
  if (!stream.destroyed) unfinished += 1
  stream.destroy()
}
const attackSocket = async () => {
  const socket = dial()
  const bytes = attackBytes()
  const at = below(bytes.length)
  socket.write(bytes.subarray(0, at))
  socket.end(bytes.subarray(at))
  await ended(socket)
}
/** Connections that say nothing, and stay. */
const flood = () => Array.from({ length: 200 }, dial)
/** A peer that asks for answers and reads none. */
const deaf = () => {
  const socket = dial().pause()
  socket.write(
    Buffer.concat([hello('n3', 'bulk'), ...Array.from({ length: 10_000 }, () => encodeFrame(frameTypes.ping, ''))])
  )
  return socket
}

const settled = () => {
  globalThis.gc?.()
  const { heapUsed, external, arrayBuffers } = memoryUsage()
  return heapUsed + external + arrayBuffers
}

const before = settled()
const rssBefore = memoryUsage().rss
let most = before
let mostRss = rssBefore
const look = () => {
  most = Math.max(most, settled())
  mostRss = Math.max(mostRss, memoryUsage().rss)
}
const start = performance.now()
for (let done = 1; done <= connectionCount; done++) {
  attackStraight()
  if (done % 1_000 === 0) await new Promise((resolve) => setImmediate(resolve))
  if (done % 50_000 === 0) look()
}
const straight = { ...refusals }
const overSockets = Math.ceil(connectionCount / 50)
for (let done = 0; done < overSockets; done += 32) {
  await Promise.all(Array.from({ length: 32 }, attackSocket))
  if (done % 3_200 !== 0) continue
  const sockets = [...flood(), deaf()]
  await new Promise((resolve) => setTimeout(resolve, 20))
  for (const socket of sockets) socket.destroy()
  look()
}
const seconds = (performance.now() - start) / 1_000

// And after all that, a peer is served.
const deliveredBefore = delivered
const isServed = () => delivered > deliveredBefore
const peer = dial()
peer.write(Buffer.concat([hello('n2'), goodFrame()]))
for (let turn = 0; turn < 400 && !isServed(); turn++) await new Promise((resolve) => setTimeout(resolve, 5))
const serves = isServed()
peer.destroy()
await node.close()

const megabytes = (bytes) => Math.round(bytes / 1e5) / 10
console.log(
  JSON.stringify(
    {
      connections: connectionCount + overSockets,
      seconds: Math.round(seconds * 10) / 10,
      delivered,
      strange,
      serves,
      straight,
      unfinished,
      overSockets: Object.fromEntries(
        Object.entries(refusals).map(([reason, count]) => [reason, count - (straight[reason] ?? 0)])
      ),
      grownMegabytes: megabytes(most - before),
      residentMegabytes: { before: megabytes(rssBefore), most: megabytes(mostRss) }
    },
    null,
    2
  )
)
const refusedStraight = Object.values(straight).reduce((sum, count) => sum + count, 0)
if (strange > 0 || refusedStraight + unfinished !== connectionCount || !serves || most - before > 100e6)
  process.exitCode = 1
