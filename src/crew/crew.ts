/**
 * Checks loaded models in threads of their own. A model begins in one; threads that have nothing else to do help with one that turns out large. The
 * thread that waits runs nothing of the user's, so a reducer that never returns, or a thread that runs out of memory, ends with a message.
 */
import type { Writable } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { either } from 'fp-ts'
import type { Progress, Report } from '../checker/report.ts'
import type { SharedMemory } from '../checker/team.ts'
import type { LoadedModel } from '../load/load.ts'
import { problem, type Problem } from '../model/problem.ts'
import type { Ending, FromWorker, Job, JobOptions, ToWorker } from './jobs.ts'
import { Watched, watchMemory } from './watch.ts'

/** Milliseconds that one call of a user's function may take. */
const deadline = 5000

/** Milliseconds between two looks at what runs. */
const look = 250

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

/** What became of a hand's job. */
type Outcome = Ending | { readonly type: 'died'; readonly found: Problem }

/** A model that is being checked. */
interface Run {
  readonly loaded: LoadedModel
  readonly options: CheckedBy
  /** The places of the threads that take part, and what becomes of those who help. */
  readonly places: number[]
  readonly helping: Promise<Outcome>[]
  /** Since when it asks for help: what it shares with those who come. */
  memory: SharedMemory | null
  /** Ends it in a way that its first thread does not know of. */
  fail: (outcome: Outcome) => void
}

const tell = (worker: Worker, told: ToWorker): void => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
  worker.postMessage(told)
}

const seconds = (milliseconds: number): string => `${milliseconds / 1000} s`

export class Crew {
  readonly #workers: number
  readonly #prints: Writable
  readonly #hands: (Hand | undefined)[] = []
  /** By place: when all who helped there are at it no more. */
  readonly #leaving: Promise<unknown>[] = []
  /** Runs that ask for help. */
  readonly #asking = new Set<Run>()
  /** Told when there is one more, or when there will be no more. */
  #idle: (() => void)[] = []
  #isDone = false

  constructor({ workers, prints }: CrewOptions) {
    this.#workers = workers
    this.#prints = prints
  }

  /**
   * Checks models, several at a time, each in a thread of its own; large ones are helped by threads that have nothing else to do.
   *
   * @param onResult called once for each model, as soon as its result is known
   * @returns when all are checked, or those that were begun when `signal` came
   */
  async checkAll(
    models: ReadonlyArray<LoadedModel>,
    optionsFor: (index: number) => CheckedBy,
    onResult: (index: number, result: Result) => void
  ): Promise<void> {
    const waiting = [...models.keys()]
    const workThrough = async (place: number): Promise<void> => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
        const options = optionsFor(index)
        if (options.signal?.aborted === true) return
        onResult(index, await this.#check(place, models[index]!, options))
      }
      void this.#help(place)
    }
    this.#isDone = false
    try {
      await Promise.all(Array.from({ length: this.#workers }, (_, place) => workThrough(place)))
    } finally {
      this.#isDone = true
      this.#wake()
    }
  }

  async #check(place: number, loaded: LoadedModel, options: CheckedBy): Promise<Result> {
    // What a thread shares is the same for one model after the other.
    await this.#leaving[place]
    const run: Run = { loaded, options, places: [place], helping: [], memory: null, fail: () => null }
    const failed = new Promise<Outcome>((resolve) => (run.fail = resolve))
    const outcome = await Promise.race([this.#work(place, run, null), failed])
    this.#leaving[place] = Promise.all(run.helping)
    return this.#resultOf(run, outcome)
  }

  #resultOf(run: Run, outcome: Outcome): Result {
    this.#asking.delete(run)
    if (outcome.type === 'done') return outcome.result
    // Something went wrong in a thread: none of them can be trusted to come back.
    this.#dismiss(run.places)
    if (outcome.type === 'died') return either.left(outcome.found)
    throw new Error(outcome.type === 'bug' ? outcome.stack : 'the first thread cannot be late')
  }

  /** Helps whoever asks, until nobody will. */
  async #help(place: number): Promise<void> {
    while (!this.#isDone) {
      const run = [...this.#asking].find(({ places }) => !places.includes(place))
      if (run === undefined) {
        await new Promise<void>((resume) => this.#idle.push(resume))
        continue
      }
      run.places.push(place)
      const helped = this.#work(place, run, run.memory)
      run.helping.push(helped)
      const outcome = await helped
      if (outcome.type === 'died' || outcome.type === 'bug') run.fail(outcome)
    }
  }

  #wake(): void {
    const idle = this.#idle
    this.#idle = []
    idle.forEach((resume) => resume())
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

  /** One thread's part in a run: from the beginning, or what it joins. */
  #work(place: number, run: Run, joining: SharedMemory | null): Promise<Outcome> {
    const { worker, watch } = this.#hand(place)
    const { loaded } = run
    const { signal, onProgress, ...options } = run.options
    return new Promise<Outcome>((resolve) => {
      const listening: (() => void)[] = []
      const listen = (event: string, hear: (said: never) => void): void => {
        const heard = hear as (said: unknown) => void
        worker.on(event as 'message', heard)
        listening.push(() => worker.off(event as 'message', heard))
      }
      const abort = () => tell(worker, { type: 'abort' })
      const settle = (outcome: Outcome): void => {
        clearInterval(watching)
        signal?.removeEventListener('abort', abort)
        listening.forEach((stop) => stop())
        resolve(outcome)
      }
      const where = [`model ${loaded.model.name}`]
      const die = (code: 'Q212' | 'Q213', what: string, at: ReadonlyArray<string> = where): void =>
        settle({ type: 'died', found: problem(code, what, at) })
      const watching = setInterval(() => {
        const what = new Watched(watch).overdue(deadline)
        if (what !== null) die('Q212', `a call has not returned for ${seconds(deadline)}`, [...where, what])
      }, look)
      listen('message', (said: FromWorker) => {
        if (said.type === 'progress') onProgress?.(said.progress)
        else if (said.type === 'asks') this.#ask(run, said.memory)
        else settle(said)
      })
      listen('error', (error: Error & { readonly code?: string }) =>
        die(
          'Q213',
          error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'a thread ran out of memory' : `a thread died: ${error.message}`
        )
      )
      listen('exit', (status: number) => die('Q213', `a thread ended with status ${status}`))
      const { source } = loaded
      const job: Job = { source, model: loaded.model.name, options, threads: this.#workers, joining, watch }
      tell(worker, { type: 'check', job })
      if (joining !== null) return
      signal?.addEventListener('abort', abort)
      if (signal?.aborted === true) abort()
    })
  }

  #ask(run: Run, memory: SharedMemory): void {
    run.memory = memory
    this.#asking.add(run)
    this.#wake()
  }

  /** Ends threads that may hang, without waiting for their end. */
  #dismiss(places: ReadonlyArray<number>): void {
    for (const place of places) {
      void this.#hands[place]?.worker.terminate()
      this.#hands[place] = undefined
    }
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    await Promise.all(this.#hands.flatMap((hand) => (hand === undefined ? [] : [hand.worker.terminate()])))
  }
}
