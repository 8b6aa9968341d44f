/** Any number of threads: the same verdict, counts and shortest trace as one. */
import { Worker } from 'node:worker_threads'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { either } from 'fp-ts'
import fc from 'fast-check'
import { check, type Report } from '../src/checker/index.ts'
import { sharedMemory } from '../src/checker/engine/team.ts'
import { expectedStates } from '../src/checker/pace.ts'
import type { Problem } from '../src/model/problem.ts'
import type { TeamWork } from './support/team-worker.ts'
import { drawnModels } from './support/drawn-models.ts'

const runs = Number(process.env['TWIN_RUNS'] ?? 60)

type Answer = either.Either<Problem, Report>

let worker: URL

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [new URL('support/team-worker.ts', import.meta.url).pathname],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'silent'
  })
  worker = new URL(`data:text/javascript;base64,${Buffer.from(outputFiles[0]?.text ?? '').toString('base64')}`)
})

/** What a thread says of a model; null where it came too late. Of how many there were in the end. */
interface Heard {
  readonly answer: Answer | null
  readonly size: number
}

/** What each thread says of each model. */
const together = (
  size: number,
  work: Pick<TeamWork, 'seed' | 'drawn' | 'reduce'>,
  memory = () => sharedMemory(size, 2 ** 22, 2 ** 22)
): Promise<Heard[][]> => {
  const asked = new SharedArrayBuffer(4 * runs)
  const memories = Array.from({ length: runs }, memory)
  return Promise.all(
    Array.from(
      { length: size },
      (_, rank) =>
        new Promise<Heard[]>((resolve, reject) => {
          const answers: Heard[] = []
          const workerData: TeamWork = { rank, size, memories, asked, ...work }
          const thread = new Worker(worker, { workerData })
          thread.on('message', (heard: Heard) => answers.push(heard))
          thread.on('error', reject)
          thread.on('exit', () => resolve(answers))
        })
    )
  )
}

/** What does not depend on who did the work. */
const essence = (answer: Answer | null | undefined): unknown =>
  answer === undefined || answer === null || either.isLeft(answer)
    ? answer?.left.code
    : { ...answer.right, seconds: 0, reducerCalls: 0, evaluations: {}, bytesPerState: 0, peakBytes: 0, threads: 0 }

describe('threads agree with one', () => {
  test.each([
    { size: 2, drawn: 'whole', reduce: [] },
    { size: 3, drawn: 'whole', reduce: [] },
    { size: 3, drawn: 'judged', reduce: [] },
    { size: 2, drawn: 'judged', reduce: ['dead-messages'] },
    { size: 2, drawn: 'judged', reduce: ['dead-messages', 'alike-messages', 'idle-partitions'] },
    { size: 2, drawn: 'scenes', reduce: ['dead-messages', 'alike-messages', 'idle-partitions'] },
    { size: 2, drawn: 'symmetric', reduce: ['dead-messages', 'symmetry'] },
    { size: 3, drawn: 'symmetric', reduce: ['dead-messages', 'alike-messages', 'idle-partitions', 'symmetry'] }
  ] as const)('$size threads on $drawn models with $reduce', async ({ size, drawn, reduce }) => {
    const seed = fc.readConfigureGlobal().seed ?? Date.now()
    const heard = await together(size, { seed, drawn, reduce })
    const models = drawnModels(drawn, seed, runs)
    let compared = 0
    let helped = 0
    for (const [index, model] of models.entries()) {
      const alone = await check(model, { reduce, maxStates: 20_000 })
      if (either.isRight(alone) && alone.right.verdict === 'incomplete') continue
      compared++
      const first = heard[0]?.[index]
      // How many came, and when, is a matter of chance; that one came is not.
      if ((first?.size ?? 1) > 1) helped++
      expect([index, essence(first?.answer)]).toEqual([index, essence(alone)])
    }
    expect(helped).toBeGreaterThan(runs / 4)
    expect(compared).toBeGreaterThan(runs / 2)
  })
})

describe('how many states a search will find', () => {
  /** The levels of so many things that each happen once, in every order. */
  const levelsOf = (things: number): ReadonlyArray<number> => {
    const ends = [0]
    for (let level = 0, size = 1; level <= things; size = (size * (things - level)) / ++level)
      ends.push(ends.at(-1)! + size)
    return ends
  }

  test.each([10, 20, 40, 60])(
    'of %i independent things: most of them once a tenth is found, nearly all once a third is',
    (things) => {
      const levels = levelsOf(things)
      for (const [level, found] of levels.entries()) {
        if (level < 4) continue
        const expected = expectedStates(levels.slice(0, level + 1), Infinity) / 2 ** things
        expect(expected).toBeLessThan(1.02)
        if (found > 2 ** things / 10) expect(expected).toBeGreaterThan(0.5)
        if (found > 2 ** things / 3) expect(expected).toBeGreaterThan(0.9)
      }
    }
  )

  test('no further than a bound lets it go, and not for ever', () => {
    const doubling = [0, 1, 3, 7, 15]
    expect(expectedStates(doubling, 0)).toBe(15)
    expect(expectedStates(doubling, 1)).toBeGreaterThan(15 + 8)
    expect(expectedStates(doubling, 1)).toBeLessThan(15 + 16)
    expect(expectedStates(doubling, Infinity)).toBeGreaterThan(1000)
    expect(expectedStates([0, 1, 2], Infinity)).toBeGreaterThan(2)
  })
})

describe('threads that have no room', () => {
  const seed = fc.readConfigureGlobal().seed ?? Date.now()
  /** By model that both searched: what ended it, as each of them says. */
  const limitsOf = ([first = [], second = []]: Heard[][]): ReadonlyArray<ReadonlyArray<string | null>> =>
    first.flatMap(({ answer }, index) => {
      const other = second[index]?.answer ?? null
      return answer === null || other === null
        ? []
        : [[answer, other].map((of) => (either.isRight(of) ? of.right.limit : of.left.code))]
    })

  test.each([
    ['the table of states', () => sharedMemory(2, 2 ** 15, 2 ** 22)],
    ['their keys', () => ({ ...sharedMemory(2, 2 ** 20, 2 ** 22), keys: new SharedArrayBuffer(2 ** 15) })]
  ])('for %s end alike, say so, and never hang', async (_what, memory) => {
    const heard = await together(2, { seed, drawn: 'whole', reduce: [] }, memory)
    const full = limitsOf(heard).filter((limits) => limits.some((limit) => limit?.startsWith('the memory set apart')))
    expect(full.length).toBeGreaterThan(0)
    for (const limit of full.flat())
      expect(limit).toMatch(
        /^the memory set apart for states \(states found: \d+, waiting: \d+\); the level at hand takes at least \d+ MiB$/
      )
    // What was not too large is as it was.
    const models = drawnModels('whole', seed, runs)
    for (const [index, { answer }] of (heard[0] ?? []).entries())
      if (answer !== null && either.isRight(answer) && answer.right.limit === null)
        expect([index, essence(answer)]).toEqual([index, essence(await check(models[index]!, { reduce: [] }))])
  })

  test('for the values that they share, neither', async () => {
    const heard = await together(2, { seed, drawn: 'whole', reduce: [] }, () => sharedMemory(2, 2 ** 22, 2 ** 13))
    const said = limitsOf(heard)
    expect(said.flat()).toContain('the memory set apart for the values that threads share')
    for (const [first, second] of said) expect(second).toBe(first)
  })
})
