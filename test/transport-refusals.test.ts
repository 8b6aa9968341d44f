/** Every way to be refused, over sockets: what is wrong is counted and logged, cuts the connection, and never reaches the host. */
import { afterEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { encodeFrame, frameOfPart, frameTypes, magic, pingFrame } from '../src/runtime/wire/frame.ts'
import { helloBytes } from '../src/runtime/wire/handshake.ts'
import { messageWire } from '../src/runtime/wire/messages.ts'
import { acquaint, chat, endAll, host, numbered, rawConnection, rightOf, say, talker, until } from './transport/chat.ts'

afterEach(endAll)

const wire = rightOf(messageWire({ protocol: chat }))
const helloOf = (changed: Partial<{ cluster: string; self: string }> = {}, to = 'n1', spoken = wire) =>
  helloBytes({ cluster: 'test', self: 'n2', wire: spoken, ...changed }, to, 'main')

/** A connection that has said who it is, as n2, and was let in. */
const greeted = async (port: number) => {
  const raw = await rawConnection(port)
  raw.socket.write(helloOf())
  await until(() => raw.state.received.length > magic.length, 'it is welcome')
  return raw
}

const message = (text: string) => encodeFrame(frameTypes.message, JSON.stringify(say(text)))

const damaged = (frame: Buffer): Buffer => {
  const copy = Buffer.from(frame)
  copy.writeUInt8(copy.readUInt8(copy.length - 1) ^ 1, copy.length - 1)
  return copy
}

const announced = (bytes: number): Buffer => {
  const header = Buffer.from(pingFrame)
  header.writeUInt32BE(bytes, 4)
  return header
}

describe('who has not said who it is', () => {
  const versionTwo = rightOf(messageWire({ protocol: { ...chat, wireVersion: 2 } }))
  const otherProtocol = rightOf(messageWire({ protocol: { ...chat, name: 'raft' } }))
  const otherCodec = rightOf(
    messageWire({
      protocol: chat,
      codec: { name: 'other', encode: () => '', decode: () => ({ _tag: 'Left', left: '' }) }
    })
  )

  test.each([
    ['magic', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['handshake', Buffer.concat([magic, encodeFrame(frameTypes.hello, '{"cluster":')])],
    ['handshake', Buffer.concat([magic, encodeFrame(frameTypes.hello, '{"cluster":"test"}')])],
    ['frame-type', Buffer.concat([magic, message('first')])],
    ['frame-type', Buffer.concat([magic, pingFrame])],
    ['checksum', Buffer.concat([magic, damaged(helloOf().subarray(magic.length))])],
    ['oversized', Buffer.concat([magic, announced(5_000)])],
    ['cluster', helloOf({ cluster: 'another' })],
    ['unknown-node', helloOf({ self: 'n7' })],
    ['unknown-node', helloOf({ self: 'n1' })],
    ['unknown-node', helloOf({ self: '__proto__' })],
    ['wrong-node', helloOf({}, 'n3')],
    ['protocol', helloOf({}, 'n1', otherProtocol)],
    ['version', helloOf({}, 'n1', versionTwo)],
    ['codec', helloOf({}, 'n1', otherCodec)]
  ])('is refused by %s', async (reason, bytes) => {
    const n1 = await host()
    const { socket, state } = await rawConnection(n1.port())
    socket.write(Buffer.concat([bytes, message('behind it')]))
    await until(() => state.ended, 'the connection is cut')
    expect(n1.refusals(reason)).toBe(1)
    expect(n1.heard).toEqual([])
    expect(n1.lines.map(({ fields }) => fields['reason'])).toContain(reason)
    expect(n1.transport.connections()).toMatchObject({ unauthenticated: 0, incoming: 0 })
  })

  test('is told why, if it speaks our language', async () => {
    const n1 = await host()
    const { socket, state } = await rawConnection(n1.port())
    socket.write(helloOf({ cluster: 'another' }))
    await until(() => state.ended, 'the connection is cut')
    expect(state.received.toString('latin1')).toContain('"reason":"cluster"')
  })

  test('is cut when its time is over', async () => {
    const n1 = await host({ limits: { handshakeMs: 50 } })
    const { socket, state } = await rawConnection(n1.port())
    socket.write(helloOf().subarray(0, 20))
    await until(() => state.ended, 'the connection is cut')
    expect(n1.refusals('handshake-timeout')).toBe(1)
  })

  test('does not get far by being many, and peers get in all the same', async () => {
    const n1 = await host({ limits: { maxUnauthenticated: 5, handshakeMs: 300 } })
    const flood = await Promise.all(numbered(100).map(() => rawConnection(n1.port())))
    await until(() => flood.filter(({ state }) => state.ended).length === 95, 'the oldest are cut')
    expect(n1.transport.connections().unauthenticated).toBe(5)
    expect(n1.refusals('flood')).toBe(95)
    await greeted(n1.port())
    expect(n1.transport.connections().incoming).toBe(1)
    await until(() => n1.transport.connections().unauthenticated === 0, 'their time is over')
    expect(n1.lines.filter(({ fields }) => fields['reason'] === 'flood')).toHaveLength(1)
  })
})

describe('who is a peer', () => {
  test.each([
    ['message', encodeFrame(frameTypes.message, '{"type":"shout"}')],
    ['message', encodeFrame(frameTypes.message, '{"type":"say","text":"a","more":1}')],
    ['message', encodeFrame(frameTypes.message, '{"type":"beat","round":-1}')],
    ['message', encodeFrame(frameTypes.message, 'null')],
    ['garbage', encodeFrame(frameTypes.message, '{"type":')],
    ['garbage', encodeFrame(frameTypes.message, Buffer.from([0x22, 0xff, 0x22]))],
    ['garbage', encodeFrame(frameTypes.message, '')],
    ['checksum', damaged(message('a'))],
    ['oversized', announced(2_000_000)],
    [
      'oversized',
      Buffer.concat(Array.from({ length: 6 }, (_, index) => frameOfPart(Buffer.alloc(6_000), index * 1_000, 1_000)))
    ],
    ['frame-type', encodeFrame(frameTypes.hello, '{}')],
    ['frame-type', encodeFrame(frameTypes.pong, '')],
    ['frame-type', helloOf()]
  ])('is cut off for its %s', async (reason, bytes) => {
    const n1 = await host({ limits: { maxMessageBytes: 5_000 } })
    const { socket, state } = await greeted(n1.port())
    socket.write(Buffer.concat([message('before'), bytes, message('behind it')]))
    await until(() => state.ended, 'the connection is cut')
    expect(n1.texts()).toEqual(['before'])
    // (Eight bytes of magic where a frame is awaited announce a frame of a length beyond all bounds.)
    expect(n1.refusals(reason) + (bytes.equals(helloOf()) ? n1.refusals('oversized') : 0)).toBe(1)
    expect(n1.transport.connections()).toMatchObject({ unauthenticated: 0, incoming: 0 })
  })

  test('is cut off when it gives no sign of life', async () => {
    const n1 = await host({ limits: { idleMs: 60, pingMs: 20 } })
    const { state } = await greeted(n1.port())
    await until(() => state.ended, 'the connection is cut')
    expect(n1.refusals('idle')).toBe(1)
  })

  test('dials anew and takes the place of its older connection', async () => {
    const n1 = await host()
    const first = await greeted(n1.port())
    const second = await greeted(n1.port())
    await until(() => first.state.ended, 'the older one is cut')
    expect(second.state.ended).toBe(false)
    expect(n1.transport.connections()).toMatchObject({ unauthenticated: 0, incoming: 1 })
  })

  test('stays as long as there are pings', async () => {
    const limits = { idleMs: 100, pingMs: 10 }
    const [n1, n2] = [await talker('n1', { limits }), await talker('n2', { limits })]
    acquaint({ n1, n2 })
    await until(() => n1.links.length > 0, 'they are linked')
    const bytes = () => n2.counts['transport_bytes_received_total main'] ?? 0
    await until(() => bytes() > 9 * 30, 'thirty pings came')
    expect({ links: n1.links, idle: n1.refusals('idle') + n2.refusals('idle') }).toEqual({ links: ['+n2'], idle: 0 })
  })

  test('gets no more answers than it reads', async () => {
    const n1 = await host()
    const { socket, state } = await greeted(n1.port())
    const before = state.received.length
    socket.pause()
    const pings = Buffer.concat(Array.from({ length: 100_000 }, () => pingFrame))
    for (let turn = 0; turn < 10; turn++) socket.write(pings)
    socket.write(message('done'))
    await until(() => n1.heard.length === 1, 'all is taken')
    socket.resume()
    await until(() => state.received.length > before, 'it is answered')
    // One answer per chunk that was read, and a chunk is up to 64 kB.
    expect(state.received.length - before).toBeLessThan(100_000)
  })
})

describe('fuzz over a socket', () => {
  test('frames that were tampered with never reach the host, and the next connection works', async () => {
    const n1 = await host()
    const change = fc.record({ place: fc.nat(999), value: fc.integer({ min: 1, max: 255 }), greeted: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(change, async ({ place, value, greeted: greets }) => {
        const raw = await rawConnection(n1.port())
        const bytes = Buffer.concat(greets ? [helloOf(), message('tampered'), message('after')] : [message('x')])
        const from = greets ? helloOf().length : 0
        const at = from + Math.floor((place * (bytes.length - from)) / 1_000)
        bytes.writeUInt8(bytes.readUInt8(at) ^ value, at)
        raw.socket.end(bytes)
        await until(() => raw.state.ended, 'it is cut')
      }),
      { numRuns: 300 }
    )
    expect(new Set(n1.texts())).toEqual(new Set(['tampered']))
    const { socket } = await greeted(n1.port())
    socket.write(message('well'))
    await until(() => n1.texts().at(-1) === 'well', 'it works')
    expect(n1.transport.connections()).toMatchObject({ unauthenticated: 0, incoming: 1 })
  })
})
