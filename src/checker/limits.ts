/** What may end a run before it is complete, looked at a few times a second. */
import { memoryUsage } from 'node:process'
import { getHeapStatistics } from 'node:v8'
import type { CheckOptions, Progress } from './report.ts'

const clock = performance

/** Of the JavaScript heap: beyond this, a search would soon die without a word. */
const heapShare = 0.9

/** Milliseconds between two looks. */
const look = 100

export class Limits {
  readonly #options: CheckOptions
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
    if (maxBytes !== undefined && rss >= maxBytes) return `the limit of ${maxBytes} bytes of memory`
    const { heap_size_limit: heapLimit } = getHeapStatistics()
    return heapUsed > heapShare * heapLimit ? `the JavaScript heap of ${heapLimit} bytes` : null
  }

  /** Tells the caller how far the search is, and lets the event loop turn. */
  async look(progress: Omit<Progress, 'seconds' | 'bytes'>): Promise<void> {
    const { rss, heapUsed } = memoryUsage()
    this.#options.onProgress?.({ ...progress, seconds: this.seconds, bytes: rss })
    await new Promise((resume) => setImmediate(resume))
    this.#ended = this.#endOf(rss, heapUsed)
    this.#looked = clock.now()
  }
}
