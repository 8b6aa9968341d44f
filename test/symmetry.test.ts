/** Symmetry: one state stands for an orbit, and what is not symmetric is found. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import fc from 'fast-check'
import published from '../models/published/two-phase.model.ts'
import { fired, type Protocol } from '../spec/kernel/index.ts'
import { check, type Reduction, type Report } from '../src/checker/index.ts'
import { checkNaively } from '../src/checker/naive.ts'
import { canonical } from '../src/model/data.ts'
import { asynchronous, model, sameNodes, validate, type Model, type ValidModel } from '../src/model/index.ts'
import { renamed } from '../src/model/rename.ts'
import { keyOf, type World } from '../src/model/world.ts'
import { symmetricModels } from './support/random-symmetric.ts'
import { rightOf } from './support/runs.ts'

const runs = Number(process.env['TWIN_RUNS'] ?? 150)
const most = 1500

const validOf = (subject: Model<any>): ValidModel => rightOf(validate(subject))

const reportOf = async (subject: Model<any>, reduce: ReadonlyArray<Reduction>): Promise<Report> =>
  rightOf(await check(subject, { reduce }))

interface Swap {
  readonly one: string
  readonly other: string
}

/** A global state with two nodes exchanged, in plain data. */
const exchanged = (valid: ValidModel, world: World, swap: Swap): World => {
  const nodes = new Set(valid.ids)
  const names = new Map([
    [swap.one, swap.other],
    [swap.other, swap.one]
  ])
  const [one, other] = [valid.ids.indexOf(swap.one), valid.ids.indexOf(swap.other)]
  const at = <A>(list: ReadonlyArray<A>): ReadonlyArray<A> =>
    list.map((item, index) => (index === one ? (list[other] ?? item) : index === other ? (list[one] ?? item) : item))
  const data = <A>(value: A): A => renamed(value, names, nodes) as A
  const links = (name: string | null) =>
    canonical(
      valid.cuts
        .find((cut) => cut.name === name)
        ?.links.map((link) => link.join())
        .toSorted() ?? null
    )
  const cutLinks = canonical(
    valid.cuts
      .find((cut) => cut.name === world.cut)
      ?.links.map((link) => link.map(data).join())
      .toSorted() ?? null
  )
  return {
    ...world,
    nodes: at(world.nodes).map(data),
    flight: at(world.flight).map((inbox) => data(inbox).toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1))),
    cut: world.cut === null ? null : (valid.cuts.find(({ name }) => links(name) === cutLinks)?.name ?? '?'),
    contents: data(world.contents)
  }
}

const orbitCount = (valid: ValidModel, worlds: ReadonlyArray<World>): number => {
  const swaps = valid.ids.slice(1).map((other, index) => ({ one: valid.ids[index] ?? '', other }))
  const met = new Set<string>()
  return worlds.filter((world) => {
    if (met.has(keyOf(world))) return false
    const waiting = [world]
    met.add(keyOf(world))
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      for (const swap of swaps) {
        const image = exchanged(valid, next, swap)
        if (met.has(keyOf(image))) continue
        met.add(keyOf(image))
        waiting.push(image)
      }
    return true
  }).length
}

describe('on random symmetric protocols', () => {
  test('there is one state for each orbit', () =>
    fc.assert(
      fc.asyncProperty(symmetricModels(false), async (subject) => {
        const naive = checkNaively(validOf(subject), most)
        fc.pre(naive !== null)
        const report = await reportOf(subject, ['symmetry'])
        expect([report.states, report.depth]).toEqual([orbitCount(validOf(subject), naive?.worlds ?? []), naive?.depth])
      }),
      { numRuns: runs }
    ))

  test.each<[string, ReadonlyArray<Reduction>]>([
    ['symmetry', ['symmetry']],
    ['symmetry without dead messages', ['symmetry', 'dead-messages']]
  ])('every verdict is that of the plain search, and every trace as short: %s', (_name, reduce) =>
    fc.assert(
      fc.asyncProperty(symmetricModels(true), async (subject) => {
        const naive = checkNaively(validOf(subject), most)
        fc.pre(naive !== null)
        const report = await reportOf(subject, reduce)
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
    expect((await reportOf(published.build({ resourceManagers }), ['symmetry'])).states).toBe(states)
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

  test('nothing in a model without nodes declared symmetric', async () => {
    const report = await reportOf(
      model({
        ...subject,
        symmetric: [],
        nodes: { tm: subject.nodes['tm'], ...sameNodes('rm', 2, subject.nodes['rm1']) },
        network: asynchronous()
      }),
      ['symmetry']
    )
    expect([report.states, report.reductions]).toEqual([56, []])
  })
})
