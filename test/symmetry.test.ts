/** Symmetry: one state stands for an orbit, and what is not symmetric is found. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import fc from 'fast-check'
import * as t from 'io-ts'
import published from '../models/published/two-phase.model.ts'
import {
  broadcast,
  closed,
  fired,
  history,
  including,
  startTimer,
  stay,
  step,
  type Protocol,
  type Signature
} from '../spec/kernel/index.ts'
import { check, type Reduction } from '../src/checker/index.ts'
import { checkNaively } from '../src/checker/naive.ts'
import { asynchronous, model, sameNodes, validate, type Model } from '../src/model/index.ts'
import { exchangeable, orbitCount } from './support/orbits.ts'
import { validated } from './support/runs.ts'
import { reportOf } from './support/twins.ts'

const runs = Number(process.env['TWIN_RUNS'] ?? 150)
const most = 600

describe('on random symmetric protocols', () => {
  test('there is one state for each orbit', () =>
    fc.assert(
      fc.asyncProperty(exchangeable(false), async ({ subject, exchanges }) => {
        const naive = checkNaively(validated(subject), most)
        fc.pre(naive !== null)
        const report = await reportOf(subject, { reduce: ['symmetry'] })
        const orbits = orbitCount(validated(subject), naive?.worlds ?? [], exchanges)
        expect([report.states, report.depth]).toEqual([orbits, naive?.depth])
      }),
      { numRuns: runs }
    ))

  test('where alike messages are one, the order of nodes makes no difference either', () =>
    fc.assert(
      fc.asyncProperty(exchangeable(false), async ({ subject }) => {
        fc.pre(checkNaively(validated(subject), most) !== null)
        const reduce: ReadonlyArray<Reduction> = ['symmetry', 'dead-messages', 'alike-messages']
        const nodes = Object.fromEntries(Object.entries(subject.nodes).toReversed())
        const one = await reportOf(subject, { reduce })
        const other = await reportOf({ ...subject, nodes }, { reduce })
        expect([other.states, other.transitions]).toEqual([one.states, one.transitions])
      }),
      { numRuns: runs / 3 }
    ))

  test.each<[string, ReadonlyArray<Reduction>]>([
    ['symmetry', ['symmetry']],
    ['symmetry and dead messages', ['symmetry', 'dead-messages']],
    ['symmetry, dead and alike messages', ['symmetry', 'dead-messages', 'alike-messages', 'idle-partitions']]
  ])('every verdict is that of the plain search, and every trace as short: %s', (_name, reduce) =>
    fc.assert(
      fc.asyncProperty(exchangeable(true), async ({ subject }) => {
        const naive = checkNaively(validated(subject), most)
        fc.pre(naive !== null)
        const report = await reportOf(subject, { reduce })
        expect([report.verdict, report.property, report.trace?.steps.length ?? null]).toEqual([
          naive?.verdict,
          naive?.property,
          naive?.traceLength
        ])
      }),
      { numRuns: runs }
    )
  )
})

/** Everybody may say hello, and everybody remembers who did, and the values that clients brought. */
type Hello = Signature<{
  state: { readonly heard: ReadonlyArray<string>; readonly values: ReadonlyArray<string> }
  message: { readonly type: 'hello' }
  timer: 'go'
  request: string
  rule: 'begin' | 'go' | 'hear' | 'take' | 'refuse'
}>

const hello = (refuses: (value: string, so: Hello['state']) => boolean): Protocol<Hello> => ({
  name: 'hello',
  wireVersion: 1,
  codecs: { message: closed('Hello', { type: t.literal('hello') }), durable: t.null, request: t.string },
  rules: ['begin', 'go', 'hear', 'take', 'refuse'],
  timers: ['go'],
  initial: () => fired('begin', { heard: [], values: [] }, startTimer('go')),
  recover: () => fired('begin', { heard: [], values: [] }),
  durable: () => null,
  step: (self, state, event) => {
    if (event.type === 'deliver') return fired('hear', { ...state, heard: including(state.heard, event.from) })
    if (event.type !== 'request') return fired('go', state, broadcast(self, { type: 'hello' }))
    return refuses(event.request, state)
      ? stay('refuse', state)
      : fired('take', { ...state, values: [...state.values, event.request] })
  }
})

const helloModel = (changed: Partial<Model<Hello>>, refuses: Parameters<typeof hello>[0] = () => false) =>
  model<Hello>({
    name: 'hello',
    protocol: hello(refuses),
    nodes: { b: null, m: null, z: null },
    network: asynchronous(),
    properties: [],
    mayStop: true,
    ...changed
  })

test('a set of nodes is one with a node between the names that are exchanged', async () => {
  const subject = helloModel({ symmetric: [['b', 'z']] })
  const naive = checkNaively(validated(subject), most)
  const orbits = orbitCount(validated(subject), naive?.worlds ?? [], [[['b', 'z']]])
  expect([naive?.worlds.length, orbits]).toEqual([125, 70])
  expect((await reportOf(subject, { reduce: ['symmetry'] })).states).toBe(orbits)
})

describe('the orbits of TwoPhase, C(n+3,3) + (n+1) + C(n+5,5)', () => {
  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k)
  test.each([
    [1, 12],
    [2, 34],
    [3, 80],
    [5, 314],
    [6, 553],
    [7, 920]
  ])('%i resource managers: %i', async (resourceManagers, states) => {
    expect(choose(resourceManagers + 3, 3) + resourceManagers + 1 + choose(resourceManagers + 5, 5)).toBe(states)
    expect((await reportOf(published.build({ resourceManagers }), { reduce: ['symmetry'] })).states).toBe(states)
  })
})

describe('what is not symmetric is found', () => {
  const subject = published.build({ resourceManagers: 3 })
  const wrong = async (changed: Partial<Model<any>>): Promise<string> => {
    const report = await check({ ...subject, ...changed }, { reduce: ['symmetry'] })
    return either.isLeft(report)
      ? `${report.left.code} ${report.left.what} in ${report.left.where.join(', ')}`
      : 'found nothing'
  }
  const { protocol } = subject

  test('a protocol that treats one node otherwise', async () => {
    const partial: Protocol<any> = {
      ...protocol,
      step: (self, state, event) =>
        self.id === 'rm2' && event.type === 'timeout' && event.timer === 'prepare'
          ? fired('rm-choose-to-abort', { ...state, phase: 'aborted' })
          : protocol.step(self, state, event)
    }
    expect(await wrong({ protocol: partial })).toMatch(
      /Q110 with rm1 and rm2 exchanged, the step is another one .*rule rm-prepare/
    )
  })

  test('a protocol that keeps nodes in the order of arrival', async () => {
    const queueing: Protocol<any> = {
      ...protocol,
      step: (self, state, event) => {
        const done = protocol.step(self, state, event)
        return done.rule === 'tm-receive-prepared' && !state.prepared.includes(event.type === 'deliver' && event.from)
          ? { ...done, state: { ...done.state, prepared: [...state.prepared, event.type === 'deliver' && event.from] } }
          : done
      }
    }
    expect(await wrong({ protocol: queueing })).toMatch(/Q110/)
  })

  test('a property that asks for one node', async () => {
    const property = {
      kind: 'always' as const,
      name: 'first',
      holds: ({ nodes }: any) => nodes[1].state.phase !== 'prepared'
    }
    expect(await wrong({ properties: [property] })).toMatch(
      /Q110 with rm1 and rm2 exchanged, the answer is another one .*property first/
    )
  })

  test('a configuration, a request and a cut that name one node', async () => {
    const nodes = { ...subject.nodes, rm2: { role: 'resource-manager', manager: 'rm1' } }
    expect(await wrong({ nodes })).toMatch(/Q110 .*the configuration of rm1/)
    expect(await wrong({ faults: { crashes: 1, crashing: ['rm1'] } })).toMatch(/Q110 .*rm1 may crash and rm2 not/)
    const cuts = [{ name: 'one', links: [['tm', 'rm1']] as const }]
    expect(await wrong({ faults: { partitions: { times: 1, cuts } } })).toMatch(/Q110 no cut is "one"/)
  })

  describe('of values', () => {
    const requests = ['u', 'v', 'w'].map((request) => ({ name: `say-${request}`, request, at: ['m'] }))
    const symmetric = [['u', 'v', 'w']]
    const problemOf = async (asking: Model<any>): Promise<string> => {
      const report = await check(asking, { reduce: ['symmetry'] })
      return either.isLeft(report) ? `${report.left.code} ${report.left.what} in ${report.left.where.join(', ')}` : ''
    }

    test('a protocol that refuses one of them: event and rule are named', async () => {
      const asking = helloModel({ requests, symmetric }, (value) => value === 'v')
      expect(await problemOf(asking)).toMatch(
        /Q110 with u and v exchanged, the step is another one .*node m, event .*say-u.*, rule take/
      )
    })

    test('a protocol that takes the greater ones only', async () => {
      const asking = helloModel({ requests, symmetric }, (value, { values }) => values.some((other) => other > value))
      expect(await problemOf(asking)).toMatch(
        /Q110 with . and . exchanged, the step is another one .*rule (take|refuse)/
      )
    })

    test('a step property that knows one', async () => {
      const properties = [step<Hello>('no-w-first', ({ after }) => !after.up || after.state.values[0] !== 'w')]
      expect(await problemOf(helloModel({ requests, symmetric, properties }))).toMatch(
        /Q110 .*property no-w-first gives another answer/
      )
    })

    test('a history property that knows one', async () => {
      const property = history<Hello, number>('no-w', {
        initial: 0,
        next: (count, record) => (record.type === 'invoke' && record.request === 'w' ? count : count + 1),
        holds: () => true
      })
      expect(await problemOf(helloModel({ requests, symmetric, properties: [property] }))).toMatch(
        /Q110 .*the content is another one in .*property no-w/
      )
    })

    test('one that is asked for elsewhere, or that has the name of another request', async () => {
      const elsewhere = [...requests.slice(1), { ...requests[0]!, at: ['b'] }]
      expect(await problemOf(helloModel({ requests: elsewhere, symmetric }))).toMatch(/Q110 .*request say-. is another/)
      const torn = requests.map(({ name, ...rest }) => ({ ...rest, name: name === 'say-u' ? 'v' : name }))
      expect(await problemOf(helloModel({ requests: torn, symmetric }))).toMatch(/Q110 .* is the name of a request and/)
    })

    test('and those that are what they seem are exchanged', async () => {
      expect((await reportOf(helloModel({ requests, symmetric }), { reduce: ['symmetry'] })).states).toBe(125 * 4)
      expect((await reportOf(helloModel({ requests }), { reduce: [] })).states).toBe(125 * 16)
    })

    test.each<[string, Model<any>['symmetric'], RegExp]>([
      ['names neither of a node nor of a request', [['u', 'x']], /Q103 there is no node "x"/],
      ['a node and a value', [['u', 'b']], /Q107/],
      ['a name twice', [['u', 'v'], [['w', 'u']]], /Q109 "u"/]
    ])('%s are not declared', (_name, groups = [], problem) => {
      const answer = validate(helloModel({ requests, symmetric: groups }))
      expect(either.isLeft(answer) ? `${answer.left.code} ${answer.left.what}` : '').toMatch(problem)
    })
  })

  test('nothing in a model without nodes declared symmetric', async () => {
    const report = await reportOf(
      model({
        ...subject,
        symmetric: [],
        nodes: { tm: subject.nodes['tm'], ...sameNodes('rm', 2, subject.nodes['rm1']) },
        network: asynchronous()
      }),
      { reduce: ['symmetry'] }
    )
    expect([report.states, report.reductions]).toEqual([56, []])
  })
})
