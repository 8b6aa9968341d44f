/** Networks in memory under a virtual clock, and faults over any transport. */
import { describe, expect, test } from '@jest/globals'
import type { Packet, Transport } from '../src/runtime/ports.ts'
import { faulty, memoryNetwork, networkFaults, seededRandom } from '../src/runtime/transport/index.ts'
import { virtualClock } from '../src/runtime/virtual-clock.ts'
import { chat, counters, rightOf, say } from './transport/chat.ts'

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
  test('loses it at the receiver too, whose sender may know nothing of the cut', async () => {
    const { clock, heard, faults, n1 } = await cluster(1)
    n1.send([to('n2', 'a')])
    faults.cut('n1', 'n2')
    await clock.pass(0)
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
