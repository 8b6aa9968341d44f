/** A cluster that is upgraded node by node: messages and disks of two versions, under load, over TCP and write-ahead logs. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import * as t from 'io-ts'
import { closed, Natural, type Protocol } from '../spec/kernel/index.ts'
import { inProduction, raft, type Config, type Raft } from '../spec/raft/index.ts'
import { counter, linearizable, readJsonLines } from '../src/consistency/index.ts'
import { explain } from '../src/model/problem.ts'
import {
  clientOf,
  host,
  memoryDisk,
  observerTo,
  silentLogger,
  storageConformance,
  systemClock,
  tcpTransport,
  versionedStorage,
  writeAheadLog,
  type DurableVersions,
  type HostOptions,
  type Node,
  type TcpOptions
} from '../src/runtime/index.ts'
import { elsewhere, sum } from './support/raft.ts'
import { rightOf } from './support/runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'quorate-upgrade-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A version of the program. */
interface Release {
  readonly protocol: Protocol<any>
  readonly translate: NonNullable<TcpOptions['translate']>
  readonly durable: DurableVersions
}

/** Raft as it is. */
const one: Release = { protocol: raft, translate: {}, durable: { version: 1, newer: {} } }

/**
 * The next version: every message says how many this node has taken in since it started, and the disk keeps which program wrote
 * it. What it hears from a node of version 1 carries no count.
 */
const Counted = closed('Counted', { heard: t.union([Natural, t.null]), message: raft.codecs.message })
const Kept = closed('Kept', { program: t.string, raft: raft.codecs.durable })
const two: Release = {
  protocol: {
    ...(raft as Protocol<any>),
    wireVersion: 2,
    codecs: { ...raft.codecs, message: Counted, durable: Kept },
    durable: (state: any) => ({ program: 'two', raft: raft.durable(state.raft) }),
    initial: (self: any) => counted({ heard: 0 }, raft.initial(self)),
    recover: (self: any, durable: any) => counted({ heard: 0 }, raft.recover(self, durable.raft)),
    step: (self: any, { heard, raft: inner }: any, event: any) =>
      event.type === 'deliver'
        ? counted({ heard: heard + 1 }, raft.step(self, inner, { ...event, message: event.message.message }))
        : counted({ heard }, raft.step(self, inner, event))
  },
  translate: {
    2: { older: ({ message }: any) => message, newer: (message) => ({ heard: null, message }) }
  },
  durable: { version: 2, newer: { 2: (older) => ({ program: 'one', raft: older }) } }
}
function counted({ heard }: { readonly heard: number }, { rule, state, effects }: ReturnType<typeof raft.step>) {
  const says = effects.map((effect) =>
    effect.type === 'send' ? { ...effect, message: { heard, message: effect.message } } : effect
  )
  return { rule, state: { heard, raft: state }, effects: says }
}
const raftOf = (state: any): Raft['state'] => state.raft ?? state

const ids = ['n1', 'n2', 'n3']
const config: Config = { ...inProduction, snapshotEvery: 40, keep: 10 }
const handOver: NonNullable<HostOptions<any>['handOver']> = {
  request: ({ id, nodes }, state) => {
    const to = nodes.find((node) => node !== id)
    return raftOf(state).role.is === 'leader' && to !== undefined ? { type: 'transfer', to } : null
  },
  isDone: (_self, state) => raftOf(state).role.is !== 'leader'
}

/** Nodes that can be started as any version, and stopped; each keeps its disk. */
const clusterIn = (name: string) => {
  const running = new Map<string, { readonly node: Node<any>; readonly transport: any }>()
  const ports = new Map<string, number>()
  const refused: string[] = []
  const logger = {
    ...silentLogger,
    warn: (fields: object, text: string) => void refused.push(`${text} ${JSON.stringify(fields)}`)
  }
  const meet = () => {
    for (const [id, { transport }] of running)
      transport.setPeers(
        Object.fromEntries(
          ids.filter((peer) => peer !== id).map((peer) => [peer, { host: '127.0.0.1', port: ports.get(peer) ?? 1 }])
        )
      )
  }
  const start = async (id: string, { protocol, translate, durable }: Release) => {
    const at = { host: '127.0.0.1', port: ports.get(id) ?? 0 }
    const limits = { backoffMs: 10, backoffMostMs: 100 }
    const peers = Object.fromEntries(ids.map((peer) => [peer, { host: '127.0.0.1', port: 1 }]))
    const transport = rightOf(
      tcpTransport({ protocol, translate, cluster: name, self: id, listen: at, peers, limits, logger })
    )
    const started = await host<any>({
      protocol,
      self: { id, nodes: ids, config },
      machine: sum,
      timers: { election: [300, 600], heartbeat: 60, lease: 250, apply: 0, write: 0 },
      storage: versionedStorage(writeAheadLog({ folder: join(folder, name, id), segmentBytes: 2 ** 20 }), durable),
      transport,
      handOver
    })
    if (either.isRight(started)) {
      ports.set(id, transport.address()?.port ?? 0)
      running.set(id, { node: started.right, transport })
      meet()
    }
    return started
  }
  const stop = async (id: string) => {
    const node = running.get(id)?.node
    running.delete(id)
    await node?.stop()
  }
  return { running, start, stop, refused }
}

/** Clients that add and read until they are told to stop, and what they saw. */
const loadOn = (running: ReturnType<typeof clusterIn>['running']) => {
  const stopped = either.left({ type: 'stopped', mayHaveHappened: false, problem: null } as const)
  const client = clientOf<any, any>({
    nodes: ids,
    ask: async (id, request, how) => running.get(id)?.node.request(request, how) ?? stopped,
    redirect: elsewhere,
    attempt: 2_000,
    deadline: 10_000
  })
  const lines: string[] = []
  const observer = observerTo((line) => lines.push(line), systemClock, 'client')
  const sums = { certain: 0, perhaps: 0 }
  const end = new AbortController()
  const add = async (value: number) => {
    const answer = await observer.observe(
      value,
      { operation: () => ({ type: 'add', value }), response: () => null },
      () => client.request({ type: 'command', command: value })
    )
    if (either.isRight(answer)) sums.certain += value
    else if (answer.left.mayHaveHappened) sums.perhaps += value
  }
  const read = async (): Promise<unknown> => {
    const terms = { operation: () => ({ type: 'read' }), response: (response: any) => response.result }
    const answer = await observer.observe(null, terms, () =>
      client.request({ type: 'read', query: null }, { repeatable: true })
    )
    return either.isRight(answer) ? answer.right.result : null
  }
  const calling = async (turn: number): Promise<void> => {
    for (let count = turn; !end.signal.aborted; count++) {
      await (count % 3 === 0 ? read() : add(1 + (count % 5)))
      await wait(5)
    }
  }
  const callers = [1, 2, 3, 4].map(calling)
  return {
    sums,
    read,
    history: () => lines.join(''),
    /** Until so much more has been acknowledged. */
    goesOn: async () => {
      const before = sums.certain
      while (sums.certain < before + 60) await wait(10)
    },
    stop: async () => {
      end.abort()
      await Promise.all(callers)
    }
  }
}

test('nodes of one version are replaced by the next, one by one, under load: nothing is lost, and nobody sees it', async () => {
  const { running, start, stop, refused } = clusterIn('rolling')
  for (const id of ids) rightOf(await start(id, one))
  const load = loadOn(running)
  await load.goesOn()
  for (const id of ids) {
    await stop(id)
    await load.goesOn()
    rightOf(await start(id, two))
    await load.goesOn()
  }
  // New nodes among themselves count what they hear: they speak the new version.
  const isSpoken = () => [...running.values()].every(({ node }) => node.state().heard > 0)
  // The last one may have answered nobody yet.
  for (let looks = 0; looks < 1000 && !isSpoken(); looks++) await wait(10)
  expect(isSpoken()).toBe(true)
  await load.stop()
  const total = Number(await load.read())
  expect(total).toBeGreaterThanOrEqual(load.sums.certain)
  expect(total).toBeLessThanOrEqual(load.sums.certain + load.sums.perhaps)
  const history = rightOf(readJsonLines(load.history()))
  expect(rightOf(linearizable(counter).judge(history as never)).verdict).toBe('ok')
  expect(refused.filter((text) => text.includes('Q955'))).toEqual([])

  // What is on a disk of the new version is none for the old program, and it says so.
  await stop('n1')
  const back = await start('n1', one)
  expect(either.isLeft(back) ? explain(back.left) : 'it started').toContain(
    'Q804 it keeps version 2 of the durable part, and this program reads 1 to 1'
  )
  rightOf(await start('n1', two))
  for (const id of ids) await stop(id)
})

test('nodes that have no version in common do not talk, and say so', async () => {
  const { running, start, stop, refused } = clusterIn('strangers')
  const three: Release = { ...two, protocol: { ...two.protocol, wireVersion: 3 }, translate: {} }
  rightOf(await start('n1', one))
  rightOf(await start('n2', three))
  const said = () => refused.filter((text) => text.includes('speaks versions'))
  while (said().length === 0) await wait(10)
  expect(said()[0]).toMatch(/node n\d speaks versions \d to \d, and this one \d to \d/)
  expect([...running.values()].map(({ node }) => raftOf(node.state()).role.is === 'leader')).toEqual([false, false])
  for (const id of ids) await stop(id)
})

describe('a storage that knows the version of what it keeps', () => {
  const text = { version: 2, newer: { 2: ({ count }: any) => ({ text: `${count}`, more: true }) } }
  const opened = async (storage: ReturnType<typeof versionedStorage>) => {
    const stored = await storage.open()
    await storage.close()
    return stored
  }

  test('brings up to date what is older, once, and keeps it so', async () => {
    const disk = memoryDisk()
    const old = disk.storage()
    await old.open()
    await old.commit([{ type: 'set', field: 'count', value: 7 }])
    await old.close()
    expect(await opened(versionedStorage(disk.storage(), text))).toEqual({ text: '7', more: true })
    let calls = 0
    const counting = { version: 2, newer: { 2: (older: any) => (calls += 1) && text.newer[2](older) } }
    expect(await opened(versionedStorage(disk.storage(), counting))).toEqual({ text: '7', more: true })
    expect(calls).toBe(0)
    const three = { version: 3, newer: { ...text.newer, 3: ({ text: now }: any) => [now] } }
    expect(await opened(versionedStorage(disk.storage(), three))).toEqual({ '=': ['7'] })
  })

  test.each([
    [
      'newer than the program',
      { version: 1, newer: {} },
      'version 2 of the durable part, and this program reads 1 to 1'
    ],
    ['older than what is still read', { version: 4, newer: { 4: (older: any) => older } }, 'reads 3 to 4']
  ])('refuses what is %s, and leaves it alone', async (_what, versions, said) => {
    const disk = memoryDisk()
    const first = versionedStorage(disk.storage(), text)
    expect(await first.open()).toBeNull()
    await first.commit([{ type: 'set', field: 'text', value: 'x' }])
    await first.close()
    await expect(versionedStorage(disk.storage(), versions).open()).rejects.toThrow(said)
    expect(await opened(versionedStorage(disk.storage(), text))).toEqual({ text: 'x' })
  })

  test.each(storageConformance)('$name', ({ run }) =>
    run(async () => {
      const disk = memoryDisk()
      return { storage: () => versionedStorage(disk.storage(), text), crash: async () => disk.crash() }
    })
  )
})
