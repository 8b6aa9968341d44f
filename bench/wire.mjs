/**
 * What a message of Raft costs on its way: `npm run build && node bench/wire.mjs`. First the encodings, JSON against msgpack, and what
 * the codec of the protocol adds; then two nodes on loopback, in one process. Microseconds of CPU time, the best of nine runs.
 */
import { cpuUsage } from 'node:process'
import { Message } from '../dist/spec/raft/messages.js'
import { tcpTransport } from '../dist/src/runtime/transport/index.js'
import { json } from '../dist/src/runtime/wire/codec.js'
import { encodeFrame, frameTypes, magic } from '../dist/src/runtime/wire/frame.js'
import { frameReader } from '../dist/src/runtime/wire/frame-reader.js'
import { decoded } from '../dist/src/runtime/wire/messages.js'

const append = (count) => ({
  type: 'append-entries',
  term: 3,
  prevLogIndex: 1_000,
  prevLogTerm: 3,
  entries: Array.from({ length: count }, (_, index) => ({
    type: 'command',
    term: 3,
    command: 'v'.repeat(94) + String(100_000 + index)
  })),
  leaderCommit: 999,
  round: 17
})
const accepted = { type: 'accepted', term: 3, matchIndex: 1_000, round: 17 }
const messages = { accepted, heartbeat: append(0), '1 entry': append(1), '64 entries': append(64) }

const cpu = () => {
  const { user, system } = cpuUsage()
  return user + system
}
/** CPU time, since the machine may be busy with something else. */
const best = (times, act) => {
  let least = Infinity
  for (let run = 0; run < 9; run++) {
    const before = cpu()
    for (let turn = 0; turn < times; turn++) act()
    least = Math.min(least, (cpu() - before) / times)
  }
  return least
}

const cell = (value) => (typeof value === 'number' ? value.toFixed(2) : value).padStart(11)
const row = (name, values) => console.log(name.padEnd(26) + values.map(cell).join(''))

/** msgpack in its variants, if it is installed: it is no dependency. */
const msgpack = async () => {
  const installed = await import('msgpackr').catch(() => null)
  if (installed === null) {
    console.log('(msgpackr is not installed: npm install --no-save msgpackr)')
    return []
  }
  const { Packr } = installed
  const variant = (name, options) => {
    const packr = new Packr(options)
    return { name, encode: (data) => packr.pack(data), decode: (bytes) => packr.unpack(bytes) }
  }
  return [
    variant('msgpack', { useRecords: false }),
    variant('msgpack, records', { useRecords: true }),
    // Both sides keep the shapes of records, so a message names a shape and has only values.
    variant('msgpack, shared shapes', { structures: [] })
  ]
}

const encodings = [
  { name: 'JSON', encode: json.encode, decode: (bytes) => json.decode(bytes).right },
  ...(await msgpack())
]

const kinds = Object.keys(messages)
const timesOf = (kind) => (kind === '64 entries' ? 1_000 : 30_000)
const perKind = (act) => kinds.map((kind) => act(messages[kind], timesOf(kind)))

row('µs per message', kinds)
for (const { name, encode, decode } of encodings) {
  row(
    `${name}: bytes`,
    perKind((message) => String(encodeFrame(frameTypes.message, encode(message)).length))
  )
  row(
    `${name}: to a frame`,
    perKind((message, times) => best(times, () => encodeFrame(frameTypes.message, encode(message))))
  )
  row(
    `${name}: from a frame`,
    perKind((message, times) => {
      const reader = frameReader(1_000_000, (_type, payload) => {
        decode(payload)
        return null
      })
      reader.push(magic)
      const frame = encodeFrame(frameTypes.message, encode(message))
      return best(times, () => reader.push(frame))
    })
  )
}
row(
  'codec: decode of io-ts',
  perKind((message, times) => best(times, () => Message.decode(message)))
)
row(
  'codec: the short way',
  perKind((message, times) => best(times, () => decoded(Message, message)))
)

const nodes = Object.fromEntries(
  ['n1', 'n2'].map((self) => {
    const made = tcpTransport({
      cluster: 'bench',
      self,
      protocol: { name: 'raft', wireVersion: 1, codecs: { message: Message } },
      listen: { host: '127.0.0.1', port: 0 },
      peers: {}
    })
    if (made._tag === 'Left') throw new Error(JSON.stringify(made.left))
    return [self, made.right]
  })
)
let arrived = 0
let awaited = Infinity
let onArrival = () => undefined
for (const node of Object.values(nodes))
  await node.open({
    deliver: () => {
      arrived += 1
      if (arrived >= awaited) onArrival()
    },
    linked: () => undefined
  })
const peersOf = (self) =>
  Object.fromEntries(
    Object.entries(nodes)
      .filter(([id]) => id !== self)
      .map(([id, node]) => [id, { host: '127.0.0.1', port: node.address().port }])
  )
for (const [self, node] of Object.entries(nodes)) node.setPeers(peersOf(self))
while (Object.values(nodes).some((node) => node.connections().outgoing < 1))
  await new Promise((resolve) => setTimeout(resolve, 5))

const all = (count) =>
  new Promise((resolve) => {
    arrived = 0
    awaited = count
    onArrival = resolve
  })

/** A batch there, as many answers back, and again. */
const exchange = async (batchSize, rounds, message) => {
  const there = Array.from({ length: batchSize }, () => ({ to: 'n2', message: { ...message } }))
  const back = Array.from({ length: batchSize }, () => ({ to: 'n1', message: { ...accepted } }))
  const before = cpu()
  const start = performance.now()
  for (let round = 0; round < rounds; round++) {
    const come = all(batchSize)
    nodes.n1.send(there)
    await come
    const answered = all(batchSize)
    nodes.n2.send(back)
    await answered
  }
  const microseconds = (performance.now() - start) * 1_000
  return { wall: microseconds / rounds, spent: (cpu() - before) / rounds }
}

console.log('')
row('µs per round trip', ['wall', 'CPU', 'CPU/message'])
for (const [name, batchSize, rounds, message] of [
  ['1 × 1 entry', 1, 5_000, append(1)],
  ['16 × 1 entry', 16, 2_000, append(1)],
  ['64 × 1 entry', 64, 1_000, append(1)],
  ['1 × 64 entries', 1, 1_000, append(64)]
]) {
  await exchange(batchSize, rounds / 5, message)
  const { wall, spent } = await exchange(batchSize, rounds, message)
  row(name, [wall, spent, spent / (2 * batchSize)])
}
await Promise.all(Object.values(nodes).map((node) => node.close()))
