/** Bytes that have come and are not read yet: whatever the pieces they came in, they are copied at most once. */
import { Buffer } from 'node:buffer'

const lineFeed = 10
const carriageReturn = 13

export interface Bytes {
  readonly push: (chunk: Buffer) => void
  /** How many wait. */
  readonly length: () => number
  /** The next line without its end, as one character per byte; null while it has not come whole. Ends in CR LF, or in LF alone. */
  readonly line: () => string | null
  /** So many bytes and the CR LF behind them; null while they have not come. `undefined` where there is no CR LF. */
  readonly block: (length: number) => string | null | undefined
}

export const bytes = (): Bytes => {
  let head: Buffer = Buffer.alloc(0)
  let at = 0
  /** Pieces behind `head` which are not needed yet. */
  let behind: Buffer[] = []
  let waiting = 0
  /** Up to here `head` is known to have no line feed. */
  let searched = 0

  const join = (): void => {
    if (behind.length === 0) return
    head =
      at === head.length && behind.length === 1 ? (behind[0] as Buffer) : Buffer.concat([head.subarray(at), ...behind])
    searched = Math.max(0, searched - at)
    at = 0
    behind = []
  }

  const taken = (upTo: number): void => {
    waiting -= upTo - at
    at = upTo
    searched = upTo
  }

  return {
    push: (chunk) => {
      behind.push(chunk)
      waiting += chunk.length
    },
    length: () => waiting,
    line: () => {
      join()
      const end = head.indexOf(lineFeed, Math.max(at, searched))
      if (end === -1) {
        searched = head.length
        return null
      }
      const text = head.toString('latin1', at, end > at && head[end - 1] === carriageReturn ? end - 1 : end)
      taken(end + 1)
      return text
    },
    block: (length) => {
      if (waiting < length + 2) return null
      join()
      const end = at + length
      if (head[end] !== carriageReturn || head[end + 1] !== lineFeed) return undefined
      const text = head.toString('latin1', at, end)
      taken(end + 2)
      return text
    }
  }
}
