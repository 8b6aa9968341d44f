/** The end of the log: commits are written there, segments follow one another, and checkpoints cut off its beginning. */
import { refuse } from '../../model/problem.ts'
import type { Change, Logger } from '../ports.ts'
import { writeCheckpoint } from './checkpoints.ts'
import type { Disk } from './disk.ts'
import { applyChange } from './kept.ts'
import { headerBytes, recordWriter } from './records.ts'
import type { Kind } from './records.ts'
import type { Recovered } from './recovery.ts'
import { checkpointName, segmentHeaderBytes, segmentName, spareSegments } from './segments.ts'
import type { OpenSegment, Spares } from './segments.ts'

const { max, min } = Math

/** What a mark takes. */
const markBytes = headerBytes + 8
/** Kept free at the end of a segment: for the mark of a close, and for the seal, should the log then be taken up again. */
const reservedBytes = 2 * markBytes
/** A blank header behind each commit is the end of the log in a segment that held older records. */
const blankBytes = headerBytes
/** Up to here a write takes less time than to have another thread do it. */
const smallWrite = 2 ** 18
/**
 * Up to here a sync is not left to another thread either: two changes of threads take about as long as the sync of a good
 * disk, and on a busy machine longer. What is larger comes of many requests, of which more can be read meanwhile.
 */
const smallSync = 2 ** 11
/** A disk that took so long, in milliseconds, is left to other threads for the next commits, so many. */
const slowSyncMs = 20
const commitsAfterSlow = 64

export interface LogWriterOptions {
  readonly disk: Disk
  readonly segmentBytes: number
  readonly checkpointBytes: number
  readonly commitBytes: number
  readonly log: Logger | undefined
  readonly found: Recovered
  /** Runs some work beside the commits. Its failure stops the next one. */
  readonly inBackground: (work: () => Promise<void>) => void
  /** Whether work in the background is to stop where it is. */
  readonly isCalledOff: () => boolean
}

export interface LogWriter {
  /** Says that a process took the log up, which proves that all before was durable; makes the first segment where there is none. */
  readonly begin: () => Promise<void>
  readonly commit: (changes: ReadonlyArray<Change>) => Promise<void>
  /** Says that the log was left in order. */
  readonly end: () => Promise<void>
  /** Closes what is open. */
  readonly close: () => Promise<void>
}

/** Goes on where `found` ends. One call at a time; none after one that failed but `close`. */
export const logWriter = (options: LogWriterOptions): LogWriter => {
  const { disk, segmentBytes, checkpointBytes, commitBytes, log, found, inBackground, isCalledOff } = options
  const { kept } = found
  const writer = recordWriter(2 ** 22)
  const spares: Spares = spareSegments({ disk, segmentBytes, isCalledOff, found: found.spares })
  let segment: OpenSegment | null = null
  /** Where the next record goes. */
  let position = found.end?.position ?? segmentHeaderBytes
  /** Its number. */
  let commit = found.commit
  /** Bytes of records since the last checkpoint, and bytes of that. */
  let logged = found.loggedBytes
  let checkpointLength = found.checkpointBytes
  /** The first segment that is needed; the newest checkpoint stands before it. */
  let start = found.start
  let isCheckpointing = false
  /** The segment that saw to it that there is a spare. */
  let preparedIn = 0
  /** How many of the next commits do not hold up the loop. */
  let commitsInThreads = 0

  const current = (): OpenSegment => {
    if (segment === null) throw new Error('the log is not open')
    return segment
  }

  /** One write and one sync of what is encoded. */
  const flush = async (): Promise<void> => {
    const { file } = current()
    const length = writer.length()
    const bytes = writer.bytes(min(blankBytes, current().bytes - position - length))
    if (length <= smallWrite) file.writeNow(bytes, position)
    else await file.write(bytes, position)
    if (length > smallSync || commitsInThreads > 0) {
      commitsInThreads = max(0, commitsInThreads - 1)
      await file.sync()
    } else {
      const began = performance.now()
      file.syncNow()
      if (performance.now() - began > slowSyncMs) commitsInThreads = commitsAfterSlow
    }
    position += length
    logged += length
    commit += 1
  }

  const mark = async (kind: Kind): Promise<void> => {
    writer.clear()
    writer.mark(kind, [], commit)
    await flush()
  }

  const encode = (changes: ReadonlyArray<Change>): void => {
    writer.clear()
    changes.forEach((change, index) => writer.change(change, commit, index === changes.length - 1))
  }

  /** Goes on in a segment with room for so many bytes of records. It is ready before the one in use is sealed. */
  const nextSegment = async (bytes: number): Promise<void> => {
    const { number, file } = current()
    const next = await spares.take(number + 1, commit + 1, bytes + reservedBytes)
    try {
      await mark('sealed')
    } finally {
      segment = next
      await file.close()
    }
    position = segmentHeaderBytes
  }

  /** Writes what is kept now as a checkpoint, and then does away with the segments that it stands for. */
  const checkpoint = (): void => {
    const { number } = current()
    const snapshot = new Map(kept)
    const last = commit - 1
    isCheckpointing = true
    logged = 0
    inBackground(async () => {
      const length = await writeCheckpoint({ disk, number, commit: last, kept: snapshot, isCalledOff })
      if (length === null) return
      log?.info({ path: disk.pathOf(checkpointName(number)), bytes: length, commit: last }, 'a checkpoint was written')
      if (checkpointLength > 0) await disk.remove(checkpointName(start))
      for (; start < number; start += 1) await spares.recycle(start)
      checkpointLength = length
      isCheckpointing = false
    })
  }

  /** Sees to it that so many bytes of records have room. Gives whether that took a commit's number. */
  const makeRoom = async (bytes: number): Promise<boolean> => {
    const isDue = !isCheckpointing && logged >= max(checkpointBytes, checkpointLength)
    const isFull = position + bytes + reservedBytes > current().bytes
    if (isDue || isFull) await nextSegment(bytes)
    if (isDue) checkpoint()
    const { number, bytes: size } = current()
    if (preparedIn !== number && position > size / 2) {
      preparedIn = number
      inBackground(spares.prepare)
    }
    return isDue || isFull
  }

  return {
    begin: async () => {
      for (const name of found.obsolete) await disk.remove(name)
      segment =
        found.end === null
          ? await spares.take(1, commit, markBytes + reservedBytes)
          : { ...found.end.segment, file: await disk.open(segmentName(found.end.segment.number)) }
      await makeRoom(markBytes)
      await mark('opened')
    },
    commit: async (changes) => {
      encode(changes)
      if (writer.length() > commitBytes) {
        refuse('Q806', `a commit takes ${writer.length()} bytes, and ${commitBytes} are allowed`, [disk.pathOf('')])
      }
      const isMoved = await makeRoom(writer.length())
      // Only now: what is kept may just have become a checkpoint, which ends before this commit.
      for (const change of changes) applyChange(kept, change)
      if (isMoved) encode(changes)
      await flush()
    },
    end: () => mark('closed'),
    close: async () => {
      await segment?.file.close()
    }
  }
}
