/** TCP on loopback: nodes that talk, peers that come back, slow ones, and clusters of two versions. */
import { Socket } from 'node:net'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { systemClock } from '../src/runtime/clock.ts'
import { faulty, networkFaults, seededRandom, type Translation } from '../src/runtime/transport/index.ts'
import { acquaint, beat, chat, endAll, numbered, say, slowReader, talker, until } from './transport/chat.ts'

afterEach(endAll)

const trio = async () => {
  const [n1, n2, n3] = [await talker('n1'), await talker('n2'), await talker('n3')]
  acquaint({ n1, n2, n3 })
  await until(() => [n1, n2, n3].every(({ transport }) => transport.connections().outgoing === 2), 'all are linked')
  return { n1, n2, n3 }
}

describe('three nodes', () => {
  test('talk, each to each, in order', async () => {
    const { n1, n2, n3 } = await trio()
    n1.transport.send(numbered(500).map((text) => ({ to: 'n2', message: say(text) })))
    n3.transport.send(numbered(500).map((text) => ({ to: 'n2', message: say(text) })))
    n2.transport.send([
      { to: 'n1', message: say('to n1') },
      { to: 'n3', message: say('to n3') }
    ])
    await until(() => n2.heard.length === 1_000 && n1.heard.length === 1 && n3.heard.length === 1, 'all is heard')
    for (const from of ['n1', 'n3'])
      expect(n2.heard.filter((one) => one.from === from).map(({ message }) => message.text)).toEqual(numbered(500))
    expect(n1.heard).toEqual([{ from: 'n2', message: say('to n1') }])
    expect(n1.links.toSorted()).toEqual(['+n2', '+n3'])
  })

  test('send a batch in one write to each peer', async () => {
    const { n1, n2, n3 } = await trio()
    const writes = jest.spyOn(Socket.prototype, 'write')
    n1.transport.send(numbered(50).flatMap((text) => ['n2', 'n3'].map((to) => ({ to, message: say(text) }))))
    const count = writes.mock.calls.length
    writes.mockRestore()
    expect(count).toBe(2)
    await until(() => n2.heard.length === 50 && n3.heard.length === 50, 'all is heard')
  })

  test('hear what they say to themselves', async () => {
    const { n1 } = await trio()
    n1.transport.send([{ to: 'n1', message: say('me') }])
    expect(n1.heard).toEqual([])
    await until(() => n1.heard.length === 1, 'it is heard')
    expect(n1.heard[0]).toEqual({ from: 'n1', message: say('me') })
  })

  test('count what goes to nobody', async () => {
    const { n1 } = await trio()
    n1.transport.send([{ to: 'n9', message: say('you') }])
    expect(n1.counts['transport_lost_total unknown-peer']).toBe(1)
  })
})

describe('a peer', () => {
  test('that restarts is found again', async () => {
    const { n1, n2, n3 } = await trio()
    const port = n2.port()
    await n2.transport.close()
    await until(() => n1.links.includes('-n2'), 'it is missed')
    const again = await talker('n2', { listen: { host: '127.0.0.1', port } })
    acquaint({ n1, n2: again, n3 })
    await until(() => n1.links.filter((link) => link === '+n2').length === 2, 'it is found')
    n1.transport.send([{ to: 'n2', message: say('again') }])
    again.transport.send([{ to: 'n1', message: say('back') }])
    await until(() => again.heard.length === 1 && n1.heard.length === 1, 'they talk')
  })

  test('gets what waited while it was gone for a moment', async () => {
    const n2 = await talker('n2')
    const port = n2.port()
    await n2.transport.close()
    const n1 = await talker('n1', { peers: { n2: { host: '127.0.0.1', port } }, limits: { holdMs: 60_000 } })
    n1.transport.send([{ to: 'n2', message: say('waiting') }])
    const again = await talker('n2', {
      listen: { host: '127.0.0.1', port },
      peers: { n1: { host: '127.0.0.1', port: n1.port() } }
    })
    await until(() => again.heard.length === 1, 'it is heard')
  })

  test('that is no longer one is cut off', async () => {
    const { n1, n2, n3 } = await trio()
    acquaint({ n1, n3 })
    await until(() => n1.transport.connections().incoming === 1 && n1.links.includes('-n2'), 'n2 is cut off')
    await until(() => n2.refusals('unknown-node') > 0, 'n2 is told')
    n1.transport.send([{ to: 'n2', message: say('gone') }])
    expect(n1.counts['transport_lost_total unknown-peer']).toBe(1)
  })
})

describe('large messages', () => {
  const large = 'x'.repeat(5_000_000)

  test('take a connection of their own, in parts, and small ones do not wait for them', async () => {
    const { n1, n2 } = await trio()
    n1.transport.send([
      { to: 'n2', message: say(large) },
      { to: 'n2', message: say('small') }
    ])
    await until(() => n2.heard.length === 2, 'both are heard')
    expect(n2.texts().map(({ length }) => length)).toEqual([5, 5_000_000])
    expect(n2.heard[1]?.message).toEqual(say(large))
    expect(n1.counts['transport_messages_sent_total bulk']).toBe(5)
    expect(n1.transport.connections().outgoing).toBe(3)
  })

  test('and whatever is called so', async () => {
    const kind = ({ type }: { readonly type: string }) => (type === 'say' ? { lane: 'bulk' as const } : {})
    const [n1, n2] = [await talker('n1', { kind }), await talker('n2')]
    acquaint({ n1, n2 })
    n1.transport.send([
      { to: 'n2', message: say('a') },
      { to: 'n2', message: beat(1) }
    ])
    await until(() => n2.heard.length === 2, 'both are heard')
    expect(n2.counts['transport_messages_received_total bulk']).toBe(1)
    expect(n2.counts['transport_messages_received_total main']).toBe(1)
  })

  test('that are longer than any may be are not sent', async () => {
    const [n1, n2] = [await talker('n1', { limits: { maxMessageBytes: 1_000 } }), await talker('n2')]
    acquaint({ n1, n2 })
    n1.transport.send([
      { to: 'n2', message: say(large) },
      { to: 'n2', message: say('a') }
    ])
    await until(() => n2.heard.length === 1, 'the other is heard')
    expect(n2.texts()).toEqual(['a'])
    expect(n1.counts['transport_lost_total oversized']).toBe(1)
  })

  test('that are longer than the other side takes are not sent to it', async () => {
    const [n1, n2] = [await talker('n1'), await talker('n2', { limits: { maxMessageBytes: 1_000 } })]
    acquaint({ n1, n2 })
    n1.transport.send([{ to: 'n2', message: say(large) }])
    await until(() => n1.counts['transport_lost_total oversized'] === 1, 'it is lost')
    expect(n2.refusals('oversized')).toBe(0)
  })
})

describe('a slow reader', () => {
  test('makes its peer drop, heartbeats first, and costs a known amount of memory', async () => {
    const kind = ({ type }: { readonly type: string }) => (type === 'beat' ? { replaceable: 'beat' } : {})
    const limits = { queueBytes: 200_000, queueMessages: 1_000, pingMs: 60_000, idleMs: 120_000 }
    const n1 = await talker('n1', { kind, limits })
    const n2 = await talker('n2')
    acquaint({ n1, n2 })
    await until(() => n1.links.length > 0 && n2.transport.connections().incoming === 1, 'they are linked')
    n1.transport.send([{ to: 'n2', message: say('hello') }])
    await until(() => n2.heard.length === 1, 'they talk')

    const slow = await slowReader('n2')
    n1.transport.setPeers({ n2: { host: '127.0.0.1', port: slow } })
    await until(() => n1.links.filter((link) => link === '+n2').length === 2, 'the slow one is linked')
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    for (let round = 0; round < 3_000; round++) {
      n1.transport.send([
        { to: 'n2', message: beat(round) },
        { to: 'n2', message: say('x'.repeat(10_000)) }
      ])
      if (round % 100 === 0) {
        await new Promise((resolve) => void setImmediate(resolve))
        most = Math.max(most, process.memoryUsage().arrayBuffers - before)
      }
    }
    // 30 MB were sent; what waits is 0.2 MB, one write of that size and what the kernel took.
    expect(most).toBeLessThan(15_000_000)
    expect(n1.counts['transport_lost_total overflow']).toBeGreaterThan(1_000)
  })
})

describe('versions, side by side', () => {
  const loud: Translation = {
    older: ({ type, text, round }: any) => (type === 'say' ? { type, text: text.toUpperCase() } : { type, round }),
    newer: ({ type, text, round }: any) => (type === 'say' ? { type, text: text.toLowerCase() } : { type, round })
  }
  const old = {}
  const now = { protocol: { ...chat, wireVersion: 2 }, translate: { 2: loud } }

  test('a cluster is upgraded node by node, and all talk to all at every moment', async () => {
    const ids = ['n1', 'n2', 'n3'] as const
    const running = { n1: await talker('n1', old), n2: await talker('n2', old), n3: await talker('n3', old) }
    const chatter = async (round: string) => {
      acquaint(running)
      const all = Object.values(running)
      await until(() => all.every(({ transport }) => transport.connections().outgoing === 2), `linked in ${round}`)
      for (const from of ids)
        running[from].transport.send(
          ids.filter((to) => to !== from).map((to) => ({ to, message: say(`${round} ${from}`) }))
        )
      const hears = (at: (typeof ids)[number]) =>
        ids
          .filter((from) => from !== at)
          .every((from) => running[at].texts().some((text) => text.toLowerCase() === `${round} ${from}`))
      await until(() => ids.every(hears), `all hear all in ${round}`)
    }
    await chatter('before')
    for (const id of ids) {
      const port = running[id].port()
      await running[id].transport.close()
      running[id] = await talker(id, { ...now, listen: { host: '127.0.0.1', port } })
      await chatter(`with ${id} new`)
    }
    // What the new ones say to an old one was translated, and among themselves it no longer is.
    expect(running.n1.texts()).toContain('with n3 new n2')
    const refused = ids.flatMap((id) => Object.keys(running[id].counts).filter((name) => name.includes('refused')))
    expect(refused).toEqual([])
  })

  test('versions that have nothing in common do not talk', async () => {
    const [n1, n2] = [await talker('n1', old), await talker('n2', { protocol: { ...chat, wireVersion: 2 } })]
    acquaint({ n1, n2 })
    await until(() => n1.refusals('version') > 1 && n2.refusals('version') > 1, 'both refuse')
    expect([...n1.links, ...n2.links]).toEqual([])
  })
})

describe('a transport', () => {
  test('that cannot listen says so', async () => {
    const n1 = await talker('n1')
    await expect(talker('n2', { listen: { host: '127.0.0.1', port: n1.port() } })).rejects.toMatchObject({
      problem: { code: 'Q952' }
    })
  })

  test('that closes says what it has to say, and is quiet then', async () => {
    const { n1, n2 } = await trio()
    n1.transport.send(numbered(1_000).map((text) => ({ to: 'n2', message: say(text) })))
    await n1.transport.close()
    await until(() => n2.heard.length === 1_000, 'all is heard')
    n2.transport.send([{ to: 'n1', message: say('late') }])
    expect(n1.heard).toEqual([])
    expect(n1.transport.address()).toBeNull()
  })

  test('suffers from the same faults as a network in memory', async () => {
    const { n1, n2 } = await trio()
    const faults = networkFaults()
    const plain = { ...n1.transport, open: async () => undefined }
    const over = faulty({ self: 'n1', transport: plain, faults, clock: systemClock, random: seededRandom(1) })
    faults.cut('n1', 'n2')
    over.send([{ to: 'n2', message: say('lost') }])
    faults.healAll()
    faults.setWeather({ duplication: 1, delayMs: [1, 5] })
    over.send([{ to: 'n2', message: say('twice') }])
    await until(() => n2.heard.length === 2, 'it is heard twice')
    expect(n2.texts()).toEqual(['twice', 'twice'])
  })
})
