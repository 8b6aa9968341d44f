/**
 * Checks loaded models in threads of their own. A model begins in one; one that turns out large is begun again by all. The thread that
 * waits runs nothing of the user's, so a reducer that never returns, or a thread that runs out of memory, ends with a message.
 */
import type { Writable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { either } from 'fp-ts'
import { worthMore } from '../checker/limits.ts'
import type { Progress, Report } from '../checker/report.ts'
import { clear, sharedMemory, type SharedMemory } from '../checker/team.ts'
import type { LoadedModel } from '../load/load.ts'
import { problem, type Problem } from '../model/problem.ts'
import type { FromWorker, Job, JobOptions, ToWorker } from './jobs.ts'
import { Watched, watchMemory } from './watch.ts'

/** States from which on it can be told whether a model that is checked by itself is worth all threads. */
const largeAlone = 50_000

/** States from which on the other threads get ready for that. */
const maybeLarge = 25_000

/** The same where there are other models, which the other threads can check meanwhile. */
const largeAmongOthers = 1_000_000

/** Milliseconds that one call of a user's function may take. */
const deadline = 5000

/** Milliseconds between two looks at what runs. */
const look = 250

/** Of the bytes that a check may hold, those set apart for the keys of states. */
const keyShare = 0.6

/** Virtual memory to ask for where nobody says how much a check may hold. */
const customaryBytes = 2 ** 33

export interface CrewOptions {
  /** How many threads, >= 1. */
  readonly workers: number
  /** Where what the models print goes. */
  readonly prints: Writable
}

export interface CheckedBy extends JobOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

type Result = either.Either<Problem, Report>

interface Hand {
  readonly worker: Worker
  readonly watch: SharedArrayBuffer
}

const { min } = Math

/** As much of the wanted memory as the system lets us ask for. */
const memoryFor = (threads: number, maxBytes: number): SharedMemory => {
  for (let bytes = Math.floor(maxBytes * keyShare); ; bytes = Math.floor(bytes / 2))
    try {
      return sharedMemory(threads, bytes)
    } catch (error) {
      if (!(error instanceof RangeError) || bytes < 2 ** 24) throw error
    }
}

const tell = (worker: Worker, told: ToWorker): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  worker.postMessage(told)
}

const seconds = (milliseconds: number): string => `${milliseconds / 1000} s`

/** Whether a check ended because the model is worth all threads. */
const isUnfinished = (result: Result): boolean => either.isRight(result) && result.right.limit === worthMore

export class Crew {
  readonly #workers: number
  readonly #prints: Writable
  readonly #hands: (Hand | undefined)[] = []
  #memory: SharedMemory | null = null

  constructor({ workers, prints }: CrewOptions) {
    this.#workers = workers
    this.#prints = prints
  }

  /**
   * Checks models, several at a time, each in a thread of its own; those that turn out large are begun again by all threads, one after the
   * other.
   *
   * @param onResult called once for each model, as soon as its result is known
   * @returns when all are checked, or those that were begun when `signal` came
   */
  async checkAll(
    models: ReadonlyArray<LoadedModel>,
    optionsFor: (index: number) => CheckedBy,
    onResult: (index: number, result: Result) => void
  ): Promise<void> {
    const large = this.#workers === 1 ? Infinity : models.length === 1 ? largeAlone : largeAmongOthers
    const waiting = [...models.keys()]
    const again: number[] = []
    const workThrough = async (rank: number): Promise<void> => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
        const options = optionsFor(index)
        const isEnded = () => options.signal?.aborted === true
        if (isEnded()) return
        const onProgress = (progress: Progress): void => {
          options.onProgress?.(progress)
          if (models.length === 1 && progress.states >= maybeLarge) this.#prepare(models[index]!)
        }
        const first = { ...options, givesWayAt: large, onProgress }
        const result = await this.#run(models[index]!, first, [rank], null)
        if (isUnfinished(result) && !isEnded()) again.push(index)
        else onResult(index, result)
      }
    }
    await Promise.all(Array.from({ length: min(this.#workers, models.length) }, (_, rank) => workThrough(rank)))
    const everyone = Array.from({ length: this.#workers }, (_, rank) => rank)
    for (const index of again.toSorted((one, other) => one - other)) {
      const options = optionsFor(index)
      if (options.signal?.aborted === true) return
      onResult(index, await this.#run(models[index]!, options, everyone, this.#memoryOf(options)))
    }
  }

  /** Starts the threads that are not there yet, and lets them load a model: while one is at work, the others are ready soon. */
  #prepare({ source, model: { name } }: LoadedModel): void {
    for (let place = 0; place < this.#workers; place++)
      if (this.#alive(place) === null) tell(this.#hand(place).worker, { type: 'prepare', source, model: name })
  }

  /** What the threads share: the same for one model after the other, since memory is given back late if at all. */
  #memoryOf({ maxBytes = customaryBytes }: CheckedBy): SharedMemory {
    this.#memory ??= memoryFor(this.#workers, maxBytes)
    clear(this.#memory)
    return this.#memory
  }

  #alive(place: number): Hand | null {
    const hand = this.#hands[place]
    return hand !== undefined && hand.worker.threadId >= 0 ? hand : null
  }

  /** A thread by its place, alive. */
  #hand(place: number): Hand {
    const hand = this.#alive(place)
    if (hand !== null) return hand
    const worker = new Worker(new URL('worker.js', import.meta.url), { stdout: true })
    worker.stdout.pipe(this.#prints, { end: false })
    // One that dies before it has a job is replaced when it gets one.
    worker.on('error', () => null)
    return (this.#hands[place] = { worker, watch: watchMemory() })
  }

  #run(
    loaded: LoadedModel,
    { signal, onProgress, ...options }: CheckedBy,
    places: ReadonlyArray<number>,
    memory: SharedMemory | null
  ): Promise<Result> {
    const hands = places.map((place) => this.#hand(place))
    const size = hands.length
    return new Promise<Result>((resolve, reject) => {
      const results: Result[] = []
      const listening: (() => void)[] = []
      const listen = (worker: Worker, event: string, hear: (said: never) => void): void => {
        const heard = hear as (said: unknown) => void
        worker.on(event as 'message', heard)
        listening.push(() => worker.off(event as 'message', heard))
      }
      const abort = () => tell(hands[0]!.worker, { type: 'abort' })
      const settle = (end: () => void): void => {
        clearInterval(watching)
        signal?.removeEventListener('abort', abort)
        listening.forEach((stop) => stop())
        end()
      }
      /** Something went wrong in a thread: none of them can be trusted to come back. */
      const fail = (found: Problem): void =>
        settle(() => {
          this.#dismiss(places)
          resolve(either.left(found))
        })
      const place = [`model ${loaded.model.name}`]
      const watching = setInterval(() => {
        for (const { watch } of hands) {
          const what = new Watched(watch).overdue(deadline)
          if (what === null) continue
          fail(problem('Q212', `a call has not returned for ${seconds(deadline)}`, [...place, what]))
          return
        }
      }, look)
      hands.forEach(({ worker, watch }, rank) => {
        const job: Job = {
          source: loaded.source,
          model: loaded.model.name,
          options,
          team: memory === null ? null : { rank, size, memory },
          watch
        }
        listen(worker, 'message', (said: FromWorker) => {
          if (said.type === 'progress') onProgress?.(said.progress)
          else if (said.type === 'bug')
            settle(() => {
              this.#dismiss(places)
              reject(new Error(said.stack))
            })
          else {
            results[rank] = said.result
            if (results.filter(Boolean).length === size) settle(() => resolve(results[0]!))
          }
        })
        listen(worker, 'error', (error: Error & { readonly code?: string }) =>
          fail(
            error.code === 'ERR_WORKER_OUT_OF_MEMORY'
              ? problem('Q213', 'a thread ran out of memory', place)
              : problem('Q213', `a thread died: ${error.message}`, place)
          )
        )
        listen(worker, 'exit', (status: number) => fail(problem('Q213', `a thread ended with status ${status}`, place)))
        tell(worker, { type: 'check', job })
      })
      signal?.addEventListener('abort', abort)
      if (signal?.aborted === true) abort()
    })
  }

  /** Ends threads that may hang, without waiting for their end. */
  #dismiss(places: ReadonlyArray<number>): void {
    for (const place of places) {
      void this.#hands[place]?.worker.terminate()
      this.#hands[place] = undefined
    }
    // They may still be writing.
    this.#memory = null
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    await Promise.all(this.#hands.flatMap((hand) => (hand === undefined ? [] : [hand.worker.terminate()])))
  }
}
