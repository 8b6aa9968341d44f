/** The way out to a peer under a virtual clock: what waits, and when it is dialed again. And networks in memory, with faults. */
import { PassThrough, type Duplex } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { virtualClock, type Packet, type Transport } from '../src/runtime/index.ts'
import { faulty, memoryNetwork, networkFaults, seededRandom } from '../src/runtime/transport/index.ts'
import { backoff, defaultLimits, validLimits, type Limits } from '../src/runtime/transport/limits.ts'
import { link } from '../src/runtime/transport/link.ts'
import { boundedQueue, type Entry } from '../src/runtime/transport/queue.ts'
import { reporter } from '../src/runtime/transport/reporter.ts'
import { encodeFrame, frameHeaderBytes, frameTypes, pongFrame } from '../src/runtime/wire/frame.ts'
import { frameReader } from '../src/runtime/wire/frame-reader.ts'
import { welcomeBytes } from '../src/runtime/wire/handshake.ts'
import { messageWire } from '../src/runtime/wire/messages.ts'
import { refused } from '../src/runtime/wire/refused.ts'
import { chat, counters, logs, rightOf, say } from './transport/chat.ts'

const entryOf = (text: string, replaceable: string | null = null): Entry => ({
  frame: encodeFrame(frameTypes.message, text),
  version: 1,
  replaceable
})
const textOf = ({ frame }: Entry) => frame.toString('utf8', frameHeaderBytes)

describe('a queue', () => {
  const queueOf = (messages: number, bytes = 1_000_000) => {
    const dropped: Array<string> = []
    const queue = boundedQueue({ messages, bytes }, (why) => void dropped.push(why))
    const all = () => {
      const taken: Array<string> = []
      for (let entry = queue.take(); entry !== undefined; entry = queue.take()) taken.push(textOf(entry))
      return taken
    }
    return { queue, dropped, all }
  }

  test('gives what came first, first', () => {
    const { queue, all } = queueOf(10)
    for (const text of ['a', 'b', 'c']) queue.push(entryOf(text))
    expect(all()).toEqual(['a', 'b', 'c'])
    expect(queue.bytes()).toBe(0)
  })
  test('keeps one of a key, the newest, at the place of the newest', () => {
    const { queue, all, dropped } = queueOf(10)
    queue.push(entryOf('beat 1', 'beat'))
    queue.push(entryOf('a'))
    queue.push(entryOf('beat 2', 'beat'))
    expect(all()).toEqual(['a', 'beat 2'])
    expect(dropped).toEqual(['replaced'])
  })
  test('that is full drops what may be dropped, and then what is oldest', () => {
    const { queue, all, dropped } = queueOf(3)
    queue.push(entryOf('a'))
    queue.push(entryOf('beat', 'beat'))
    queue.push(entryOf('b'))
    queue.push(entryOf('c'))
    queue.push(entryOf('d'))
    expect(all()).toEqual(['b', 'c', 'd'])
    expect(dropped).toEqual(['overflow', 'overflow'])
  })
  test('takes one message that is longer than it, and nothing beside it', () => {
    const { queue, all } = queueOf(10, 50)
    queue.push(entryOf('a'))
    queue.push(entryOf('x'.repeat(100)))
    expect(all()).toEqual(['x'.repeat(100)])
  })
  test('never holds more than it may, and counts what it drops', () => {
    const push = fc.record({ size: fc.nat(60), key: fc.option(fc.constantFrom('k', 'l')) })
    fc.assert(
      fc.property(fc.array(push, { maxLength: 60 }), (pushes) => {
        const { queue, dropped, all } = queueOf(5, 150)
        for (const { size, key } of pushes) {
          queue.push(entryOf('x'.repeat(size), key))
          expect(queue.length()).toBeLessThanOrEqual(5)
          expect(queue.bytes() <= 150 || queue.length() === 1).toBe(true)
        }
        expect(all().length + dropped.length).toBe(pushes.length)
        expect({ bytes: queue.bytes(), length: queue.length() }).toEqual({ bytes: 0, length: 0 })
      })
    )
  })
})

/** A peer that the test plays: every stream that was dialed, and what was written to it. */
const dialed = (limits: Partial<Limits> = {}, random = () => 0.5) => {
  const clock = virtualClock()
  const { counts, metrics } = counters()
  const { logger, lines } = logs()
  const changes: Array<boolean> = []
  const dials: Array<{ readonly at: number; readonly stream: Duplex; readonly written: Array<Buffer> }> = []
  const wire = rightOf(messageWire({ protocol: chat }))
  const out = link({
    identity: { cluster: 'test', self: 'n1', wire },
    to: 'n2',
    lane: 'main',
    dial: () => {
      const written: Array<Buffer> = []
      // What is written ends in `written`; what the peer says is emitted by the test.
      const stream = new PassThrough({ highWaterMark: 1_000 })
      stream.write = ((bytes: Buffer) => void written.push(bytes)) as never
      dials.push({ at: clock.now(), stream, written })
      return { stream, ready: 'connect' }
    },
    judgeError: ({ message }) => (message === 'other' ? refused('identity', message) : null),
    limits: { ...defaultLimits, ...limits },
    clock,
    random,
    report: reporter({ clock, logger, metrics }),
    onChange: (isUp) => void changes.push(isUp)
  })
  const last = () => dials.at(-1) ?? { at: 0, stream: new PassThrough(), written: [] }
  const say = (bytes: Buffer) => void last().stream.emit('data', bytes)
  const welcome = () =>
    say(welcomeBytes({ from: 'n2', version: 1, maxFrameBytes: 1_000_000, maxMessageBytes: 1_000_000 }))
  const fail = (message = 'gone') => void last().stream.emit('error', new Error(message))
  return { clock, out, counts, lines, changes, dials, last, say, welcome, fail }
}

describe('dialing again', () => {
  test('waits up to a bound that doubles, and no longer than the longest', async () => {
    const { clock, out, dials, fail } = dialed({ backoffMs: 100, backoffMostMs: 1_000 })
    out.open()
    for (let turn = 0; turn < 6; turn++) {
      fail()
      await clock.pass(1_000)
    }
    const waits = dials.slice(1).map(({ at }, index) => at - 1_000 * index)
    // Half of the bound, since that is what chance says here.
    expect(waits).toEqual([50, 100, 200, 400, 500, 500])
  })
  test('draws any wait from nothing to the bound', () => {
    const limits = { ...defaultLimits, backoffMs: 100, backoffMostMs: 1_000 }
    expect([0, 0.25, 0.75].map((share) => backoff(limits, 3, () => share))).toEqual([0, 100, 300])
  })
  test('begins anew only after a link that lasted', async () => {
    const { clock, out, dials, fail, welcome } = dialed({ backoffMs: 100, backoffMostMs: 1_000, pingMs: 500 })
    out.open()
    const upFor = async (milliseconds: number) => {
      welcome()
      await clock.pass(milliseconds)
      const failedAt = clock.now()
      fail()
      await clock.pass(1_000)
      return (dials.at(-1)?.at ?? 0) - failedAt
    }
    expect([await upFor(10), await upFor(10), await upFor(10), await upFor(1_000), await upFor(10)]).toEqual([
      50, 100, 200, 50, 100
    ])
  })
  test('happens when nothing comes of a handshake', async () => {
    const { clock, out, dials, counts } = dialed({ handshakeMs: 300, backoffMs: 0 })
    out.open()
    await clock.pass(300)
    expect(dials).toHaveLength(2)
    expect(counts['transport_refused_total outgoing handshake-timeout']).toBe(1)
  })
  test('stops when the link is closed', async () => {
    const { clock, out, dials, fail } = dialed()
    out.open()
    fail()
    out.close()
    await clock.pass(100_000)
    expect(dials).toHaveLength(1)
  })
  test('tells a peer with another certificate from one that is not there', () => {
    const { out, counts, fail } = dialed()
    out.open()
    fail('other')
    expect(counts['transport_refused_total outgoing identity']).toBe(1)
  })
})

describe('a link', () => {
  test('tells when it is up, and when it is down', () => {
    const { out, changes, welcome, fail } = dialed()
    out.open()
    expect(out.isUp()).toBe(false)
    welcome()
    expect(out.isUp()).toBe(true)
    fail()
    expect(changes).toEqual([true, false])
  })
  test('keeps messages for a peer that is not there for a while, and then no longer', async () => {
    const { clock, out } = dialed({ holdMs: 1_000 })
    out.open()
    await clock.pass(1_000)
    expect(out.takes()).toBe(true)
    await clock.pass(1)
    expect(out.takes()).toBe(false)
  })
  test('writes all that waits at once', () => {
    const { out, last, welcome, counts } = dialed()
    out.open()
    for (const text of ['a', 'b', 'c']) out.push(entryOf(text))
    out.flush()
    expect(last().written).toHaveLength(0)
    welcome()
    expect(last().written).toHaveLength(1)
    expect(counts['transport_messages_sent_total main']).toBe(3)
  })
  test('writes nothing while the peer does not read, and then all', () => {
    const { out, last, welcome } = dialed()
    out.open()
    welcome()
    const { stream, written } = last()
    Object.defineProperty(stream, 'writableNeedDrain', { value: true, configurable: true })
    out.push(entryOf('a'))
    out.push(entryOf('b'))
    out.flush()
    expect(written).toHaveLength(0)
    Object.defineProperty(stream, 'writableNeedDrain', { value: false })
    stream.emit('drain')
    expect(written).toHaveLength(1)
  })
  test('drops what waited in another version than was agreed on', () => {
    const { out, last, welcome, counts } = dialed()
    out.open()
    out.push({ ...entryOf('a'), version: 2 })
    welcome()
    expect(last().written).toHaveLength(0)
    expect(counts['transport_lost_total other-version']).toBe(1)
  })
  test('keeps to the limits of the peer', () => {
    const { out, last, say, counts } = dialed()
    out.open()
    say(welcomeBytes({ from: 'n2', version: 1, maxFrameBytes: 4, maxMessageBytes: 10 }))
    out.push(entryOf('0123456789'))
    out.push(entryOf('01234567890'))
    out.flush()
    const types: Array<number> = []
    const reader = frameReader(4, (type) => {
      types.push(type)
      return null
    })
    reader.push(Buffer.from('QUORATE\u0001'))
    expect(last().written.map((bytes) => reader.push(bytes))).toEqual([null])
    expect(types).toEqual([frameTypes.part, frameTypes.part, frameTypes.message])
    expect(counts['transport_lost_total oversized']).toBe(1)
  })
  test('asks for signs of life, and is cut when none come', async () => {
    const { clock, out, last, welcome, say, changes, counts } = dialed({ pingMs: 1_000, idleMs: 3_000 })
    out.open()
    welcome()
    await clock.pass(2_500)
    expect(last().written).toHaveLength(2)
    say(pongFrame)
    await clock.pass(2_500)
    expect(changes).toEqual([true])
    await clock.pass(1_000)
    expect(changes).toEqual([true, false])
    expect(counts['transport_refused_total outgoing idle']).toBe(1)
  })
  test('counts reading as a sign of life', async () => {
    const { clock, out, last, welcome, changes } = dialed({ pingMs: 1_000, idleMs: 3_000 })
    out.open()
    welcome()
    for (let turn = 0; turn < 5; turn++) {
      await clock.pass(2_000)
      last().stream.emit('drain')
    }
    expect(changes).toEqual([true])
  })
  test.each([
    ['frame-type', encodeFrame(frameTypes.message, 'a')],
    ['frame-type', encodeFrame(frameTypes.welcome, '{}')],
    ['oversized', encodeFrame(frameTypes.pong, 'x'.repeat(5_000))]
  ])('that hears what has no place there is cut: %s', (reason, bytes) => {
    const { out, welcome, say, changes, counts } = dialed()
    out.open()
    welcome()
    say(bytes)
    expect(changes).toEqual([true, false])
    expect(counts[`transport_refused_total outgoing ${reason}`]).toBe(1)
  })
  test('says the same thing once in ten seconds, and then how often it did not', async () => {
    const { clock, out, lines, fail } = dialed({ backoffMs: 1_000, backoffMostMs: 1_000 })
    out.open()
    for (let turn = 0; turn < 21; turn++) {
      fail('other')
      await clock.pass(500)
    }
    expect(lines.map(({ fields }) => fields['heldBack'] ?? 0)).toEqual([0, 19])
  })
})

test.each([[{ maxFrameBytes: 0 }], [{ idleMs: 1.5 }], [{ pingMs: 10, idleMs: 10 }], [{ queueBytes: Number.NaN }]])(
  'limits that make no sense are refused: %j',
  (limits) => expect(validLimits(limits)).toMatchObject({ left: { code: 'Q951' } })
)

/** Three nodes in memory that note what reaches them, and when. */
const cluster = async (seed: number) => {
  const clock = virtualClock()
  const { counts, metrics } = counters()
  const network = rightOf(memoryNetwork({ protocol: chat, clock, random: seededRandom(seed), metrics }))
  const heard: Array<string> = []
  const join = async (self: string): Promise<Transport> => {
    const transport = network.transport(self)
    await transport.open({
      deliver: (from, message: any) => void heard.push(`${clock.now()} ${from}>${self} ${message.text}`),
      linked: (peer, isUp) => void heard.push(`${self}${isUp ? '+' : '-'}${peer}`)
    })
    return transport
  }
  const [n1, n2, n3] = [await join('n1'), await join('n2'), await join('n3')]
  heard.splice(0)
  return { clock, counts, faults: network.faults, heard, join, n1, n2, n3 }
}

const to = (node: string, text: string): Packet => ({ to: node, message: say(text) })

describe('a network in memory', () => {
  test('carries messages in order, none at once', async () => {
    const { clock, heard, n1 } = await cluster(1)
    n1.send([to('n2', 'a'), to('n3', 'b'), to('n2', 'c'), to('n1', 'd')])
    expect(heard).toEqual([])
    await clock.pass(0)
    expect(heard).toEqual(['0 n1>n2 a', '0 n1>n3 b', '0 n1>n2 c', '0 n1>n1 d'])
  })
  test('carries nothing that the codec refuses', async () => {
    const { clock, heard, n1, counts } = await cluster(1)
    n1.send([{ to: 'n2', message: { type: 'shout', text: 'a' } }])
    await clock.pass(0)
    expect(heard).toEqual([])
    expect(counts['transport_refused_total incoming message']).toBe(1)
  })
  test('is the same with the same seed, and another with another', async () => {
    const run = async (seed: number) => {
      const { clock, heard, faults, n1, n2 } = await cluster(seed)
      faults.setWeather({ loss: 0.2, duplication: 0.2, delayMs: [0, 50] })
      for (let turn = 0; turn < 50; turn++) n1.send([to('n2', `${turn}`), to('n3', `${turn}`)])
      n2.send([to('n1', 'x')])
      await clock.pass(100)
      return heard
    }
    const first = await run(1)
    expect(await run(1)).toEqual(first)
    expect(await run(2)).not.toEqual(first)
  })
  test('loses, doubles, delays and reorders as it is told', async () => {
    const { clock, heard, faults, n1 } = await cluster(3)
    faults.setWeather({ loss: 0.3, duplication: 0.3, delayMs: [10, 30] })
    const sent = Array.from({ length: 1_000 }, (_, index) => String(index))
    n1.send(sent.map((text) => to('n2', text)))
    await clock.pass(9)
    expect(heard).toEqual([])
    await clock.pass(21)
    const texts = heard.map((line) => line.split(' ')[2] ?? '')
    const distinct = [...new Set(texts)]
    expect(distinct.length).toBeGreaterThan(630)
    expect(distinct.length).toBeLessThan(770)
    expect(texts.length - distinct.length).toBeGreaterThan(150)
    expect(texts.length - distinct.length).toBeLessThan(270)
    expect(distinct).not.toEqual(distinct.toSorted((a, b) => Number(a) - Number(b)))
  })
  test('cuts one way and lets the other be', async () => {
    const { clock, heard, faults, n1, n2 } = await cluster(1)
    faults.cut('n1', 'n2')
    expect(heard).toEqual(['n1-n2'])
    n1.send([to('n2', 'lost'), to('n3', 'a')])
    n2.send([to('n1', 'b')])
    await clock.pass(0)
    faults.heal('n1', 'n2')
    n1.send([to('n2', 'c')])
    await clock.pass(0)
    expect(heard).toEqual(['n1-n2', '0 n1>n3 a', '0 n2>n1 b', 'n1+n2', '0 n1>n2 c'])
  })
  test('parts groups, both ways, and heals', async () => {
    const { clock, heard, faults, n1, n3 } = await cluster(1)
    faults.partition(['n1', 'n2'], ['n3'])
    n1.send([to('n2', 'a'), to('n3', 'lost')])
    n3.send([to('n1', 'lost'), to('n3', 'self')])
    await clock.pass(0)
    faults.healAll()
    n3.send([to('n1', 'b')])
    await clock.pass(0)
    expect(heard.filter((line) => line.includes('>'))).toEqual(['0 n1>n2 a', '0 n3>n3 self', '0 n3>n1 b'])
    expect(heard.filter((line) => !line.includes('>')).toSorted()).toEqual(
      ['n1-n3', 'n2-n3', 'n3-n1', 'n3-n2', 'n1+n3', 'n2+n3', 'n3+n1', 'n3+n2'].toSorted()
    )
  })
  test('loses what is on its way when a link is cut', async () => {
    const { clock, heard, faults, n1 } = await cluster(1)
    faults.setWeather({ delayMs: [10, 10] })
    n1.send([to('n2', 'a')])
    await clock.pass(5)
    faults.cut('n1', 'n2')
    await clock.pass(20)
    expect(heard).toEqual(['n1-n2'])
  })
  test('gives a node that restarts nothing of what was sent before', async () => {
    const { clock, heard, join, n1, n2 } = await cluster(1)
    n1.send([to('n2', 'old')])
    await n2.close()
    await join('n2')
    n1.send([to('n2', 'new')])
    await clock.pass(0)
    expect(heard.filter((line) => line.includes('>'))).toEqual(['0 n1>n2 new'])
  })
})

test('faults lie over any transport, and a batch stays a batch in fair weather', async () => {
  const batches: Array<ReadonlyArray<Packet>> = []
  const transport = {
    open: async () => undefined,
    send: (batch: ReadonlyArray<Packet>) => void batches.push(batch),
    close: async () => undefined
  }
  const faults = networkFaults()
  const over = faulty({ self: 'n1', transport, faults, clock: virtualClock(), random: seededRandom(1) })
  await over.open({ deliver: () => undefined, linked: () => undefined })
  over.send([to('n2', 'a'), to('n3', 'b')])
  faults.cut('n1', 'n3')
  over.send([to('n2', 'c'), to('n3', 'd')])
  expect(batches).toEqual([[to('n2', 'a'), to('n3', 'b')], [to('n2', 'c')]])
})

test('seeded chance is spread evenly', () => {
  const random = seededRandom(7)
  const counts = Array.from({ length: 10 }, () => 0)
  for (let turn = 0; turn < 10_000; turn++) {
    const tenth = Math.floor(random() * 10)
    counts[tenth] = (counts[tenth] ?? 0) + 1
  }
  expect(Math.min(...counts)).toBeGreaterThan(900)
  expect(Math.max(...counts)).toBeLessThan(1_100)
})
