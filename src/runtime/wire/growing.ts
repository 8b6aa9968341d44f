/**
 * Bytes that are gathered until there are enough of them. Memory doubles as they come, so it is never more than twice what was
 * received, and a byte is copied a constant number of times however small the pieces are.
 */
import { Buffer } from 'node:buffer'

export interface Growing {
  readonly append: (chunk: Uint8Array) => void
  /** All of them, as a view: good until the next change. */
  readonly bytes: () => Buffer
  readonly length: () => number
  /** Forgets the first `count`. */
  readonly drop: (count: number) => void
  readonly clear: () => void
  /** How much memory is held. */
  readonly capacity: () => number
}

/** Memory beyond this is given back when nothing is in it, since a connection may be idle for days. */
const keptBytes = 65_536

const empty = Buffer.alloc(0)

export const growing = (): Growing => {
  let held = empty
  let used = 0
  const clear = (): void => {
    used = 0
    if (held.length > keptBytes) held = empty
  }
  return {
    append: (chunk) => {
      const needed = used + chunk.length
      if (needed > held.length) {
        const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * used))
        held.copy(grown, 0, 0, used)
        held = grown
      }
      held.set(chunk, used)
      used = needed
    },
    bytes: () => held.subarray(0, used),
    length: () => used,
    drop: (count) => {
      if (count === used) return clear()
      held.copyWithin(0, count, used)
      used -= count
    },
    clear,
    capacity: () => held.length
  }
}
