/** Frames, the handshake, and messages in several versions. */
import { crc32 } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import fc from 'fast-check'
import * as t from 'io-ts'
import { closed, Natural } from '../spec/kernel/index.ts'
import { Message as RaftMessage } from '../spec/raft/messages.ts'
import { json } from '../src/runtime/wire/codec.ts'
import { encodeFrame, frameHeaderBytes, frameOfPart, frameTypes, magic } from '../src/runtime/wire/frame.ts'
import { frameReader } from '../src/runtime/wire/frame-reader.ts'
import { helloBytes, judgeHello, judgeWelcome, readGoodbye } from '../src/runtime/wire/handshake.ts'
import { commonVersion, decoded, messageWire } from '../src/runtime/wire/messages.ts'
import { chat, rightOf } from './transport/chat.ts'

// Looked up once: in the tests' own global scope that is slow.
const OurBuffer = Buffer

type Seen = readonly [type: number, payload: string]

/** What a reader makes of bytes that come in these pieces. */
const read = (pieces: ReadonlyArray<Buffer>, most = 65_536) => {
  const seen: Array<Seen> = []
  let heldBytes = 0
  let pushed = 0
  const reader = frameReader(most, (type, payload) => {
    seen.push([type, payload.toString('hex')])
    return null
  })
  let why = null
  for (const piece of pieces) {
    pushed += piece.length
    why = reader.push(piece)
    heldBytes = Math.max(heldBytes, reader.heldBytes())
    if (reader.heldBytes() > Math.max(65_536, 2 * pushed)) throw new Error('more is held than came')
  }
  return { seen, reason: why?.reason ?? null, heldBytes }
}

/** Bytes cut at these places, in parts of a thousand. */
const cutAt = (bytes: Buffer, cuts: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const places = [
    0,
    ...cuts.map((cut) => Math.floor((cut * bytes.length) / 1_000)).toSorted((a, b) => a - b),
    bytes.length
  ]
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

const frames = fc.array(fc.tuple(fc.constantFrom(...Object.values(frameTypes)), fc.uint8Array({ maxLength: 300 })), {
  maxLength: 12
})
const cuts = fc.array(fc.nat(999), { maxLength: 20 })

const bytesOf = (list: ReadonlyArray<readonly [(typeof frameTypes)[keyof typeof frameTypes], Uint8Array]>): Buffer =>
  OurBuffer.concat([magic, ...list.map(([type, payload]) => encodeFrame(type, payload))])

const seenOf = (list: ReadonlyArray<readonly [number, Uint8Array]>): ReadonlyArray<Seen> =>
  list.map(([type, payload]) => [type, OurBuffer.from(payload).toString('hex')])

describe('a frame', () => {
  test('is checksum, length, type and payload', () => {
    const frame = encodeFrame(frameTypes.message, 'né')
    expect(frame.toString('hex')).toBe(
      `${crc32(OurBuffer.from('00000003046ec3a9', 'hex')).toString(16).padStart(8, '0')}00000003046ec3a9`
    )
    expect(frame.length).toBe(frameHeaderBytes + 3)
  })

  test('in any pieces gives the same frames', () => {
    fc.assert(
      fc.property(frames, cuts, (list, places) => {
        const { seen, reason } = read(cutAt(bytesOf(list), places))
        expect(reason).toBeNull()
        expect(seen).toEqual(seenOf(list))
      }),
      { numRuns: 1_000 }
    )
  })

  test('byte by byte gives the same frames', () => {
    const list = [
      [frameTypes.message, OurBuffer.from('a message')] as const,
      [frameTypes.ping, new Uint8Array(0)] as const
    ]
    const bytes = bytesOf(list)
    expect(read([...bytes].map((_, index) => bytes.subarray(index, index + 1))).seen).toEqual(seenOf(list))
  })

  test('longer than allowed is refused when its length is known, and nothing is held for it', () => {
    const frame = encodeFrame(frameTypes.message, Buffer.alloc(1_001))
    const { reason, seen, heldBytes } = read([magic, frame.subarray(0, frameHeaderBytes)], 1_000)
    expect({ reason, seen, heldBytes }).toEqual({ reason: 'oversized', seen: [], heldBytes: 0 })
    expect(read([magic, encodeFrame(frameTypes.message, Buffer.alloc(1_000))], 1_000).seen).toHaveLength(1)
  })

  test('that announces much and sends little takes little memory', () => {
    const announced = Buffer.alloc(frameHeaderBytes)
    announced.writeUInt32BE(1_000_000_000, 4)
    announced[8] = frameTypes.message
    const { reason, heldBytes } = read([magic, announced, Buffer.alloc(10)], 2_000_000_000)
    expect(reason).toBeNull()
    expect(heldBytes).toBeLessThan(100)
  })

  test('of a type that is unknown is refused', () => {
    const frame = encodeFrame(frameTypes.ping, '')
    frame[8] = 99
    expect(read([magic, frame]).reason).toBe('frame-type')
  })

  test('after one that was refused is not read', () => {
    const good = encodeFrame(frameTypes.message, 'good')
    const bad = encodeFrame(frameTypes.message, 'bad')
    bad.writeUInt8(0x21, frameHeaderBytes)
    const { seen, reason } = read([magic, good, bad, good])
    expect({ reason, frames: seen.length }).toEqual({ reason: 'checksum', frames: 1 })
  })

  test('with any one bit flipped is never taken for a frame', () => {
    const frame = encodeFrame(frameTypes.message, 'payload')
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const flipped = OurBuffer.from(frame)
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(read([OurBuffer.concat([magic, flipped])]).seen).toEqual([])
    }
  })

  test('of another beginning is refused at the first byte that differs', () => {
    expect(read([OurBuffer.from('QUx')]).reason).toBe('magic')
    expect(read([OurBuffer.from('GET / HTTP/1.1\r\n')]).reason).toBe('magic')
    expect(read([OurBuffer.from('QUO'), OurBuffer.from('RATE\u0002')]).reason).toBe('magic')
  })
})

describe('fuzz', () => {
  /** What is done to bytes on their way: overwritten, cut out, doubled, put in. */
  const mutation = fc.tuple(fc.constantFrom('flip', 'cut', 'double', 'insert'), fc.nat(999), fc.nat(40), fc.nat(255))
  const mutated = (bytes: Buffer, [how, place, length, value]: readonly [string, number, number, number]): Buffer => {
    const from = Math.floor((place * bytes.length) / 1_000)
    const before = bytes.subarray(0, from)
    const after = bytes.subarray(from)
    if (how === 'flip') return OurBuffer.concat([before, OurBuffer.from([value]), after.subarray(1)])
    if (how === 'cut') return OurBuffer.concat([before, after.subarray(length)])
    if (how === 'double') return OurBuffer.concat([before, after.subarray(0, length), after])
    return OurBuffer.concat([before, Buffer.alloc(length, value), after])
  }

  test('20,000 streams of frames that were tampered with: only frames that were sent come out', () => {
    fc.assert(
      fc.property(frames, fc.array(mutation, { minLength: 1, maxLength: 4 }), cuts, (list, changes, places) => {
        const bytes = changes.reduce(mutated, bytesOf(list))
        const { seen } = read(cutAt(bytes, places), 400)
        const sent = new Set(seenOf(list).map(String))
        expect(seen.map(String).filter((one) => !sent.has(one))).toEqual([])
      }),
      { numRuns: 20_000 }
    )
  })

  test('5,000 streams of random bytes: nothing comes out', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.boolean(), cuts, (noise, greets, places) => {
        const bytes = greets ? OurBuffer.concat([magic, noise]) : OurBuffer.from(noise)
        expect(read(cutAt(bytes, places), 400).seen).toEqual([])
      }),
      { numRuns: 5_000 }
    )
  })
})

describe('a message longer than a frame', () => {
  test('goes in parts, the last of which is a message', () => {
    const body = OurBuffer.from('0123456789')
    const pieces = [0, 4, 8].map((from) => frameOfPart(body, from, 4))
    expect(read([magic, ...pieces]).seen.map(([type, hex]) => [type, OurBuffer.from(hex, 'hex').toString()])).toEqual([
      [frameTypes.part, '0123'],
      [frameTypes.part, '4567'],
      [frameTypes.message, '89']
    ])
  })
})

describe('JSON', () => {
  test('gives back what it was given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        const bytes = OurBuffer.from(json.encode(data) as string)
        expect(rightOf(json.decode(bytes))).toEqual(JSON.parse(JSON.stringify(data)))
      })
    )
  })
  test('keeps a lone surrogate', () => {
    expect(rightOf(json.decode(OurBuffer.from(json.encode('\ud800') as string)))).toBe('\ud800')
  })
  test.each([
    ['bytes that are no UTF-8', OurBuffer.from([0x22, 0xff, 0x22])],
    ['half a document', OurBuffer.from('{"a":')],
    ['nothing', Buffer.alloc(0)]
  ])('refuses %s', (_what, bytes) => expect(either.isLeft(json.decode(bytes))).toBe(true))
})

describe('the short way of decoding', () => {
  const messages: ReadonlyArray<unknown> = [
    { type: 'request-vote', term: 1, lastLogIndex: 0, lastLogTerm: 0, transfer: false },
    { type: 'vote', term: 1, granted: true },
    {
      type: 'append-entries',
      term: 2,
      prevLogIndex: 0,
      prevLogTerm: 0,
      entries: [
        { type: 'noop', term: 1 },
        { type: 'command', term: 1, command: { set: 1 } }
      ],
      leaderCommit: 0,
      round: 0
    },
    { type: 'accepted', term: 1, matchIndex: 1, round: 0 },
    { type: 'timeout-now', term: 1 }
  ]
  test('gives what io-ts gives, for messages of Raft with anything changed in them', () => {
    const change = fc.tuple(fc.constantFrom(...messages), fc.nat(10), fc.jsonValue(), fc.boolean())
    fc.assert(
      fc.property(change, ([message, place, value, extra]) => {
        const fields = Object.entries(message as Readonly<Record<string, unknown>>)
        const changed = Object.fromEntries(
          extra
            ? [...fields, ['extra', value]]
            : fields.map(([key, old], index) => [key, index === place ? value : old])
        )
        const long = RaftMessage.decode(changed)
        const short = decoded(RaftMessage, changed)
        expect(short._tag).toBe(long._tag)
        if (either.isRight(long)) expect(short).toEqual(long)
      }),
      { numRuns: 2_000 }
    )
  })
  test('is not taken by a codec that changes what it decodes', () => {
    const Trimmed = new t.Type<string>(
      'Trimmed',
      t.string.is,
      (value, context) => either.map((text: string) => text.trim())(t.string.validate(value, context)),
      (text) => text.trim()
    )
    expect(decoded(Trimmed, ' a ')).toEqual(either.right('a'))
  })
})

describe('versions', () => {
  const Note = closed('Note', { type: t.literal('note'), words: t.readonlyArray(t.string), size: Natural })
  const spoken = (wireVersion: number) => ({ name: 'notes', wireVersion, codecs: { message: Note } })
  // Version 1 has the text in one piece, version 2 in words, version 3 their number too.
  const translate = {
    2: {
      older: ({ type, words }: any) => (words.length > 2 ? null : { type, text: words.join(' ') }),
      newer: ({ type, text }: any) => ({ type, words: text.split(' ') })
    },
    3: {
      older: ({ type, words }: any) => ({ type, words }),
      newer: ({ type, words }: any) => ({ type, words, size: words.length })
    }
  }
  const wire = rightOf(messageWire({ protocol: spoken(3), translate }))
  const note = (...words: ReadonlyArray<string>) => ({ type: 'note', words, size: words.length })

  test('go down one by one on the way out', () => {
    expect([1, 2, 3].map((version) => rightOf(wire.encode(note('a', 'b'), version)))).toEqual([
      '{"type":"note","text":"a b"}',
      '{"type":"note","words":["a","b"]}',
      '{"type":"note","words":["a","b"],"size":2}'
    ])
  })
  test('go up one by one on the way in', () => {
    for (const version of [1, 2, 3])
      expect(wire.decode(OurBuffer.from(rightOf(wire.encode(note('a', 'b'), version))), version)).toEqual(
        either.right(note('a', 'b'))
      )
  })
  test('that have no form for a message lose it', () =>
    expect(wire.encode(note('a', 'b', 'c'), 1)).toEqual(either.left('no-such-version')))
  test('that cannot be encoded is lost, not thrown', () => {
    const anything = rightOf(messageWire({ protocol: { ...spoken(1), codecs: { message: t.unknown } } }))
    expect(anything.encode({ count: 1n }, 1)).toEqual(either.left('unencodable'))
  })
  test('that is nested too deep for its codec is refused, not thrown', () => {
    const Nested: t.Type<unknown> = t.recursion('Nested', () => t.readonlyArray(Nested) as unknown as t.Type<unknown>)
    const deep = rightOf(messageWire({ protocol: { ...spoken(1), codecs: { message: Nested } } }))
    const text = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect(deep.decode(OurBuffer.from(text), 1)).toMatchObject({ left: { reason: 'message' } })
  })
  test.each([
    ['of another version', '{"type":"note","words":["a"]}', 1, 'message'],
    ['that the codec refuses', '{"type":"note","words":[1],"size":1}', 3, 'message'],
    ['with a field too many', '{"type":"note","words":[],"size":0,"more":1}', 3, 'message'],
    ['that is none', '{"type":', 3, 'garbage']
  ])('refuse a message %s', (_what, text, version, reason) =>
    expect(wire.decode(OurBuffer.from(text), version)).toMatchObject({ left: { reason } })
  )
  test.each([
    [{ oldest: 1, newest: 3 }, { oldest: 1, newest: 3 }, 3],
    [{ oldest: 1, newest: 2 }, { oldest: 1, newest: 1 }, 1],
    [{ oldest: 1, newest: 1 }, { oldest: 1, newest: 2 }, 1],
    [{ oldest: 2, newest: 3 }, { oldest: 1, newest: 1 }, null],
    [{ oldest: 2, newest: 2 }, { oldest: 2, newest: 9 }, 2]
  ])('%j and %j have %j in common', (ours, theirs, common) => {
    expect(commonVersion(ours, theirs)).toBe(common)
    expect(commonVersion(theirs, ours)).toBe(common)
  })
  test.each([[{ 2: translate[2] }], [{ 4: translate[3] }], [{ 3: translate[3], 1: translate[2] }]])(
    'with a gap are refused',
    (gappy) => expect(messageWire({ protocol: spoken(3), translate: gappy })).toMatchObject({ left: { code: 'Q951' } })
  )
})

describe('the handshake', () => {
  const wire = rightOf(messageWire({ protocol: chat }))
  const mine = { cluster: 'c', self: 'n1', wire }
  const isPeer = (node: string) => node === 'n2'
  const payloadOf = (bytes: Buffer) => bytes.subarray(magic.length + frameHeaderBytes)
  const hello = (changed: object = {}) => {
    const whole = JSON.parse(String(payloadOf(helloBytes({ ...mine, self: 'n2' }, 'n1', 'main')))) as object
    return OurBuffer.from(JSON.stringify({ ...whole, ...changed }))
  }

  test('agrees', () => expect(judgeHello(mine, isPeer, hello())).toMatchObject({ right: { version: 1 } }))
  test.each([
    ['cluster', { cluster: 'other' }],
    ['protocol', { protocol: 'raft' }],
    ['codec', { codec: 'msgpack' }],
    ['wrong-node', { to: 'n3' }],
    ['unknown-node', { from: 'n4' }],
    ['version', { versions: { oldest: 2, newest: 3 } }],
    ['handshake', { from: '' }],
    ['handshake', { more: 1 }],
    ['handshake', { lane: 'fast' }]
  ])('refuses by %s', (reason, changed) =>
    expect(judgeHello(mine, isPeer, hello(changed))).toMatchObject({ left: { reason } })
  )
  test('refuses what does not decode', () =>
    expect(judgeHello(mine, isPeer, OurBuffer.from('hello'))).toMatchObject({ left: { reason: 'handshake' } }))
  test.each([
    ['wrong-node', { from: 'n3' }],
    ['version', { version: 2 }],
    ['handshake', { maxFrameBytes: 0 }]
  ])('refuses a welcome by %s', (reason, changed) => {
    const welcome = { from: 'n2', version: 1, maxFrameBytes: 1, maxMessageBytes: 1, ...changed }
    expect(judgeWelcome(mine, 'n2', OurBuffer.from(JSON.stringify(welcome)))).toMatchObject({ left: { reason } })
  })
  test('tells why it was refused, in short', () => {
    const { reason, problem } = readGoodbye(
      'n2',
      OurBuffer.from(JSON.stringify({ reason: 'cluster', what: 'x\n'.repeat(99) }))
    )
    expect(reason).toBe('cluster')
    expect(problem.what.length).toBeLessThan(200)
    expect(problem.what).not.toContain('\n')
    expect(readGoodbye('n2', OurBuffer.from('{"reason":"no such","what":""}')).reason).toBe('handshake')
  })
})
