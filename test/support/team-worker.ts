/** A thread of a team: checks random models, drawn from a seed, together with the others. Bundled and run by threads.test.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { check, type CheckOptions, type Reduction } from '../../src/checker/index.ts'
import { Team, TooLate, type SharedMemory } from '../../src/checker/engine/team.ts'
import { drawnModels, type Drawn } from './drawn-models.ts'

const { load, notify, store, wait } = Atomics

export interface TeamWork {
  readonly rank: number
  readonly size: number
  /** One for each model. */
  readonly memories: ReadonlyArray<SharedMemory>
  /** By model: 1 once the first thread has asked for help, 2 where it is done without. */
  readonly asked: SharedArrayBuffer
  readonly seed: number
  readonly drawn: Drawn
  readonly reduce: ReadonlyArray<Reduction>
}

const { rank, size, memories, asked, seed, drawn, reduce } = workerData as TeamWork
const cells = new Int32Array(asked)

const tell = (index: number, what: number): void => {
  store(cells, index, what)
  notify(cells, index)
}

/** The first thread: it asks at some level, and others come now or later. */
const asking = (index: number): Team => {
  const memory = memories[index]!
  const team = new Team({
    isWorthIt: (levels) => levels.length > index % 7,
    memory: () => memory,
    ask: () => {
      tell(index, 1)
      // Of some models only the first to come is waited for, so the others come later.
      const least = index % 2 === 0 ? size : 2
      while (team.withComers < least) wait(cells, index, 1, 1)
    }
  })
  return team
}

for (const [index, model] of drawnModels(drawn, seed, memories.length).entries()) {
  if (rank > 0) wait(cells, index, 0)
  // The third thread mostly comes when the other two are at work.
  if (rank > 1 && index % 2 === 1) wait(cells, index, 1, index % 20)
  const isLate = rank > 0 && load(cells, index) === 2
  const team = rank === 0 ? asking(index) : Team.joining(memories[index]!)
  const options: CheckOptions = { reduce, team, maxStates: 20_000, maxBytes: 2 ** 36 }
  const answer = isLate
    ? null
    : await check(model, options).catch((error: unknown) => (error instanceof TooLate ? null : Promise.reject(error)))
  if (rank === 0) tell(index, 2)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this is a port between threads
  parentPort?.postMessage({ answer, size: team.size })
}
