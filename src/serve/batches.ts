/**
 * Gathers what comes together: the commands of all connections that are read in one round of the event loop, and all that
 * come while enough batches are under way, travel as one entry, or as one read.
 */
import { either } from 'fp-ts'
import { gathering } from './gathering.ts'
import { failed, type Outcome } from './outcome.ts'
import { encodeReply, type Reply } from './resp/reply.ts'
import { noRoom, type Item } from './store/store.ts'

/** Commands that are answered together. */
export interface Flight {
  readonly items: ReadonlyArray<Item>
  readonly bytes: number
  /** Not to be sent on to another node. */
  readonly here: boolean
  /** Until then it is tried, on the clock of `performance.now`. */
  readonly latest: number
  readonly settle: (outcome: Outcome) => void
}

export interface BatchOptions {
  /** How many batches may be under way. */
  readonly underWay: number
  /** The most items in a batch, unless one flight alone has more. */
  readonly items: number
  /** The same in bytes. */
  readonly bytes: number
  /** Whether it does no harm to ask again what may have happened. */
  readonly isRepeatable: boolean
  /** The most that a batch waits for those that were just answered, in milliseconds; 0 for not at all. */
  readonly gather: number
  /** How long to wait before asking again, in milliseconds. */
  readonly pause: number
  /** Sends a batch. May settle flights itself, which are left out of what it is answered then. */
  readonly send: (items: ReadonlyArray<Item>, deadline: number) => Promise<Outcome>
  /** Why a flight that must not leave this node cannot be run now; null if it can. */
  readonly barred: () => Outcome | null
}

export interface Batches {
  readonly add: (flight: Flight) => void
  readonly waiting: () => number
}

const noRoomRaw = encodeReply(noRoom)

const isNoRoom = (reply: Reply): boolean =>
  reply === noRoom || (reply !== null && typeof reply === 'object' && 'raw' in reply && reply.raw === noRoomRaw)

export const batches = (options: BatchOptions): Batches => {
  const { underWay: most, items, bytes, isRepeatable, gather, pause, send, barred } = options
  let queue: Flight[] = []
  let underWay = 0
  let isScheduled = false

  const wake = (): void => {
    if (isScheduled || underWay >= most || queue.length === 0 || !gathered.isOver(queue.length)) return
    isScheduled = true
    setImmediate(flush)
  }
  const gathered = gathering(gather, wake)

  /** The flights that go next. */
  const taken = (): ReadonlyArray<Flight> => {
    let [count, size, end] = [0, 0, 0]
    for (const flight of queue) {
      count += flight.items.length
      size += flight.bytes
      if (end > 0 && (count > items || size > bytes)) break
      end += 1
    }
    const batch = queue.slice(0, end)
    queue = queue.slice(end)
    return batch
  }

  const isStillWanted = (flight: Flight): boolean => {
    const refused = flight.here ? barred() : null
    const isLate = flight.latest <= performance.now()
    if (refused !== null) flight.settle(refused)
    else if (isLate) flight.settle(failed(false, 'no leader was found in time'))
    return refused === null && !isLate
  }

  const settleAll = (batch: ReadonlyArray<Flight>, replies: ReadonlyArray<Reply>): void => {
    let start = 0
    const behind: Flight[] = []
    for (const flight of batch) {
      const own = replies.slice(start, start + flight.items.length)
      start += flight.items.length
      // Those before it took the room. It goes next, and before others, so it comes first in the end.
      if (isRepeatable && flight !== batch[0] && own.some(isNoRoom)) behind.push(flight)
      else flight.settle(either.right(own))
    }
    queue = [...behind, ...queue]
  }

  const again = (batch: ReadonlyArray<Flight>): void => {
    setTimeout(() => {
      queue = [...batch, ...queue]
      underWay -= 1
      wake()
    }, pause)
  }

  const go = async (batch: ReadonlyArray<Flight>): Promise<void> => {
    const began = performance.now()
    const latest = Math.max(...batch.map((flight) => flight.latest))
    const outcome = await send(
      batch.flatMap((flight) => flight.items),
      Math.max(1, latest - began)
    )
    // What nobody has done is asked again, after a pause that lets a leader be elected.
    if (either.isLeft(outcome) && (isRepeatable || !outcome.left.mayHaveHappened)) return again(batch)
    underWay -= 1
    gathered.begin(batch.length, queue.length, performance.now() - began)
    if (either.isLeft(outcome)) for (const { settle } of batch) settle(outcome)
    else settleAll(batch, outcome.right)
    wake()
  }

  const flush = (): void => {
    isScheduled = false
    while (underWay < most && queue.length > 0) {
      const batch = taken().filter(isStillWanted)
      if (batch.length === 0) continue
      underWay += 1
      void go(batch)
    }
  }

  return {
    add: (flight) => {
      queue.push(flight)
      wake()
    },
    waiting: () => queue.length
  }
}
