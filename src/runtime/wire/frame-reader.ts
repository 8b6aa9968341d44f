/**
 * Bytes to frames, however the bytes were cut on their way. What is held never exceeds twice what has come in, whatever
 * length a frame announces: an announcement costs the one who makes it as many bytes as it costs us.
 */
import { crc32 } from 'node:zlib'
import { frameHeaderBytes, frameTypes, magic, type FrameType } from './frame.ts'
import { growing } from './growing.ts'
import { refused, type Refused } from './refused.ts'

/**
 * Takes a frame; answers why nothing more is to be read, or null. The payload is a view of the reader's own memory and
 * good only until this returns.
 */
export type OnFrame = (type: FrameType, payload: Buffer) => Refused | null

export interface FrameReader {
  /** Takes the next bytes. Once it has answered why it stops, it takes no more. */
  readonly push: (chunk: Buffer) => Refused | null
  /** The longest payload from now on. */
  readonly allow: (maxFrameBytes: number) => void
  /** How much memory is held for a frame that has not come whole. */
  readonly heldBytes: () => number
}

const known: ReadonlySet<number> = new Set(Object.values(frameTypes))

/** @param maxFrameBytes the longest payload; {@link FrameReader.allow} changes it, as when the handshake is over */
export const frameReader = (maxFrameBytes: number, onFrame: OnFrame): FrameReader => {
  let most = maxFrameBytes
  let greeted = false
  let stopped: Refused | null = null
  const held = growing()

  const frameAt = (input: Buffer, at: number, end: number): number | Refused => {
    if (end - at < frameHeaderBytes) return 0
    const length = input.readUInt32BE(at + 4)
    // Before a byte of it is waited for.
    if (length > most) return refused('oversized', `a frame of ${length} bytes came, where ${most} are allowed`)
    const type = input[at + 8] ?? 0
    if (!known.has(type)) return refused('frame-type', `a frame of type ${type} came`)
    const size = frameHeaderBytes + length
    if (end - at < size) return 0
    if (crc32(input.subarray(at + 4, at + size)) !== input.readUInt32BE(at))
      return refused('checksum', `a frame of ${length} bytes does not have the checksum it says`)
    return onFrame(type as FrameType, input.subarray(at + frameHeaderBytes, at + size)) ?? size
  }

  /** How many bytes of the input were whole frames, or why there will be no more. */
  const framesIn = (input: Buffer, end: number): number | Refused => {
    let at = 0
    if (!greeted) {
      const begun = Math.min(end, magic.length)
      if (input.compare(magic, 0, begun, 0, begun) !== 0)
        return refused('magic', 'a connection does not begin as those of a quorate node do')
      if (begun < magic.length) return 0
      greeted = true
      at = magic.length
    }
    for (;;) {
      const taken = frameAt(input, at, end)
      if (typeof taken !== 'number') return taken
      if (taken === 0) return at
      at += taken
    }
  }

  const push = (chunk: Buffer): Refused | null => {
    if (stopped !== null) return stopped
    // A frame that came whole is read where it lies; only what is left of a chunk is copied.
    const direct = held.length() === 0
    if (!direct) held.append(chunk)
    const input = direct ? chunk : held.bytes()
    const taken = framesIn(input, input.length)
    if (typeof taken !== 'number') {
      stopped = taken
      held.clear()
      return taken
    }
    if (!direct) held.drop(taken)
    else if (taken < chunk.length) held.append(chunk.subarray(taken))
    return null
  }

  return {
    push,
    allow: (bytes) => {
      most = bytes
    },
    heldBytes: held.capacity
  }
}
