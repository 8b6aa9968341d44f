/** Mutual TLS: who has the certificate of a node is that node, and nobody else is. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tls from 'node:tls'
import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { silentLogger, systemClock } from '../src/runtime/clock.ts'
import { readCertificates, tcpTransport, watchCertificates, type Certificates } from '../src/runtime/transport/index.ts'
import { namesIn, nameOf } from '../src/runtime/transport/certified.ts'
import { encodeFrame, frameTypes } from '../src/runtime/wire/frame.ts'
import { helloBytes } from '../src/runtime/wire/handshake.ts'
import { messageWire } from '../src/runtime/wire/messages.ts'
import { acquaint, afterwards, chat, endAll, rawConnection, rightOf, say, talker, until } from './transport/chat.ts'
import { authority } from './transport/authority.ts'

const ours = authority()
const theirs = authority()
const [one, two, three] = ['DNS:n1', 'DNS:n2', 'DNS:n3'].map(ours.issue) as [Certificates, Certificates, Certificates]
const foreign = theirs.issue('DNS:n2')

afterEach(endAll)
afterAll(() => {
  ours.remove()
  theirs.remove()
})

const secure = (self: string, certificates: Certificates, identity?: string) =>
  talker(self, { tls: identity === undefined ? { certificates } : { certificates, identity } })

describe('nodes with their certificates', () => {
  test('talk', async () => {
    const [n1, n2] = [await secure('n1', one), await secure('n2', two)]
    acquaint({ n1, n2 })
    n1.transport.send([{ to: 'n2', message: say('x'.repeat(3_000_000)) }])
    n2.transport.send([{ to: 'n1', message: say('b') }])
    await until(() => n1.heard.length === 1 && n2.heard.length === 1, 'both hear')
    expect(n1.heard).toEqual([{ from: 'n2', message: say('b') }])
  })

  test('may be named by a URI', async () => {
    const pattern = 'URI:quorate://shop/{node}'
    const [n1, n2] = [
      await secure('n1', ours.issue('URI:quorate://shop/n1'), pattern),
      await secure('n2', ours.issue('DNS:host-7,URI:quorate://shop/n2'), pattern)
    ]
    acquaint({ n1, n2 })
    await until(() => n1.links.length === 1 && n2.links.length === 1, 'both are linked')
  })
})

describe('refused is', () => {
  test('a node that answers with the certificate of another', async () => {
    const [n1, n2] = [await secure('n1', one), await secure('n2', three)]
    n1.transport.setPeers({ n2: { host: '127.0.0.1', port: n2.port() } })
    await until(() => n1.refusals('identity') > 0, 'it is refused')
    expect(n1.links).toEqual([])
  })

  test('a node that dials with the certificate of another', async () => {
    const [n1, n3] = [await secure('n1', one), await secure('n3', three)]
    // It has a certificate we trust, and says that it is n2.
    n1.transport.setPeers({ n2: { host: '127.0.0.1', port: 1 } })
    const { state, socket } = await impostor(n1.port(), three)
    await until(() => state.ended, 'it is cut')
    expect(n1.refusals('identity')).toBe(1)
    expect(n1.heard).toEqual([])
    expect(socket.destroyed && n3.heard.length === 0).toBe(true)
  })

  test('a certificate with a wildcard, or with the name as its common name', async () => {
    const n1 = await secure('n1', one)
    n1.transport.setPeers({ n2: { host: '127.0.0.1', port: 1 } })
    for (const name of ['DNS:*', 'DNS:node', 'URI:n2', 'email:n2', 'DNS:n2.example']) {
      const { state } = await impostor(n1.port(), ours.issue(name))
      await until(() => state.ended, `${name} is cut`)
    }
    expect(n1.refusals('identity')).toBe(5)
    expect(n1.heard).toEqual([])
  })

  test('a certificate of another authority', async () => {
    const [n1, n2] = [await secure('n1', one), await secure('n2', foreign)]
    acquaint({ n1, n2 })
    await until(() => n1.refusals('tls') > 1 && n2.refusals('tls') > 1, 'both refuse')
    expect([...n1.links, ...n2.links]).toEqual([])
  })

  test('who has no certificate, and who does not speak TLS', async () => {
    const n1 = await secure('n1', one)
    const socket = tls.connect({ host: '127.0.0.1', port: n1.port(), rejectUnauthorized: false })
    afterwards(() => void socket.destroy())
    socket.on('error', () => undefined)
    await until(() => n1.refusals('tls') === 1, 'it is refused')
    const plain = await rawConnection(n1.port())
    plain.socket.write('QUORATE\u0001 and no TLS')
    await until(() => n1.refusals('tls') === 2 && plain.state.ended, 'it is refused')
    expect(n1.transport.connections()).toMatchObject({ unauthenticated: 0, incoming: 0 })
  })

  test('who begins TLS and does not end it', async () => {
    const n1 = await talker('n1', { tls: { certificates: one }, limits: { handshakeMs: 50 } })
    const { state } = await rawConnection(n1.port())
    await until(() => state.ended, 'it is cut')
    expect(n1.refusals('handshake-timeout')).toBe(1)
    expect(n1.refusals('tls')).toBe(0)
  })

  test('a key that does not fit, and a pattern without a place for the node', () => {
    const options = { cluster: 'c', self: 'n1', protocol: chat, listen: { host: '127.0.0.1', port: 0 }, peers: {} }
    expect(tcpTransport({ ...options, tls: { certificates: { ...one, key: two.key } } })).toMatchObject({
      left: { code: 'Q957' }
    })
    for (const identity of ['DNS:n1', '{node}', 'IP:{node}', 'DNS:{node}.{node}'])
      expect(tcpTransport({ ...options, tls: { certificates: one, identity } })).toMatchObject({
        left: { code: 'Q951' }
      })
  })

  /** Says that it is n2, whatever its certificate says. */
  const impostor = async (port: number, certificates: Certificates) => {
    const socket = tls.connect({ host: '127.0.0.1', port, ...certificates, checkServerIdentity: () => undefined })
    afterwards(() => void socket.destroy())
    const state = { ended: false }
    // Reading, or it would not see the end.
    socket
      .resume()
      .on('error', () => undefined)
      .on('close', () => {
        state.ended = true
      })
    const wire = rightOf(messageWire({ protocol: chat }))
    socket.on('secureConnect', () => {
      socket.write(helloBytes({ cluster: 'test', self: 'n2', wire }, 'n1', 'main'))
      socket.write(encodeFrame(frameTypes.message, JSON.stringify(say('I am n2'))))
    })
    return { socket, state }
  }
})

describe('new certificates', () => {
  test('serve new connections, and leave old ones alone', async () => {
    const n1 = await secure('n1', one)
    let n2 = await secure('n2', two)
    acquaint({ n1, n2 })
    await until(() => n1.links.length === 1 && n2.links.length === 1, 'both are linked')
    // Both authorities are trusted while the cluster moves from one to the other.
    const moved = { ...theirs.issue('DNS:n1'), ca: one.ca + foreign.ca }
    expect(n1.transport.setCertificates(moved)).toMatchObject({ _tag: 'Right' })
    n1.transport.send([{ to: 'n2', message: say('still') }])
    await until(() => n2.heard.length === 1, 'the old connection is used')
    expect([...n1.links, ...n2.links]).toEqual(['+n2', '+n1'])

    const port = n2.port()
    await n2.transport.close()
    n2 = await talker('n2', { tls: { certificates: foreign }, listen: { host: '127.0.0.1', port } })
    acquaint({ n1, n2 })
    await until(() => n2.links.length === 1 && n1.links.length === 3, 'both are linked anew')
    n1.transport.send([{ to: 'n2', message: say('anew') }])
    n2.transport.send([{ to: 'n1', message: say('anew') }])
    await until(() => n1.heard.length === 1 && n2.heard.length === 1, 'both hear')
  })

  test('that cannot be used leave those of before', async () => {
    const n1 = await secure('n1', one)
    expect(n1.transport.setCertificates({ ...two, key: one.key })).toMatchObject({ left: { code: 'Q957' } })
    expect(n1.transport.setCertificates({ ...one, cert: 'none' })).toMatchObject({ left: { code: 'Q957' } })
    const n2 = await secure('n2', two)
    acquaint({ n1, n2 })
    await until(() => n1.links.length === 1 && n2.links.length === 1, 'both are linked')
  })

  test('are not for a transport without TLS', async () => {
    const n1 = await talker('n1')
    expect(n1.transport.setCertificates(one)).toMatchObject({ left: { code: 'Q951' } })
  })

  test('are taken from their files when these change', async () => {
    const files = { key: join(ours.folder, 'n.key'), cert: join(ours.folder, 'n.pem'), ca: join(ours.folder, 'ca.pem') }
    const put = ({ key, cert }: Certificates) => {
      writeFileSync(files.key, key)
      writeFileSync(files.cert, cert)
    }
    put(three)
    const n2 = await secure('n2', rightOf(await readCertificates(files)))
    const n1 = await secure('n1', one)
    acquaint({ n1, n2 })
    await until(() => n1.refusals('identity') > 0, 'n2 is refused')
    afterwards(watchCertificates(files, { transport: n2.transport, clock: systemClock, logger: silentLogger }))
    put(two)
    await until(() => n1.links.includes('+n2') && n2.links.includes('+n1'), 'n2 is n2')
    expect(await readCertificates({ ...files, key: 'nowhere' })).toMatchObject({ left: { code: 'Q957' } })
  })
})

describe('names in a certificate', () => {
  test.each([
    ['DNS:n1', ['DNS:n1']],
    ['DNS:n1, URI:quorate://c/n1, IP Address:127.0.0.1', ['DNS:n1', 'URI:quorate://c/n1', 'IP Address:127.0.0.1']],
    ['URI:"a, DNS:n2", DNS:n1', ['URI:a, DNS:n2', 'DNS:n1']],
    ['DNS:"n\\u002c1"', ['DNS:n,1']],
    ['', []],
    [undefined, []]
  ])('%j are %j', (text, names) => expect(namesIn(text)).toEqual(names))

  test('that hide another name in theirs do not pass for it', async () => {
    const names = namesIn('URI:"http://x/, DNS:n2", DNS:n9')
    expect(names.includes(rightOf(nameOf('DNS:{node}'))('n2'))).toBe(false)
  })
})
