/**
 * Live clusters of three and five nodes, cut apart in every way by the faults of the network, under load and in virtual time: a
 * majority that can talk goes on, nothing acknowledged is lost, what clients saw is linearizable, and all is well soon after.
 */
import { expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import type { AnySignature, NodeId, Protocol } from '../spec/kernel/index.ts'
import { inProduction, raft, safety, type Config, type Raft, type Response } from '../spec/raft/index.ts'
import { counter, linearizable, readJsonLines } from '../src/consistency/index.ts'
import {
  clientOf,
  host,
  memoryNetwork,
  memorySink,
  observerTo,
  readRecording,
  recordTo,
  validateRun,
  virtualClock,
  type Faults,
  type Node
} from '../src/runtime/index.ts'
import { disk, randomOf } from './runtime/world.ts'
import { elsewhere, sum } from './support/raft.ts'
import { rightOf } from './support/runs.ts'

const config: Config = { ...inProduction, batch: 16, window: 32, snapshotEvery: 50, keep: 10 }

/** A cluster that runs and knows a leader. */
const clusterOf = async (count: number, seed: number) => {
  const clock = virtualClock()
  const random = randomOf(seed)
  const ids = Array.from({ length: count }, (_, index) => `n${index + 1}`)
  const { faults, transport } = rightOf(memoryNetwork({ protocol: raft, clock, random }))
  faults.setWeather({ delayMs: [1, 5] })
  const sinks = ids.map(() => memorySink())
  const nodes = new Map<NodeId, Node<Raft>>()
  for (const [index, id] of ids.entries()) {
    const booting = host<Raft>({
      protocol: raft,
      self: { id, nodes: ids, config },
      machine: sum,
      timers: { election: [100, 200], heartbeat: 40, lease: 80, apply: 0, write: 0 },
      storage: disk(clock, () => 2 * random()).storage({ isOver: false }),
      transport: transport(id),
      clock,
      random,
      recorder: recordTo(sinks[index] ?? memorySink(), { clock, origin: 0, buffer: 0 })
    })
    await clock.pass(4)
    nodes.set(id, rightOf(await booting))
  }
  const leader = (): NodeId | undefined => {
    const leading = [...nodes.values()].filter((node) => node.state().role.is === 'leader')
    return leading.toSorted((one, other) => other.state().term - one.state().term)[0]?.id
  }
  while (leader() === undefined) await clock.pass(20)
  return { clock, random, ids, faults, nodes, sinks, leader: () => leader() ?? ids[0] ?? '' }
}

type Running = Awaited<ReturnType<typeof clusterOf>>

/** Clients that add and read, on any node, until they are told to stop. */
const loadOn = ({ clock, random, ids, nodes }: Running) => {
  const client = clientOf<any, Response>({
    nodes: ids,
    ask: async (id, request, how) => (nodes.get(id) as Node<Raft>).request(request, how),
    redirect: elsewhere,
    clock,
    random,
    attempt: 100,
    deadline: 400,
    name: 'client'
  })
  const lines: string[] = []
  const observer = observerTo((line) => lines.push(line), clock, 'client')
  const sums = { certain: 0, perhaps: 0, answers: 0 }
  const end = new AbortController()
  const add = async (value: number): Promise<void> => {
    const terms = { operation: () => ({ type: 'add', value }), response: () => null }
    const answer = await observer.observe(value, terms, () => client.request({ type: 'command', command: value }))
    if (either.isRight(answer)) sums.certain += value
    else if (answer.left.mayHaveHappened) sums.perhaps += value
    sums.answers += either.isRight(answer) ? 1 : 0
  }
  const read = async (): Promise<unknown> => {
    const terms = { operation: () => ({ type: 'read' }), response: (response: any) => response.result }
    const answer = await observer.observe(null, terms, () =>
      client.request({ type: 'read', query: null }, { repeatable: true })
    )
    return either.isRight(answer) && answer.right.type === 'result' ? answer.right.result : null
  }
  const calling = async (turn: number): Promise<void> => {
    for (let count = turn; !end.signal.aborted; count++) {
      await (count % 3 === 0 ? read() : add(1 + (count % 5)))
      await new Promise<void>((resolve) => void clock.schedule(40, resolve))
    }
  }
  const callers = [1, 2].map(calling)
  return { sums, read, history: () => lines.join(''), stop: () => end.abort(), stopped: Promise.all(callers) }
}

interface Partition {
  readonly name: string
  /** Whether a majority can still talk, so that clients are answered while it lasts. */
  readonly goesOn: boolean
  readonly cut: (faults: Faults, leader: NodeId, others: ReadonlyArray<NodeId>) => void
}

const both = (faults: Faults, one: NodeId, other: NodeId) => faults.partition([one], [other])

const partitions: ReadonlyArray<Partition> = [
  { name: 'the leader is cut off', goesOn: true, cut: (faults, leader, others) => faults.partition([leader], others) },
  {
    name: 'the leader is not heard',
    goesOn: true,
    cut: (faults, leader, others) => others.forEach((other) => faults.cut(leader, other))
  },
  {
    name: 'the leader does not hear',
    goesOn: true,
    cut: (faults, leader, others) => others.forEach((other) => faults.cut(other, leader))
  },
  {
    name: 'the leader is with the minority',
    goesOn: true,
    cut: (faults, leader, others) => {
      const minority = [leader, ...others.slice(0, (others.length - 2) / 2)]
      faults.partition(
        minority,
        others.filter((other) => !minority.includes(other))
      )
    }
  },
  {
    name: 'the leader is with the majority',
    goesOn: true,
    cut: (faults, leader, others) =>
      faults.partition([leader, ...others.slice(0, others.length / 2)], others.slice(others.length / 2))
  },
  {
    name: 'each is alone',
    goesOn: false,
    cut: (faults, leader, others) => faults.partition([leader], ...others.map((other) => [other]))
  },
  {
    name: 'the others do not reach each other',
    goesOn: true,
    cut: (faults, _leader, others) => faults.partition(...others.map((other) => [other]))
  },
  {
    name: 'one bridges the leader and the rest',
    goesOn: true,
    cut: (faults, leader, [_bridge, ...rest]) => rest.forEach((other) => both(faults, leader, other))
  }
]

const judged = (sinks: Running['sinks'], ids: ReadonlyArray<NodeId>) => {
  const recordings = sinks.map((sink, index) => rightOf(readRecording(ids[index] ?? '', sink.files().join(''))))
  return rightOf(validateRun(raft as unknown as Protocol<AnySignature>, recordings, safety as never))
}

test.each([
  [3, 1],
  [5, 2]
])('%i nodes', async (count, seed) => {
  const running = await clusterOf(count, seed)
  const { clock, faults, ids, nodes, sinks, leader } = running
  const load = loadOn(running)
  /** Whether clients are answered in this time. */
  const isServed = async (milliseconds: number): Promise<boolean> => {
    const before = load.sums.answers
    await clock.pass(milliseconds)
    return load.sums.answers > before + 2
  }
  for (const { name, goesOn, cut } of partitions) {
    const first = leader()
    cut(
      faults,
      first,
      ids.filter((id) => id !== first)
    )
    // A new leader, and clients that have given up on the old one.
    await clock.pass(600)
    expect([name, await isServed(400)]).toEqual([name, goesOn])
    faults.healAll()
    await clock.pass(300)
    expect([name, 'healed', await isServed(300)]).toEqual([name, 'healed', true])
  }
  for (let turn = 0; turn < 8; turn++) {
    const flapping = leader()
    faults.partition(
      [flapping],
      ids.filter((id) => id !== flapping)
    )
    await clock.pass(20 + 25 * turn)
    faults.healAll()
    await clock.pass(100)
  }
  expect(await isServed(500)).toBe(true)
  load.stop()
  await clock.pass(2_000)
  await load.stopped

  const last = load.read()
  await clock.pass(1_000)
  const total = Number(await last)
  expect(total).toBeGreaterThanOrEqual(load.sums.certain)
  expect(total).toBeLessThanOrEqual(load.sums.certain + load.sums.perhaps)
  const history = rightOf(readJsonLines(load.history()))
  expect(rightOf(linearizable(counter).judge(history as never)).verdict).toBe('ok')
  expect(new Set([...nodes.values()].map((node) => node.state().lastApplied)).size).toBe(1)
  for (const node of nodes.values()) {
    const stopping = node.stop()
    await clock.pass(10_000)
    await stopping
  }
  const { unsent, verdict } = judged(sinks, ids)
  expect([unsent, verdict.broken]).toEqual([0, []])
})
