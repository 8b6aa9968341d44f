/** Three nodes of Raft over TCP and write-ahead logs, in real time: what was shown in virtual time is wired up right. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import type { AnySignature, Protocol } from '../spec/kernel/index.ts'
import { inProduction, raft, safety, type Config, type Raft, type Request, type Response } from '../spec/raft/index.ts'
import {
  clientOf,
  host,
  memorySink,
  readRecording,
  recordTo,
  systemClock,
  tcpTransport,
  validateRun,
  writeAheadLog,
  type HostOptions,
  type Node
} from '../src/runtime/index.ts'
import { elsewhere, sum } from './support/raft.ts'
import { rightOf } from './support/runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'quorate-live-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ids = ['n1', 'n2', 'n3']
const config: Config = { ...inProduction, snapshotEvery: 40, keep: 10 }

/** For Raft, a node that goes down in order has another lead first. */
const handOver: NonNullable<HostOptions<Raft>['handOver']> = {
  request: ({ id, nodes }, { role }) => {
    const to = nodes.find((node) => node !== id)
    return role.is === 'leader' && to !== undefined ? { type: 'transfer', to } : null
  },
  isDone: (_self, { role }) => role.is !== 'leader'
}

const sinks: Array<readonly [string, ReturnType<typeof memorySink>]> = []

const started = async (id: string) => {
  const transport = rightOf(
    tcpTransport({ protocol: raft, cluster: 'live', self: id, listen: { host: '127.0.0.1', port: 0 }, peers: {} })
  )
  const sink = memorySink()
  sinks.push([`${id}.${sinks.length}`, sink])
  const node = rightOf(
    await host<Raft>({
      protocol: raft,
      self: { id, nodes: ids, config },
      machine: sum,
      timers: { election: [300, 600], heartbeat: 60, lease: 250, apply: 0, write: 0 },
      storage: writeAheadLog({ folder: join(folder, id), segmentBytes: 2 ** 20 }),
      transport,
      recorder: recordTo(sink, { clock: systemClock, origin: performance.timeOrigin, buffer: 0 }),
      handOver
    })
  )
  return { id, node, transport }
}

test('they commit, one hands over and comes back, and what they recorded is a run of Raft', async () => {
  const running = new Map<string, Awaited<ReturnType<typeof started>>>()
  const up = async (id: string): Promise<void> => {
    running.set(id, await started(id))
    const all = [...running.values()].map(
      ({ id: name, transport }) => [name, { host: '127.0.0.1', port: transport.address()?.port ?? 0 }] as const
    )
    for (const one of running.values())
      one.transport.setPeers(Object.fromEntries(all.filter(([name]) => name !== one.id)))
  }
  for (const id of ids) await up(id)
  const stopped: Awaited<ReturnType<Node<Raft>['request']>> = either.left({
    type: 'stopped',
    mayHaveHappened: false,
    problem: null
  })
  const client = clientOf<Request, Response>({
    nodes: ids,
    ask: async (id, request, how) => running.get(id)?.node.request(request, how) ?? stopped,
    redirect: elsewhere,
    attempt: 5_000,
    deadline: 30_000
  })
  const results: unknown[] = []
  const add = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 20)
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          const answer = await client.request({ type: 'command', command: 1 })
          if (either.isLeft(answer) || answer.right.type !== 'result') throw new Error(JSON.stringify(answer))
          results.push(answer.right.result)
        })
      )
  }
  await add(100)
  const leader = [...running.values()].find(({ node }) => node.state().role.is === 'leader')
  await leader?.node.stop()
  running.delete(leader?.id ?? '')
  await add(60)
  await up(leader?.id ?? '')
  await add(60)
  for (const { node } of running.values()) await node.stop()

  expect(results.toSorted((one, other) => Number(one) - Number(other))).toEqual(results.map((_, index) => index + 1))
  const protocol = raft as unknown as Protocol<AnySignature>
  const recordings = sinks.map(([name, sink]) => rightOf(readRecording(name, sink.files().join(''))))
  const { lives, unsent, verdict } = rightOf(validateRun(protocol, recordings, safety as never))
  expect(lives.flat().map(({ end, continuity }) => [end, continuity])).toEqual(
    expect.arrayContaining([
      ['orderly', null],
      ['orderly', 'same']
    ])
  )
  expect([unsent, verdict.broken]).toEqual([0, []])
})
