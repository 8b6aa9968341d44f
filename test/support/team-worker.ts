/** A thread of a team: checks random models, drawn from a seed, together with the others. Bundled and run by threads.test.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { check, type Reduction } from '../../src/checker/index.ts'
import { Team, type SharedMemory } from '../../src/checker/engine/team.ts'
import { drawnModels, type Drawn } from './drawn-models.ts'

export interface TeamWork {
  readonly rank: number
  readonly size: number
  /** One for each model. */
  readonly memories: ReadonlyArray<SharedMemory>
  readonly seed: number
  readonly drawn: Drawn
  readonly reduce: ReadonlyArray<Reduction>
}

const { rank, size, memories, seed, drawn, reduce } = workerData as TeamWork
for (const [index, model] of drawnModels(drawn, seed, memories.length).entries()) {
  const team = new Team(rank, size, memories[index]!)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this is a port between threads
  parentPort?.postMessage(await check(model, { reduce, team, maxStates: 20_000, maxBytes: 2 ** 36 }))
}
