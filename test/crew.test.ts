/** Models in threads of their own: as many as one wants, and none that can hang or take the program with it. */
import { describe, expect, test } from '@jest/globals'
import { quorate } from './support/command.ts'

const large = 'check test/fixtures/large.model.ts --no-reduce --json'
const lost = 'test/fixtures/deadline.model.ts'

interface Counts {
  readonly verdict: string
  readonly states: number
  readonly transitions: number
  readonly depth: number
}

const checked = (out: string): { readonly counts: Counts; readonly threads: number } => {
  const { models } = JSON.parse(out) as { readonly models: ReadonlyArray<Counts & { readonly threads: number }> }
  const [model] = models
  if (model === undefined) throw new Error('no model was checked')
  const { verdict, states, transitions, depth, threads } = model
  return { counts: { verdict, states, transitions, depth }, threads }
}

describe('threads of the command line', () => {
  test('any number of them counts the same', async () => {
    const by = async (workers: number) => {
      const { status, out, err } = await quorate(`${large} --workers ${workers}`)
      expect({ status, err }).toEqual({ status: 0, err: '' })
      return checked(out)
    }
    const [one, two, four] = await Promise.all([by(1), by(2), by(4)])
    expect(one.counts).toMatchObject({ verdict: 'violated', depth: 10 })
    expect(one.counts.states).toBe(2_661_786)
    expect(two.counts).toEqual(one.counts)
    expect(four.counts).toEqual(one.counts)
    expect(one.threads).toBe(1)
    expect(two.threads).toBe(2)
    expect(four.threads).toBeGreaterThan(1)
  }, 300_000)

  test('too many, or none, is refused', async () => {
    expect((await quorate('check models/published/two-phase.model.ts --workers 0')).err).toMatch(
      /^Q501 .*whole number >= 1/
    )
    expect((await quorate('check models/published/two-phase.model.ts --workers 1000')).err).toMatch(
      /^Q501 .*at most 64/
    )
  })
})

describe('what the user wrote cannot take the program with it', () => {
  test('a reducer that never returns: status 2, and what was running', async () => {
    const { status, err } = await quorate(`check ${lost} --only endless`)
    expect(status).toBe(2)
    expect(err).toMatch(/^Q212 a call has not returned for 5 s$/m)
    expect(err).toMatch(/^ {2}in model endless$/m)
    expect(err).toMatch(/^ {2}in node n[12], event \{"type":"deliver",/m)
  })

  test('a reducer that eats all memory: status 2', async () => {
    const { status, err } = await quorate(`check ${lost} --only greedy`, {
      env: { NODE_OPTIONS: '--max-old-space-size=200' }
    })
    expect(status).toBe(2)
    expect(err).toMatch(/^Q213 a thread ran out of memory$/m)
  })

  test('the others are checked all the same', async () => {
    const { status, out, err } = await quorate(`check ${lost} test/fixtures/verdicts --only *e* --workers 2`)
    expect(status).toBe(2)
    expect(err).toContain('Q212')
    expect(out).toMatch(/^✓ deadlock/m)
  })
})
