/** Clusters under random faults, in virtual time: every run is one seed, and the same seed is the same run. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import fc from 'fast-check'
import type { AnySignature, NodeId, Property, Protocol } from '../spec/kernel/index.ts'
import { inProduction, raft, safety, type Applied, type Config, type Raft, type Response } from '../spec/raft/index.ts'
import { counter, linearizable, readJsonLines } from '../src/consistency/index.ts'
import {
  clientOf,
  machineOf,
  observerTo,
  readRecording,
  sessionsOver,
  withSessions,
  type Answer,
  type Life,
  type Machine,
  type Numbered,
  validateRun
} from '../src/runtime/index.ts'
import { cluster, type Cluster } from './runtime/cluster.ts'
import { ledger, sum, type Ledger } from './runtime/ledger.ts'
import { randomOf, type Disk } from './runtime/world.ts'
import { elsewhere } from './support/raft.ts'
import { rightOf } from './support/runs.ts'

/** Every recording replays, every life of a node begins with what was durable before, and the run as a whole is a good one. */
const judgeRecordings = <P extends AnySignature>(
  given: Protocol<P>,
  { recordings }: Cluster<P>,
  properties: ReadonlyArray<Property<P>>
): ReadonlyArray<Life> => {
  const protocol = given as unknown as Protocol<AnySignature>
  const read = recordings().map(([name, text]) => rightOf(readRecording(name, text)))
  const judged = properties as unknown as ReadonlyArray<Property<AnySignature>>
  const { lives, unsent, verdict } = rightOf(validateRun(protocol, read, judged))
  expect(lives.flat().filter(({ continuity }) => continuity === 'lost' || continuity === 'unknown')).toEqual([])
  expect([unsent, verdict.broken]).toEqual([0, []])
  return lives.flat()
}

/** Kills and starts nodes, cuts and heals links, for so many milliseconds; then everything is well again. */
const torment = async <P extends AnySignature>(
  { clock, net, start, kill, nodes }: Cluster<P>,
  ids: ReadonlyArray<NodeId>,
  seed: number,
  milliseconds: number
): Promise<void> => {
  const random = randomOf(seed)
  const some = <A>(all: ReadonlyArray<A>): A => all[Math.floor(random() * all.length)] as A
  while (clock.now() < milliseconds) {
    const id = some(ids)
    const what = some(['kill', 'start', 'cut', 'heal', 'wait'])
    if (what === 'kill') kill(id)
    if (what === 'start' && !nodes().has(id)) await start(id)
    if (what === 'cut') net.cut((from, to) => (from === id) !== (to === id) && (random() < 0.9 || from === id))
    if (what === 'heal') net.cut(() => false)
    await clock.pass(50 + 150 * random())
  }
  net.cut(() => false)
  for (const id of ids) if (!nodes().has(id)) await start(id)
}

interface Command extends Numbered {
  readonly add: number | null
}

const ids = ['n1', 'n2', 'n3']
const config: Config = { ...inProduction, batch: 8, window: 16, snapshotEvery: 6, keep: 2 }

const counting = (): Machine<Raft> =>
  withSessions<Raft>(
    machineOf<Raft>({
      initial: 0,
      apply: (total: number, applied: Applied) => {
        const next = total + (applied.type === 'command' ? ((applied.command as Command).add ?? 0) : 0)
        return { content: next, response: { type: 'result', result: next } }
      }
    }),
    {
      numbered: (applied) => (applied.type === 'command' ? (applied.command as Command) : null),
      opened: { type: 'result', result: null },
      expired: { type: 'result', result: 'expired' },
      most: 50
    }
  )

const resultOf = (response: Response): unknown => (response.type === 'result' ? response.result : null)

/** A run of Raft: what its clients saw, and the cluster as it is at the end. */
const ranRaft = async (seed: number) => {
  const running = cluster<Raft>({
    protocol: raft,
    // Written late: what a leader has sent and not written is lost when it is killed, and must not count.
    timers: { election: [100, 200], heartbeat: 25, lease: 80, apply: 0, write: [0, 40] },
    configs: Object.fromEntries(ids.map((id) => [id, config])),
    machine: counting,
    seed,
    lose: 0.03
  })
  const { clock, nodes, start } = running
  const lines: string[] = []
  const random = randomOf(seed + 1)
  const client = clientOf<Parameters<ReturnType<typeof askOf>>[0], Response>({
    nodes: ids,
    ask: (id, request, how) => askOf(id)(request, how),
    redirect: elsewhere,
    clock,
    random,
    attempt: 300,
    deadline: 1500,
    name: 'client'
  })
  function askOf(id: NodeId) {
    return (
      request:
        { readonly type: 'command'; readonly command: Command } | { readonly type: 'read'; readonly query: unknown },
      how: object
    ): Promise<Answer<Response>> =>
      nodes().get(id)?.request(request, how) ??
      Promise.resolve(either.left({ type: 'stopped', mayHaveHappened: false, problem: null }))
  }
  const sessions = sessionsOver<number, Parameters<ReturnType<typeof askOf>>[0], Response>(client, {
    wrap: (numbered, add) => ({ type: 'command', command: { ...numbered, add } }),
    isExpired: (response) => resultOf(response) === 'expired'
  })
  const observer = observerTo((line) => lines.push(line), clock, 'client')
  const acknowledged = { certain: 0, perhaps: 0 }
  const once = async (): Promise<void> => {
    if (random() < 0.3) {
      const read = { type: 'read', query: null } as const
      await observer.observe(
        read,
        { operation: () => ({ type: 'read' }), response: (answer: Response) => resultOf(answer) },
        () => client.request(read, { repeatable: true })
      )
      return
    }
    const value = 1 + Math.floor(random() * 9)
    const answer = await observer.observe(
      value,
      { operation: () => ({ type: 'add', value }), response: () => null },
      () => sessions.request(value)
    )
    if (either.isRight(answer)) acknowledged.certain += value
    else if (answer.left.mayHaveHappened) acknowledged.perhaps += value
  }
  const end = new AbortController()
  const calling = async (): Promise<void> => {
    while (!end.signal.aborted) {
      await once()
      await new Promise<void>((resolve) => void clock.schedule(20, resolve))
    }
  }
  for (const id of ids) await start(id)
  const callers = [1, 2, 3].map(calling)
  await torment(running, ids, seed + 2, 3000)
  end.abort()
  await clock.pass(4000)
  await Promise.all(callers)
  const last = observer.observe(
    null,
    { operation: () => ({ type: 'read' }), response: (answer: Response) => resultOf(answer) },
    () => client.request({ type: 'read', query: null }, { repeatable: true, deadline: 5000 })
  )
  await clock.pass(5000)
  const total = either.isRight(await last) ? resultOf(rightOf((await last) as never)) : null
  return { running, history: lines.join(''), acknowledged, total }
}

describe('three nodes of Raft whose messages are lost and doubled, whose links are cut, which are killed in the middle of a commit', () => {
  test('lose nothing that was acknowledged, do nothing twice, are linearizable, and replay', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 30 }), async (seed) => {
        const { running, history, acknowledged, total } = await ranRaft(seed)
        expect(total).toBeGreaterThanOrEqual(acknowledged.certain)
        expect(total).toBeLessThanOrEqual(acknowledged.certain + acknowledged.perhaps)
        const read = rightOf(readJsonLines(history))
        expect(rightOf(linearizable(counter).judge(read as never)).verdict).toBe('ok')
        judgeRecordings(raft, running, safety)
      }),
      { numRuns: 6 }
    )
  })

  test('run the same again with the same seed', async () => {
    const [one, other] = [await ranRaft(7), await ranRaft(7)]
    expect(one.history).toBe(other.history)
    expect(one.running.recordings()).toEqual(other.running.recordings())
  })
})

test('one node that adds up loses nothing that it answered, whenever it is killed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 30 }), fc.integer({ min: 0, max: 30 }), async (seed, failAt) => {
      const running = cluster<Ledger>({
        protocol: ledger,
        timers: { tick: 20 },
        configs: { a: null },
        machine: () => sum,
        seed,
        failAt: failAt < 3 ? Infinity : failAt
      })
      const { clock, nodes, start, kill, disks } = running
      const random = randomOf(seed)
      let [certain, perhaps] = [0, 0]
      await start('a')
      for (let turn = 0; turn < 20; turn++) {
        const amount = 1 + Math.floor(random() * 5)
        const asked = nodes().get('a')?.request({ type: 'add', amount }, { deadline: 1000 })
        perhaps += amount
        void asked?.then((answer) => (certain += either.isRight(answer) ? amount : 0))
        await clock.pass(random() * 4)
        if (random() < 0.2 && failAt < 3) {
          kill('a')
          await start('a')
        }
      }
      await clock.pass(10)
      const { total: kept } = (disks['a'] as Disk).kept() as { readonly total: number }
      expect(kept).toBeGreaterThanOrEqual(certain)
      expect(kept).toBeLessThanOrEqual(perhaps)
      judgeRecordings(ledger, running, [])
    }),
    { numRuns: 30 }
  )
})
