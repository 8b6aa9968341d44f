/** What may end a run before it is complete, looked at a few times a second. */
import { memoryUsage } from 'node:process'
import { getHeapStatistics } from 'node:v8'
import type { CheckOptions, Progress } from './report.ts'

const clock = performance
const { max, min } = Math

/** Of the JavaScript heap: beyond this, a search would soon die without a word. */
const heapShare = 0.9

/** Milliseconds between two looks. */
const look = 100

/** What a run had stored when its memory was full. */
export interface Stored {
  readonly states: number
  /** Of these, how many were not expanded. */
  readonly waiting: number
  /** By level: the index of its first state; one entry more than complete levels, the end of the last. */
  readonly levels: ReadonlyArray<number>
  /** Of the tables. */
  readonly bytesPerState: number
}

/**
 * States that the level at hand will still lead to, if it goes on as the levels before did: their sizes grow by a factor that commonly falls from
 * level to level. What comes after that level is left out, so this is the least.
 */
const stillToCome = ({ states, levels }: Stored): number => {
  const sizeOf = (back: number): number => (levels.at(back) ?? 0) - (levels.at(back - 1) ?? 0)
  const growth = sizeOf(-1) / max(1, sizeOf(-2))
  const before = sizeOf(-2) / max(1, sizeOf(-3))
  const next = sizeOf(-1) * growth * min(1, growth / max(before, Number.EPSILON))
  return max(0, Math.round(next) - (states - (levels.at(-1) ?? 0)))
}

const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`

export class Limits {
  readonly #options: CheckOptions
  #peakBytes = 0
  #isOutOfMemory = false
  #soon = 0
  readonly #started = clock.now()
  #looked = clock.now()
  #ended: string | null = null

  constructor(options: CheckOptions) {
    this.#options = options
  }

  get seconds(): number {
    return (clock.now() - this.#started) / 1000
  }

  /** Whether it is time to look again, and to let others run. */
  isDue(): boolean {
    return clock.now() - this.#looked >= look
  }

  /** Why the run must end now, or null. Memory counts as of the last look. */
  reached(states: number): string | null {
    const { maxStates } = this.#options
    return maxStates !== undefined && states >= maxStates ? `the limit of ${maxStates} states` : this.#ended
  }

  #endOf(rss: number, heapUsed: number): string | null {
    const { maxBytes, signal } = this.#options
    if (signal?.aborted === true) return 'interrupted'
    this.#isOutOfMemory = maxBytes !== undefined && rss + this.#soon >= maxBytes
    if (this.#isOutOfMemory) return `the limit of ${maxBytes} bytes of memory`
    const { heap_size_limit: heapLimit } = getHeapStatistics()
    return heapUsed > heapShare * heapLimit ? `the JavaScript heap of ${heapLimit} bytes` : null
  }

  /** The most that the process has held, as far as was looked. */
  get peakBytes(): number {
    return (this.#peakBytes = max(this.#peakBytes, memoryUsage.rss()))
  }

  /**
   * The least that a run which had to end for want of memory would have held, in bytes; null where something else ended it.
   *
   * @param isFull whether the memory set apart for states was full
   */
  needed(stored: Stored, isFull: boolean): number | null {
    const { maxBytes } = this.#options
    const more = stillToCome(stored)
    if (isFull) return maxBytes === undefined ? null : Math.ceil((maxBytes * (stored.states + more)) / stored.states)
    return this.#isOutOfMemory ? this.peakBytes + max(this.#soon, Math.ceil(more * stored.bytesPerState)) : null
  }

  /**
   * Tells the caller how far the search is, and lets the event loop turn.
   *
   * @param soon bytes that are about to be taken, all at once
   */
  async look(progress: Omit<Progress, 'seconds' | 'bytes'>, soon = 0): Promise<void> {
    this.#soon = soon
    const { rss, heapUsed } = memoryUsage()
    this.#peakBytes = max(this.#peakBytes, rss)
    this.#options.onProgress?.({ ...progress, seconds: this.seconds, bytes: rss })
    await new Promise((resume) => setImmediate(resume))
    this.#ended = this.#endOf(rss, heapUsed)
    this.#looked = clock.now()
  }
}

/** The words that a limit of memory adds. */
export const sayNeeded = ({ states, waiting }: Stored, needed: number): string =>
  ` (states found: ${states}, waiting: ${waiting}); the level at hand takes at least ${mebibytes(needed)}`
