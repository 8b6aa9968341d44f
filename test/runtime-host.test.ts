// Long because it goes through the duties of the host one by one, in the same small world.
/** The host, duty by duty, in virtual time. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import type { NodeId } from '../spec/kernel/index.ts'
import type { Problem } from '../src/model/problem.ts'
import { host, virtualClock, type HostOptions, type Node, type RequestError } from '../src/runtime/index.ts'
import { ledger, sum, type Ledger } from './runtime/ledger.ts'
import { clockOf, disk, network, randomOf, type Life } from './runtime/world.ts'

interface Situation {
  /** How long a commit takes. */
  readonly latency?: number
  /** The number of the commit that fails. */
  readonly failAt?: number
  readonly options?: Partial<HostOptions<Ledger>>
}

const problemIn = <A>(answer: either.Either<RequestError, A>): string =>
  either.isLeft(answer) ? `${answer.left.type}, ${answer.left.mayHaveHappened ? 'perhaps' : 'never'}` : 'answered'

/** A node `a` whose peer is `b`, that is started and stopped by the test. */
const situation = ({ latency = 5, failAt = Infinity, options = {} }: Situation = {}) => {
  const clock = virtualClock()
  const random = randomOf(1)
  const kept = disk(clock, () => latency, failAt)
  const net = network(clock, random, () => 1)
  const notes: string[] = []
  const counts: Record<string, number> = {}
  const warnings: string[] = []
  const lives: Life[] = []
  const boot = async (id: NodeId = 'a'): Promise<either.Either<Problem, Node<Ledger>>> => {
    const life: Life = { isOver: false }
    lives.push(life)
    const booting = host<Ledger>({
      protocol: ledger,
      self: { id, nodes: ['a', 'b'], config: null },
      machine: sum,
      timers: { tick: [100, 200] },
      storage: kept.storage(life),
      transport: net.transport(id, life),
      clock: clockOf(clock, life),
      random,
      onNote: (fact) => notes.push(fact),
      metrics: {
        count: (name, by = 1) => {
          counts[name] = (counts[name] ?? 0) + by
        },
        gauge: () => undefined,
        observe: () => undefined
      },
      logger: {
        debug: () => undefined,
        info: () => undefined,
        warn: (_fields, text) => warnings.push(text),
        error: (_fields, text) => warnings.push(text)
      },
      ...options
    })
    await clock.pass(latency)
    return booting
  }
  const started = async (): Promise<Node<Ledger>> => {
    const booted = await boot()
    if (either.isLeft(booted)) throw new Error(JSON.stringify(booted.left))
    return booted.right
  }
  return { clock, kept, net, notes, counts, warnings, lives, boot, started }
}

describe('step, make durable, release: in this order', () => {
  test('nothing leaves before the commit resolves', async () => {
    const { clock, kept, net, started } = situation()
    const node = await started()
    const answered: unknown[] = []
    void node.request({ type: 'add', amount: 3 }).then((answer) => answered.push(answer))
    await clock.pass(4)
    expect(node.state().total).toBe(3)
    expect([kept.commits().length, net.sent(), answered]).toEqual([2, [], []])
    await clock.pass(1)
    expect(kept.kept()).toMatchObject({ total: 3, log: { first: 1, entries: [3] } })
    expect(net.sent()).toEqual([{ from: 'a', to: 'b', message: { type: 'total', total: 3 } }])
    expect(answered).toEqual([either.right({ total: 3 })])
  })

  test('the first step is durable before its notes are heard', async () => {
    const { kept, notes, started } = situation()
    await started()
    expect(notes).toEqual(['started'])
    expect(kept.kept()).toEqual({ total: 0, log: { first: 1, entries: [] }, content: null })
  })

  test('what comes while a commit is under way is stepped in one turn, with one commit and one batch to the network', async () => {
    const { clock, kept, net, started } = situation()
    const node = await started()
    const answers = [1, 2, 3, 4].map((amount) => node.request({ type: 'add', amount }))
    await clock.pass(1)
    const later = [5, 6, 7].map((amount) => node.request({ type: 'add', amount }))
    await clock.pass(20)
    expect(kept.commits().map((changes) => changes.length)).toEqual([3, 2, 2])
    expect(kept.commits()[1]).toEqual([
      { type: 'set', field: 'total', value: 10 },
      { type: 'append', field: 'log', from: 1, entries: [1, 2, 3, 4] }
    ])
    expect(net.batches()).toEqual([4, 3])
    expect((await Promise.all([...answers, ...later])).map(problemIn)).toEqual(Array(7).fill('answered'))
  })

  test('where nothing durable changed nothing is committed', async () => {
    const { clock, kept, started } = situation()
    const node = await started()
    const answer = node.request({ type: 'look' })
    await clock.pass(0)
    expect(await answer).toEqual(either.right({ total: 0 }))
    expect(kept.commits()).toHaveLength(1)
  })

  test('and its effects overtake none that wait for a commit', async () => {
    const { clock, started } = situation()
    const node = await started()
    const order: string[] = []
    void node.request({ type: 'add', amount: 1 }).then(() => order.push('add'))
    await clock.pass(1)
    void node.request({ type: 'look' }).then(() => order.push('look'))
    await clock.pass(3)
    expect(order).toEqual([])
    await clock.pass(2)
    expect(order).toEqual(['add', 'look'])
  })

  test('a message to itself comes in after it has left', async () => {
    const { clock, notes, started } = situation()
    const node = await started()
    void node.request({ type: 'say', text: 'hello' })
    await clock.pass(0)
    expect(notes).toEqual(['started', 'a: echo'])
  })
})

describe('what goes wrong stops the node, and it says why', () => {
  test.each([1, 2, 3])('a disk that fails at commit %d', async (failAt) => {
    const { clock, kept, net, notes, warnings, boot } = situation({ failAt })
    const booted = await boot()
    const problems: Problem[] = []
    if (either.isLeft(booted)) problems.push(booted.left)
    else {
      const node = booted.right
      const answers: string[] = []
      for (const amount of [1, 2]) {
        void node.request({ type: 'add', amount }).then((answer) => answers.push(problemIn(answer)))
        await clock.pass(10)
      }
      expect(answers).toEqual(
        ['answered', 'answered'].fill('stopped, perhaps', failAt - 2, failAt - 1).fill('stopped, never', failAt - 1)
      )
      problems.push((await node.stopped) as Problem)
      expect(problemIn(await node.request({ type: 'look' }))).toBe('stopped, never')
    }
    expect(problems).toMatchObject([{ code: 'Q702', where: ['protocol ledger', 'node a'] }])
    expect(warnings.join()).toContain('planted: no space left')
    expect(kept.commits()).toHaveLength(failAt)
    expect(net.sent()).toHaveLength(Math.max(0, failAt - 2))
    expect(notes).toEqual(failAt === 1 ? [] : ['started'])
  })

  test('a reducer that throws: nothing of its turn is durable or visible', async () => {
    const { clock, kept, net, started } = situation()
    const node = await started()
    const answers = [
      node.request({ type: 'add', amount: 1 }),
      node.request({ type: 'throw' }),
      node.request({ type: 'add', amount: 2 })
    ]
    await clock.pass(50)
    expect((await Promise.all(answers)).map(problemIn)).toEqual([
      'stopped, perhaps',
      'stopped, perhaps',
      'stopped, never'
    ])
    expect(await node.stopped).toMatchObject({ code: 'Q201', what: 'a reducer threw: planted' })
    expect([kept.commits().length, net.sent()]).toEqual([1, []])
  })

  test('a state machine that throws', async () => {
    const apply = () => {
      throw new Error('planted')
    }
    const { clock, started } = situation({ options: { machine: { initial: 0, apply } } })
    const node = await started()
    const answer = node.request({ type: 'apply', amount: 1 })
    await clock.pass(10)
    expect(problemIn(await answer)).toBe('stopped, perhaps')
    expect(await node.stopped).toMatchObject({ code: 'Q704', what: 'the application threw: planted' })
  })

  test('a disk that holds something else', async () => {
    const { clock, kept, boot } = situation()
    const booting = kept.storage({ isOver: false }).commit([{ type: 'set', field: 'total', value: -1 }])
    await clock.pass(5)
    await booting
    expect(await boot()).toMatchObject(either.left({ code: 'Q703' }))
  })

  test('options that do not fit', async () => {
    expect(await situation().boot('c')).toMatchObject(
      either.left({ code: 'Q701', what: '"c" is none of the nodes a, b' })
    )
    const durations = [-1, Infinity, [2, 1], [1, Infinity]] as const
    for (const tick of durations)
      expect(await situation({ options: { timers: { tick } } }).boot()).toMatchObject(either.left({ code: 'Q701' }))
  })
})

describe('timers', () => {
  const ask = async (
    node: Node<Ledger>,
    clock: { readonly pass: (by: number) => Promise<void> },
    type: 'start' | 'stop'
  ) => {
    void node.request({ type })
    await clock.pass(0)
  }

  test('fire once, at a moment drawn from their range', async () => {
    const { clock, notes, started } = situation()
    const node = await started()
    await ask(node, clock, 'start')
    await clock.pass(99)
    expect(node.state().ticks).toBe(0)
    await clock.pass(102)
    expect(node.state().ticks).toBe(1)
    await clock.pass(1000)
    expect(notes).toEqual(['started', 'ticked'])
  })

  test('run anew when they are started again', async () => {
    const { clock, started } = situation({ options: { timers: { tick: 100 } } })
    const node = await started()
    for (const _ of [1, 2, 3]) {
      await ask(node, clock, 'start')
      await clock.pass(90)
    }
    expect(node.state().ticks).toBe(0)
    await clock.pass(11)
    expect(node.state().ticks).toBe(1)
  })

  test('do not fire once they are stopped', async () => {
    const { clock, started } = situation({ options: { timers: { tick: 100 } } })
    const node = await started()
    await ask(node, clock, 'start')
    await ask(node, clock, 'stop')
    await clock.pass(1000)
    expect(node.state().ticks).toBe(0)
  })

  test('not even where they ran out while they waited behind what stops them, or starts them anew', async () => {
    for (const type of ['stop', 'start'] as const) {
      const { clock, started } = situation({ options: { timers: { tick: 100 } } })
      const node = await started()
      await ask(node, clock, 'start')
      await clock.pass(98)
      // The commit takes from 98 to 103: the request waits, and behind it the timer that runs out at 100.
      void node.request({ type: 'add', amount: 1 })
      await clock.pass(1)
      void node.request({ type })
      await clock.pass(50)
      expect(node.state().ticks).toBe(0)
      await clock.pass(100)
      expect(node.state().ticks).toBe(type === 'stop' ? 0 : 1)
    }
  })

  test('nor where they ran out before what starts them anew was durable', async () => {
    const { clock, started } = situation({ options: { timers: { tick: 100 } } })
    const node = await started()
    await ask(node, clock, 'start')
    await clock.pass(97)
    // One turn, whose commit takes from 97 to 102.
    void node.request({ type: 'add', amount: 1 })
    void node.request({ type: 'start' })
    await clock.pass(100)
    expect(node.state().ticks).toBe(0)
    await clock.pass(5)
    expect(node.state().ticks).toBe(1)
  })

  test('that are put off again and again ask no more of the clock than those that run out', async () => {
    const { clock, started } = situation({ options: { timers: { tick: 100 } } })
    const node = await started()
    await ask(node, clock, 'start')
    const before = clock.scheduled()
    for (const _ of [1, 2, 3, 4, 5]) {
      await clock.pass(10)
      await ask(node, clock, 'start')
      expect(clock.scheduled()).toBe(before)
    }
    await clock.pass(99)
    expect(node.state().ticks).toBe(0)
    await clock.pass(1)
    expect(node.state().ticks).toBe(1)
  })

  test('whose range allows it may fire sooner than they did before they were started anew', async () => {
    let drawn = 0
    const random = () => (drawn === 0 ? 1 : 0)
    const { clock, started } = situation({ options: { timers: { tick: [100, 1000] }, random } })
    const node = await started()
    await ask(node, clock, 'start')
    drawn = 1
    await ask(node, clock, 'start')
    await clock.pass(100)
    expect(node.state().ticks).toBe(1)
  })

  test('do not outlive the node', async () => {
    const { clock, notes, started } = situation({ options: { timers: { tick: 100 } } })
    const node = await started()
    await ask(node, clock, 'start')
    const stopping = node.stop()
    await clock.pass(1)
    await stopping
    expect(clock.scheduled()).toBe(0)
    await clock.pass(1000)
    expect(notes).toEqual(['started'])
  })
})

describe('requests', () => {
  test('the state machine answers what it is applied', async () => {
    const { clock, started } = situation()
    const node = await started()
    const answers = [3, 4].map((amount) => node.request({ type: 'apply', amount }))
    await clock.pass(10)
    expect(await Promise.all(answers)).toEqual([3, 7].map((total) => either.right({ total })))
  })

  test('a deadline is definite while the request waits, and indefinite once a reducer has seen it', async () => {
    const { clock, started } = situation({ latency: 50 })
    const node = await started()
    const seen = node.request({ type: 'add', amount: 1 }, { deadline: 20 })
    await clock.pass(1)
    const waiting = node.request({ type: 'add', amount: 2 }, { deadline: 20 })
    await clock.pass(200)
    expect((await Promise.all([seen, waiting])).map(problemIn)).toEqual(['timeout, perhaps', 'timeout, never'])
    expect(node.state().log.last).toBe(1)
  })

  test('a reply that nobody waits for any more is counted, and nothing else', async () => {
    const { clock, counts, started } = situation({ latency: 50 })
    const node = await started()
    void node.request({ type: 'add', amount: 1 }, { deadline: 20 })
    await clock.pass(100)
    expect(counts['quorate_unclaimed_replies_total']).toBe(1)
  })

  test('beyond the limits a request is refused at once, and certainly not done', async () => {
    const { clock, started } = situation({ options: { limits: { waiting: 2 } } })
    const node = await started()
    const answers = [1, 2, 3].map((amount) => node.request({ type: 'add', amount }))
    await clock.pass(10)
    expect((await Promise.all(answers)).map(problemIn)).toEqual(['answered', 'answered', 'overloaded, never'])
    expect(node.state().total).toBe(3)
    const few = situation({ options: { limits: { open: 1 } } })
    const other = await few.started()
    const open = [1, 2].map(() => other.request({ type: 'ignore' }))
    await few.clock.pass(20_000)
    expect((await Promise.all(open)).map(problemIn)).toEqual(['timeout, perhaps', 'overloaded, never'])
  })

  test('messages beyond the limit are lost, and counted', async () => {
    const { clock, counts, net, notes, started } = situation({ options: { limits: { waiting: 2 } } })
    const node = await started()
    const peer = net.transport('b', { isOver: false })
    peer.send([1, 2, 3].map(() => ({ to: 'a', message: { type: 'echo', text: '' } })))
    void node.request({ type: 'add', amount: 1 })
    await clock.pass(10)
    expect(notes.filter((text) => text === 'b: echo')).toHaveLength(2)
    expect(counts['quorate_dropped_total']).toBe(1)
  })

  test('what is no request of the protocol reaches no reducer, nor does one whose name is taken', async () => {
    const { clock, started } = situation()
    const node = await started()
    expect(await node.request({ type: 'add', amount: -1 })).toMatchObject({
      left: { type: 'refused', problem: { code: 'Q108' } }
    })
    void node.request({ type: 'ignore' }, { id: 'mine' })
    expect(await node.request({ type: 'ignore' }, { id: 'mine' })).toMatchObject({
      left: { problem: { code: 'Q706' } }
    })
    await clock.pass(1)
  })
})

describe('a node that starts again', () => {
  test('recovers what was durable, and no more', async () => {
    const { clock, kept, lives, notes, started } = situation()
    const node = await started()
    for (const amount of [1, 2, 3]) void node.request({ type: 'add', amount })
    await clock.pass(10)
    void node.request({ type: 'add', amount: 4 })
    await clock.pass(1)
    for (const life of lives) life.isOver = true
    const before = kept.kept()
    const commits = kept.commits().length
    const again = await started()
    expect(kept.commits()).toHaveLength(commits)
    expect(notes).toEqual(['started', 'recovered 6'])
    expect(again.state()).toMatchObject({ total: 6, log: { last: 3 } })
    void again.request({ type: 'add', amount: 5 })
    await clock.pass(10)
    expect(kept.kept()).toMatchObject({ total: 11, log: { first: 1, entries: [1, 2, 3, 5] } })
    expect(kept.commits().at(-1)).toEqual([
      { type: 'set', field: 'total', value: 11 },
      { type: 'append', field: 'log', from: 4, entries: [5] }
    ])
    expect(before).toMatchObject({ total: 6 })
  })

  test('has its state machine restored from the snapshot that it kept', async () => {
    const { clock, kept, lives, started } = situation()
    const node = await started()
    for (const amount of [10, 20]) void node.request({ type: 'apply', amount })
    void node.request({ type: 'snapshot' })
    void node.request({ type: 'apply', amount: 5 })
    await clock.pass(20)
    expect(kept.kept()).toMatchObject({ content: 30, log: { first: 3, entries: [5] } })
    for (const life of lives) life.isOver = true
    const again = await started()
    const answer = again.request({ type: 'apply', amount: 1 })
    await clock.pass(10)
    expect(await answer).toEqual(either.right({ total: 31 }))
  })

  test('of two snapshots that were asked for the latter comes', async () => {
    const { clock, counts, kept, started } = situation()
    const node = await started()
    void node.request({ type: 'apply', amount: 10 })
    void node.request({ type: 'snapshot' })
    void node.request({ type: 'apply', amount: 20 })
    void node.request({ type: 'snapshot' })
    await clock.pass(30)
    expect(kept.kept()).toMatchObject({ content: 30, log: { first: 3, entries: [] } })
    expect(counts['quorate_steps_total']).toBe(6)
  })
})

describe('stopping', () => {
  test('refuses what comes, answers what is there, and closes', async () => {
    const { clock, kept, started } = situation()
    const node = await started()
    const early = node.request({ type: 'add', amount: 1 })
    const stopping = node.stop()
    expect(problemIn(await node.request({ type: 'add', amount: 2 }))).toBe('stopped, never')
    await clock.pass(10)
    await stopping
    expect(problemIn(await early)).toBe('answered')
    expect(await node.stopped).toBeNull()
    expect(kept.kept()).toMatchObject({ total: 1 })
  })

  test('gives up on what is not answered in time', async () => {
    const { clock, started } = situation({ options: { limits: { stopping: 300 } } })
    const node = await started()
    const never = node.request({ type: 'ignore' })
    const stopping = node.stop()
    await clock.pass(301)
    await stopping
    expect(problemIn(await never)).toBe('stopped, perhaps')
  })

  test('lets nothing go that was not durable in time', async () => {
    const { clock, net, started } = situation({ latency: 50, options: { limits: { stopping: 10 } } })
    const node = await started()
    const late = node.request({ type: 'add', amount: 1 })
    await clock.pass(1)
    const stopping = node.stop()
    await clock.pass(100)
    await stopping
    expect(problemIn(await late)).toBe('stopped, perhaps')
    expect(net.sent()).toEqual([])
  })

  test('hands over first', async () => {
    const handOver: NonNullable<HostOptions<Ledger>['handOver']> = {
      request: () => ({ type: 'add', amount: 100 }),
      isDone: (_self, { total }) => total >= 100
    }
    const { clock, kept, started } = situation({ options: { handOver } })
    const node = await started()
    const stopping = node.stop()
    await clock.pass(10)
    await stopping
    expect(kept.kept()).toMatchObject({ total: 100 })
  })

  test('by a signal, and by leaving its scope', async () => {
    const stop = new AbortController()
    const { clock, started } = situation({ options: { signal: stop.signal } })
    const node = await started()
    stop.abort()
    await clock.pass(1)
    expect(await node.stopped).toBeNull()
    const scoped = situation()
    const other = await scoped.started()
    const left = other[Symbol.asyncDispose]()
    await scoped.clock.pass(1)
    await left
    expect(await other.stopped).toBeNull()
  })
})

test('a loop that is held up is noticed once, and again when it recurs', async () => {
  const { clock, warnings, started } = situation()
  await started()
  await clock.pass(1000)
  expect(warnings).toEqual([])
  for (const lag of [250, 250, 0, 250]) {
    clock.hold(lag)
    await clock.pass(50)
  }
  expect(warnings).toEqual(Array(2).fill('the loop is held up: timers fire late'))
})
