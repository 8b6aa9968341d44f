/** Any number of threads: the same verdict, counts and shortest trace as one. */
import { Worker } from 'node:worker_threads'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { either } from 'fp-ts'
import fc from 'fast-check'
import { check, type Report } from '../src/checker/index.ts'
import { sharedMemory } from '../src/checker/engine/team.ts'
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

/** What each thread says of each model. */
const together = (
  size: number,
  work: Pick<TeamWork, 'seed' | 'drawn' | 'reduce'>,
  memory = () => sharedMemory(size, 2 ** 22, 2 ** 22)
): Promise<Answer[][]> => {
  const memories = Array.from({ length: runs }, memory)
  return Promise.all(
    Array.from(
      { length: size },
      (_, rank) =>
        new Promise<Answer[]>((resolve, reject) => {
          const answers: Answer[] = []
          const workerData: TeamWork = { rank, size, memories, ...work }
          const thread = new Worker(worker, { workerData })
          thread.on('message', (answer: Answer) => answers.push(answer))
          thread.on('error', reject)
          thread.on('exit', () => resolve(answers))
        })
    )
  )
}

/** What does not depend on who did the work. */
const essence = (answer: Answer | undefined): unknown =>
  answer === undefined || either.isLeft(answer)
    ? answer?.left.code
    : { ...answer.right, seconds: 0, reducerCalls: 0, evaluations: {}, bytesPerState: 0, peakBytes: 0 }

describe('threads agree with one', () => {
  test.each([
    { size: 2, drawn: 'whole', reduce: [] },
    { size: 3, drawn: 'judged', reduce: [] },
    { size: 2, drawn: 'judged', reduce: ['dead-messages'] },
    { size: 2, drawn: 'judged', reduce: ['dead-messages', 'alike-messages', 'idle-partitions'] },
    { size: 2, drawn: 'symmetric', reduce: ['dead-messages', 'symmetry'] },
    { size: 3, drawn: 'symmetric', reduce: ['dead-messages', 'alike-messages', 'idle-partitions', 'symmetry'] }
  ] as const)('$size threads on $drawn models with $reduce', async ({ size, drawn, reduce }) => {
    const seed = fc.readConfigureGlobal().seed ?? Date.now()
    const heard = await together(size, { seed, drawn, reduce })
    const models = drawnModels(drawn, seed, runs)
    let compared = 0
    for (const [index, model] of models.entries()) {
      const alone = await check(model, { reduce, maxStates: 20_000 })
      if (either.isRight(alone) && alone.right.verdict === 'incomplete') continue
      compared++
      expect([index, essence(heard[0]?.[index])]).toEqual([index, essence(alone)])
    }
    expect(compared).toBeGreaterThan(runs / 2)
  })
})

describe('threads that have no room', () => {
  const seed = fc.readConfigureGlobal().seed ?? Date.now()
  const limitsOf = (answers: ReadonlyArray<Answer> | undefined): ReadonlyArray<string> =>
    (answers ?? []).flatMap((answer) => (either.isRight(answer) ? [answer.right.limit ?? ''] : []))

  test.each([
    ['the table of states', () => sharedMemory(2, 2 ** 15, 2 ** 22)],
    ['their keys', () => ({ ...sharedMemory(2, 2 ** 20, 2 ** 22), keys: new SharedArrayBuffer(2 ** 15) })]
  ])('for %s end alike, say so, and never hang', async (_what, memory) => {
    const heard = await together(2, { seed, drawn: 'whole', reduce: [] }, memory)
    const full = limitsOf(heard[0]).filter((limit) => limit.startsWith('the memory set apart for states'))
    expect(full.length).toBeGreaterThan(0)
    for (const limit of full)
      expect(limit).toMatch(/ \(states found: \d+, waiting: \d+\); the level at hand takes at least \d+ MiB$/)
    expect(limitsOf(heard[1]).map((limit) => limit.startsWith('the memory'))).toEqual(
      limitsOf(heard[0]).map((limit) => limit.startsWith('the memory'))
    )
    // What was not too large is as it was.
    const models = drawnModels('whole', seed, runs)
    for (const [index, answer] of (heard[0] ?? []).entries())
      if (either.isRight(answer) && answer.right.limit === null)
        expect([index, essence(answer)]).toEqual([index, essence(await check(models[index]!, { reduce: [] }))])
  })

  test('for the values that they share, neither', async () => {
    const heard = await together(2, { seed, drawn: 'whole', reduce: [] }, () => sharedMemory(2, 2 ** 22, 2 ** 11))
    expect(limitsOf(heard[0])).toContain('the memory set apart for the values that threads share')
    expect(limitsOf(heard[1])).toEqual(limitsOf(heard[0]))
  })
})
