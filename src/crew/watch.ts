/**
 * Who watches the reducers: a worker writes what it is about to run, and when; the thread that waits for it reads that, and can tell a
 * reducer that never returns from one that is slow.
 */

const { load, store } = Atomics

const cells = 2
const textBytes = 2000

export const watchMemory = (): SharedArrayBuffer => new SharedArrayBuffer(cells * 4 + textBytes)

/** Milliseconds, alike in all threads of a process. */
const now = (): number => Math.floor(performance.timeOrigin + performance.now()) % 2 ** 30

export class Watched {
  readonly #cells: Int32Array
  readonly #text: Buffer

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Int32Array(memory, 0, cells)
    this.#text = Buffer.from(memory, cells * 4)
  }

  /** Something of the user's begins to run. */
  begin(what: string): void {
    store(this.#cells, 1, this.#text.write(what))
    store(this.#cells, 0, now() + 1)
  }

  end(): void {
    store(this.#cells, 0, 0)
  }

  /** What has been running for longer than `most` milliseconds; null for nothing. */
  overdue(most: number): string | null {
    const since = load(this.#cells, 0)
    if (since === 0 || now() + 1 - since <= most) return null
    return this.#text.toString('utf8', 0, load(this.#cells, 1))
  }
}
