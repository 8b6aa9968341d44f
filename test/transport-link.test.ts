/** The way out to a peer under a virtual clock: what waits, and when it is dialed again. */
import { PassThrough, type Duplex } from 'node:stream'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { virtualClock } from '../src/runtime/virtual-clock.ts'
import { backoff, defaultLimits, validLimits, type Limits } from '../src/runtime/transport/limits.ts'
import { link } from '../src/runtime/transport/link.ts'
import { boundedQueue, type Entry } from '../src/runtime/transport/queue.ts'
import { reporter } from '../src/runtime/transport/reporter.ts'
import { encodeFrame, frameHeaderBytes, frameTypes, pongFrame } from '../src/runtime/wire/frame.ts'
import { frameReader } from '../src/runtime/wire/frame-reader.ts'
import { welcomeBytes } from '../src/runtime/wire/handshake.ts'
import { messageWire } from '../src/runtime/wire/messages.ts'
import { refused } from '../src/runtime/wire/refused.ts'
import { chat, counters, logs, rightOf } from './transport/chat.ts'

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
  test('that is full drops what may be dropped first, and then what is oldest', () => {
    const { queue, all, dropped } = queueOf(3)
    for (const entry of [entryOf('a'), entryOf('beat', 'beat'), entryOf('b'), entryOf('c')]) queue.push(entry)
    expect(all()).toEqual(['a', 'b', 'c'])
    for (const entry of [entryOf('a'), entryOf('b'), entryOf('c'), entryOf('d')]) queue.push(entry)
    expect(all()).toEqual(['b', 'c', 'd'])
    expect(dropped).toEqual(['overflow', 'overflow'])
  })
  test('drops the oldest of those that may be dropped', () => {
    const { queue, all } = queueOf(2)
    for (const entry of [entryOf('k', 'k'), entryOf('l', 'l'), entryOf('a')]) queue.push(entry)
    expect(all()).toEqual(['l', 'a'])
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
