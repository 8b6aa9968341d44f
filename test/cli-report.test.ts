/** What is told of a model that is checked alone, from end to end: where its space is large, and what it takes. */
import { describe, expect, test } from '@jest/globals'
import * as t from 'io-ts'
import { decoded, lines, quorate } from './support/command.ts'

const published = 'check models/published/two-phase.model.ts --no-reduce --param resourceManagers=6'
const bounded = 'test/fixtures/bounded.model.ts'

const fields = t.array(t.type({ field: t.string, values: t.Int }))
const Profile = t.type({
  nodes: t.array(t.type({ node: t.string, slots: t.Int, inboxes: t.Int, frames: t.Int, read: t.Int, fields })),
  ledger: t.type({ pages: t.Int, read: t.Int, fields }),
  moves: t.array(t.type({ kind: t.keyof({ rule: null, fault: null }), name: t.string, share: t.number })),
  sample: t.type({ states: t.Int, of: t.Int })
})
const Model = t.type({
  states: t.Int,
  levels: t.array(t.Int),
  limit: t.union([t.string, t.null]),
  neededBytes: t.union([t.Int, t.null]),
  peakBytes: t.Int,
  outside: t.Int,
  outsideBy: t.type({ depth: t.Int, node: t.Int }),
  evaluations: t.record(t.string, t.Int),
  reduced: t.array(t.UnknownRecord),
  profile: t.union([Profile, t.null])
})
const Checked = t.type({ models: t.array(Model) })

const only = async (line: string): Promise<t.TypeOf<typeof Model>> => {
  const { models } = decoded(Checked, await quorate(`${line} --json`))
  expect(models).toHaveLength(1)
  return models[0]!
}

const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)

describe('where a state space is large', () => {
  test('by any number of threads the same', async () => {
    const [one, two] = await Promise.all([1, 2].map((workers) => only(`${published} --workers ${workers}`)))
    for (const { states, levels, neededBytes, peakBytes, profile } of [one!, two!]) {
      expect(states).toBe(4 ** 6 + 2 ** 6 + 6 ** 6)
      expect(sum(levels)).toBe(states)
      expect(neededBytes).toBeNull()
      expect(peakBytes).toBeGreaterThan(2 ** 24)
      expect(sum(profile!.moves.map(({ share }) => share))).toBeCloseTo(1)
      expect(
        profile!.moves
          .slice(0, 3)
          .map(({ name }) => name)
          .toSorted()
      ).toEqual(
        ['rm-choose-to-abort', 'rm-prepare', 'rm-receive-abort'] // [GL06] has six such, and one of the others
      )
      expect(profile!.sample.of).toBeGreaterThan(profile!.sample.states)
    }
    const [tm, rm] = one!.profile!.nodes
    // The manager is waiting with any set of participants prepared, or has committed, or has aborted with any set.
    expect(tm).toMatchObject({ node: 'tm', slots: 2 ** 6 + 1 + 2 ** 6, inboxes: 2 ** 6 })
    expect(tm!.fields[0]).toEqual({ field: 'state.prepared', values: 2 ** 6 })
    expect(rm).toMatchObject({ node: 'rm1', slots: 4 })
    expect(two!.profile!.nodes).toEqual(one!.profile!.nodes)
    expect(two!.profile!.ledger).toEqual(one!.profile!.ledger)
    expect(Object.keys(two!.evaluations)).toEqual(Object.keys(one!.evaluations))
  })

  test('as counted by hand: each of two nodes speaks, and each is heard, in any order', async () => {
    const { levels, profile } = await only('check test/fixtures/greeting.model.ts')
    // Not spoken, spoken, heard: three by three states, and six moves of either kind, all to the next level.
    expect(levels).toEqual([1, 2, 3, 2, 1])
    expect(profile?.moves).toEqual([
      { kind: 'rule', name: 'speak', share: 0.5 },
      { kind: 'rule', name: 'hear', share: 0.5 }
    ])
    expect(profile?.sample).toEqual({ states: 8, of: 8 })
    expect(profile?.nodes[0]).toMatchObject({
      slots: 4,
      fields: expect.arrayContaining([{ field: 'timers', values: 2 }])
    })
  })

  test('not looked for where many models are checked', async () => {
    const { models } = decoded(Checked, await quorate('check test/fixtures/verdicts --json'))
    expect(models.map(({ profile }) => profile)).toEqual(models.map(() => null))
  })

  test('as a table, a line of levels, and a hint', async () => {
    const [wide, narrow] = await Promise.all([quorate(published), quorate(published, { env: { COLUMNS: '40' } })])
    expect(wide.out).toMatch(/^ {4}levels: [▁▂▃▄▅▆▇█]{20} at most [\d,]+ at depth \d+$/m)
    expect(wide.out).toMatch(/^ {4}tm +129 +64 +[\d,]+ {2}state\.prepared 64, state\.phase 3, timers 3$/m)
    expect(wide.out).toMatch(/^ {4}rm1 and 5 others +4 /m)
    expect(wide.out).toMatch(/^ {4}new states by: .* \(moves out of a sample of [\d,]+ of [\d,]+ states\)$/m)
    expect(wide.out).toMatch(/^ {4}largest: states of tm \(129 distinct\), field state\.prepared of tm \(64\), /m)
    const telling = lines(narrow.out).filter((line) => /^ {4}(levels:|node|tm|rm1)/.test(line))
    expect(telling).toHaveLength(4)
    telling.forEach((line) => expect(line.length).toBeLessThanOrEqual(40))
  })
})

describe('what kept a search from going on', () => {
  test('each bound by itself', async () => {
    const { outside, outsideBy } = await only(`check ${bounded}`)
    expect(outsideBy.depth).toBeGreaterThan(0)
    expect(outsideBy.node).toBeGreaterThan(0)
    expect(outside).toBe(outsideBy.depth + outsideBy.node)
    const { out } = await quorate(`check ${bounded}`)
    expect(out).toContain(`bounds: ${outsideBy.depth} states at the depth bound, 4; ${outsideBy.node} state`)
  })

  test('memory: what the level at hand would have taken', async () => {
    const { limit, neededBytes } = await only(`${published} --memory 1m`)
    expect(limit).toMatch(
      /^the limit of 1048576 bytes of memory \(states found: \d+, waiting: \d+\); the level at hand takes at least \d+ MiB$/
    )
    expect(neededBytes).toBeGreaterThan(2 ** 20)
  })
})
