/**
 * What waits for a peer: bounded in messages and in bytes, so that a peer which does not read costs a known amount. What is stale
 * goes first. A message may say what it replaces, as a heartbeat does the heartbeat before it; where there is no room, those that may
 * be replaced are dropped before others, and older ones before newer.
 */

export interface Entry {
  /** The message as one frame, however long it is. */
  readonly frame: Buffer
  /** The version that it is in. */
  readonly version: number
  /** A later message with the same key takes the place of this one. Null where the message must not be dropped first. */
  readonly replaceable: string | null
}

/** `replaced` by a newer one of its key; `overflow` where there was no room. */
export type Dropped = 'replaced' | 'overflow'

export interface Queue {
  readonly push: (entry: Entry) => void
  /** The oldest; undefined where nothing waits. */
  readonly take: () => Entry | undefined
  /** Drops all, and answers how many. */
  readonly clear: () => number
  readonly length: () => number
  readonly bytes: () => number
}

export const boundedQueue = (
  most: { readonly messages: number; readonly bytes: number },
  onDropped: (why: Dropped) => void
): Queue => {
  // A Map keeps the order of insertion and deletes anywhere: by turn, all that waits; by key, the turns of what may be replaced.
  const waiting = new Map<number, Entry>()
  const replaceable = new Map<string, number>()
  let turn = 0
  let bytes = 0

  const remove = (at: number, entry: Entry): void => {
    waiting.delete(at)
    bytes -= entry.frame.length
    if (entry.replaceable !== null) replaceable.delete(entry.replaceable)
  }
  const oldest = (): number | undefined => {
    for (const at of replaceable.values()) return at
    for (const at of waiting.keys()) return at
    return undefined
  }
  const drop = (at: number | undefined, why: Dropped): void => {
    const entry = at === undefined ? undefined : waiting.get(at)
    if (at === undefined || entry === undefined) return
    remove(at, entry)
    onDropped(why)
  }

  return {
    push: (entry) => {
      if (entry.replaceable !== null) drop(replaceable.get(entry.replaceable), 'replaced')
      while (waiting.size > 0 && (waiting.size >= most.messages || bytes + entry.frame.length > most.bytes))
        drop(oldest(), 'overflow')
      turn += 1
      waiting.set(turn, entry)
      bytes += entry.frame.length
      if (entry.replaceable !== null) replaceable.set(entry.replaceable, turn)
    },
    take: () => {
      for (const [at, entry] of waiting) {
        remove(at, entry)
        return entry
      }
      return undefined
    },
    clear: () => {
      const dropped = waiting.size
      waiting.clear()
      replaceable.clear()
      bytes = 0
      return dropped
    },
    length: () => waiting.size,
    bytes: () => bytes
  }
}
