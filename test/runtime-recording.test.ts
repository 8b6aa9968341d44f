/** Recordings: written while nodes run, replayed through the same reducers. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import {
  append,
  compact,
  emptyLog,
  firstDifference,
  lastIndex,
  truncate,
  type Log,
  type Protocol
} from '../spec/kernel/index.ts'
import { explain, type Problem } from '../src/model/problem.ts'
import {
  happeningsOf,
  isTorn,
  memorySink,
  mergedRun,
  readRecording,
  recordTo,
  replayRecording,
  virtualClock
} from '../src/runtime/index.ts'
import { sharingLogs } from '../src/runtime/recording/shared-logs.ts'
import { cluster } from './runtime/cluster.ts'
import { ledger, sum, type Ledger } from './runtime/ledger.ts'
import { rightOf } from './support/runs.ts'

const configs = { a: null, b: null }

/** What becomes of a recording: how it replays, or the problem. */
const replayed = (text: string, protocol: Protocol<any> = ledger) =>
  either.chain((recording: Parameters<typeof replayRecording>[1]) => replayRecording(protocol, recording))(
    readRecording('a', text)
  )

const problemOf = (text: string, protocol?: Protocol<any>): string =>
  either.fold(
    (found: Problem) => explain(found).split('\n').slice(0, -1).join('\n'),
    () => 'it replays'
  )(replayed(text, protocol))

/** Two nodes that did everything there is, one of which was killed, and one stopped. */
const recorded = async () => {
  const nodes = cluster<Ledger>({ protocol: ledger, timers: { tick: 20 }, configs, machine: () => sum, seed: 1 })
  const { clock, start } = nodes
  await start('a')
  await start('b')
  const ask = async (type: 'add' | 'apply' | 'start' | 'snapshot') => {
    void nodes
      .nodes()
      .get('a')
      ?.request(type === 'add' || type === 'apply' ? { type, amount: 2 } : { type })
    await clock.pass(10)
  }
  for (const type of ['add', 'apply', 'start', 'apply', 'snapshot', 'add'] as const) await ask(type)
  nodes.kill('a')
  await start('a')
  await ask('add')
  await nodes.stop('a')
  await nodes.stop('b')
  return nodes.recordings()
}

const textOf = async (recording: number): Promise<string> => (await recorded())[recording]?.[1] ?? ''

describe('a recording of a live cluster', () => {
  test('replays, of every life of every node', async () => {
    const recordings = await recorded()
    expect(recordings.map(([name]) => name)).toEqual(['a.0', 'b.1', 'a.2'])
    const runs = recordings.map(([, text]) => replayed(text))
    expect(runs.map(either.fold(explain, ({ end }) => end))).toEqual([null, 'orderly', 'orderly'])
    expect(
      runs.map(
        either.fold(
          () => [],
          ({ steps }) => steps.map(({ line }) => `${line.event.type} ${line.rule}`)
        )
      )
    ).toEqual([
      [
        'start start',
        'request obey',
        'request obey',
        'request obey',
        'request obey',
        'timeout tick',
        'request obey',
        'snapshot keep-snapshot',
        'request obey'
      ],
      ['start start', 'deliver hear', 'deliver hear', 'deliver hear'],
      ['recover recover', 'request obey']
    ])
  })

  test('says of which protocol and node it is', async () => {
    const text = await textOf(0)
    expect(readRecording('a', text)).toMatchObject({
      right: {
        head: {
          protocol: 'ledger',
          wireVersion: 1,
          node: 'a',
          nodes: ['a', 'b'],
          config: null,
          part: 0,
          whole: true,
          began: 0
        }
      }
    })
    expect(problemOf(text, { ...ledger, wireVersion: 2 })).toContain('Q722 it is of ledger, wire version 1')
  })

  test('differs where the reducer does', async () => {
    const text = await textOf(0)
    const other = (changed: Partial<Protocol<any>>) => problemOf(text, { ...ledger, ...changed })
    const { step } = ledger as Protocol<any>
    expect(
      other({
        step: (self, state, event) => ({
          ...step(self, state, event),
          rule: event.type === 'timeout' ? 'tock' : 'obey'
        })
      })
    ).toBe('Q723 rule "tick" fired, and now it is "tock"\n  in a\n  in line 9')
    expect(other({ step: (self, state, event) => ({ ...step(self, state, event), effects: [] }) })).toContain(
      'has other effects'
    )
    expect(
      other({
        step: () => {
          throw new Error('planted')
        }
      })
    ).toContain('now the reducer throws: planted')
  })

  test('is known to be torn where its node was killed while it wrote', async () => {
    const text = await textOf(0)
    expect([text, text.slice(0, -10)].map(isTorn)).toEqual([false, true])
    expect(problemOf(text.slice(0, -10))).toBe('it replays')
  })

  test('is refused where it was changed', async () => {
    const text = await textOf(1)
    expect(problemOf(text.replace('"rule":"hear"', '"rule":"heard"'))).toContain('now it is "hear"')
    expect(problemOf(text.replace('"total":2', '"total":-2'))).toContain('its deliver does not decode')
    expect(problemOf(text.replace('"is":"step"', '"is":"stop"'))).toContain('Q721')
    expect(problemOf(text.replace('{', ''))).toContain('Q721')
    expect(problemOf(text.replace(/"check":(\d+)}\n$/, '"check":1}\n'))).toContain('the last state is another')
  })
})

/** The run that recordings make together: who did what, in order. */
const merged = (recordings: ReadonlyArray<readonly [string, string]>) => {
  const read = recordings.map(([name, text]) => rightOf(readRecording(name, text)))
  const protocol = ledger as unknown as Protocol<any>
  const run = mergedRun(
    ['a', 'b'].map((id) => [
      id,
      happeningsOf(
        protocol,
        read.filter(({ head }) => head.node === id)
      )
    ])
  )
  const said: string[] = []
  let next = run.next()
  for (; next.done !== true; next = run.next()) {
    const happening = next.value
    if (happening.type === 'step') said.push(`${happening.node} ${happening.step.line.event.type}`)
    if (happening.type === 'end') said.push(`${happening.node} ends`)
  }
  const { lives, unsent } = next.value
  return { said, unsent, continuity: lives.flat().map(({ continuity }) => continuity) }
}

describe('recordings of a cluster, as one run', () => {
  test('have each delivery after its sending, though a clock is behind', async () => {
    const recordings = await recorded()
    const behind = recordings.map(
      ([name, text]) => [name, name.startsWith('b') ? text.replace('"began":4', '"began":-20') : text] as const
    )
    expect(behind).not.toEqual(recordings)
    const { said, unsent } = merged(behind)
    expect(unsent).toBe(0)
    const place = (what: string) => said.indexOf(what)
    expect(place('a request')).toBeLessThan(place('b deliver'))
    expect(merged(recordings).said.filter((what) => what.startsWith('b'))).toEqual(
      said.filter((what) => what.startsWith('b'))
    )
  })

  test('say how much is missing', async () => {
    const recordings = await recorded()
    expect(merged(recordings.filter(([name]) => name !== 'a.0')).unsent).toBe(2)
  })

  test('leave out a turn that a crash undid', async () => {
    const cut = async (seed: number) => {
      const nodes = cluster<Ledger>({ protocol: ledger, timers: { tick: 20 }, configs: { a: null }, seed })
      await nodes.start('a')
      void nodes.nodes().get('a')?.request({ type: 'add', amount: 1 })
      await nodes.clock.pass(0)
      nodes.kill('a')
      await nodes.clock.pass(10)
      await nodes.start('a')
      await nodes.stop('a')
      return merged(nodes.recordings())
    }
    const runs = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(cut))
    expect(runs.find(({ continuity }) => continuity[1] === 'cut')?.said).toEqual([
      'a start',
      'a ends',
      'a recover',
      'a ends'
    ])
    expect(runs.find(({ continuity }) => continuity[1] === 'same')?.said).toEqual([
      'a start',
      'a request',
      'a ends',
      'a recover',
      'a ends'
    ])
  })
})

describe('a recording that rotates', () => {
  const record = (most: number, onLost = (_error: unknown) => undefined as void) => {
    const sink = memorySink(most)
    const clock = virtualClock()
    const recorder = recordTo(sink, { clock, origin: 0, buffer: 100, checkEvery: 1, onLost })
    const self = { id: 'a', nodes: ['a'], config: null }
    recorder.begin({ protocol: 'ledger', wireVersion: 1, node: 'a', nodes: ['a'], config: null })
    const steps = Array.from(
      { length: 50 },
      (_, index) => ({ type: 'request', id: `r${index}`, request: { type: 'add', amount: 1 } }) as const
    )
    const first = ledger.initial(self)
    recorder.step({ event: { type: 'start' }, rule: first.rule, state: first.state, effects: first.effects })
    const last = steps.reduce((state, event) => {
      recorder.turn()
      const step = ledger.step(self, state, event)
      recorder.step({ event, rule: step.rule, state: step.state, effects: step.effects })
      return step.state
    }, first.state)
    return { sink, recorder, last }
  }

  test('goes on in the next file where it ended, and each file replays by itself', async () => {
    const { sink, recorder, last } = record(2000)
    await recorder.end(true)
    const files = sink.files()
    expect(files.length).toBeGreaterThan(3)
    const runs = files.map((text) => replayed(text))
    expect(runs.map(either.fold(explain, ({ steps }) => typeof steps.length))).toEqual(files.map(() => 'number'))
    const all = runs.map(either.getOrElseW(() => null))
    all.slice(1).forEach((run, index) => expect(run?.from).toEqual(all[index]?.steps.at(-1)?.state))
    expect(all.at(-1)?.steps.at(-1)?.state).toEqual(last)
    expect(all.flatMap((run) => run?.steps ?? [])).toHaveLength(51)
  })

  test('ends where its sink fails, and the node goes on', async () => {
    const lost: unknown[] = []
    const { sink, recorder } = record(Infinity)
    const broken = recordTo(
      {
        ...sink,
        write: () => {
          throw new Error('planted')
        }
      },
      { clock: virtualClock(), origin: 0, buffer: 0, onLost: (error) => lost.push(error) }
    )
    await recorder.end(true)
    broken.begin({ protocol: 'ledger', wireVersion: 1, node: 'a', nodes: ['a'], config: null })
    for (const _ of [1, 2]) broken.turn()
    await broken.end(false)
    expect(lost).toHaveLength(1)
  })
})

describe('logs that are judged', () => {
  /** A node's log with entries of its own making, changed step by step; each step goes through `shared`. */
  const node = (shared: (state: unknown, before: unknown) => unknown) => {
    let state = { log: emptyLog as Log<{ readonly term: number }>, role: 'follower' }
    return {
      log: () => state.log,
      step: (change: (log: typeof state.log) => typeof state.log) => {
        state = shared({ ...state, log: change(state.log) }, state) as typeof state
      }
    }
  }
  type Operation = readonly ['append' | 'cut' | 'compact', number]
  const operation: fc.Arbitrary<Operation> = fc.tuple(
    fc.constantFrom('append', 'append', 'append', 'cut', 'compact'),
    fc.integer({ min: 1, max: 40 })
  )
  const apply = (log: Log<{ readonly term: number }>, [what, count]: Operation) => {
    if (what === 'cut') return truncate(log, lastIndex(log) - (count % 4))
    if (what === 'compact') return compact(log, lastIndex(log) - 2 * count)
    return Array.from({ length: count }).reduce<typeof log>(
      (grown) => append(grown, { term: lastIndex(grown) % 7 }),
      log
    )
  }

  test('are the same data, and the same objects on all nodes that agree', () =>
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const shared = sharingLogs()
        const [one, other, plain] = [node(shared), node(shared), node((state) => state)]
        for (const next of operations) for (const each of [one, other, plain]) each.step((log) => apply(log, next))
        expect(one.log()).toEqual(plain.log())
        expect(firstDifference(one.log(), other.log())).toBe(lastIndex(one.log()) + 1)
        expect(firstDifference(one.log(), plain.log()) > lastIndex(plain.log())).toBe(
          lastIndex(plain.log()) < plain.log().first
        )
      })
    ))

  test('stay apart where they differ', () => {
    const shared = sharingLogs()
    const [one, other] = [node(shared), node(shared)]
    const grow = (log: Log<{ readonly term: number }>) => apply(log, ['append', 100])
    one.step((log) => append(grow(append(grow(log), { term: 8 })), { term: 9 }))
    other.step((log) => append(grow(append(grow(log), { term: 8 })), { term: 10 }))
    expect(firstDifference(one.log(), other.log())).toBe(202)
  })
})
