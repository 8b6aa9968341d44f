/**
 * The write-ahead log: a commit is one write and one sync at the end of a segment that was made before it was needed.
 * From time to time a checkpoint takes the place of the segments before it, written while commits go on.
 * docs/STORAGE.md tells the format, what is recovered and what is refused.
 */
import { refuse } from '../../model/problem.ts'
import type { Logger, Storage } from '../ports.ts'
import type { Disk } from './disk.ts'
import { failureLatch } from './failure.ts'
import { storedOf } from './kept.ts'
import { logWriter } from './log-writer.ts'
import type { LogWriter } from './log-writer.ts'
import { nodeDisk } from './node-disk.ts'
import { recover } from './recovery.ts'

const { isSafeInteger } = Number

export interface WriteAheadLogOptions {
  /** Made if it is not there. One process at a time. */
  readonly folder: string
  /** Length of a segment, at least 256 bytes. Two of them are made ahead of need. @defaultValue 64 MiB */
  readonly segmentBytes?: number
  /** A checkpoint is written when the log has grown by so many bytes since the last one, or by the length of that, if it is longer. @defaultValue 64 MiB */
  readonly checkpointBytes?: number
  /** The most bytes that one commit may take, encoded; at most 1 GiB. @defaultValue 256 MiB */
  readonly commitBytes?: number
  /** Hears of torn ends and of checkpoints. */
  readonly log?: Logger
  /** Another disk than the operating system's, for tests. */
  readonly disk?: Disk
}

const inRange = (name: string, value: number, least: number, most: number): number =>
  isSafeInteger(value) && value >= least && value <= most
    ? value
    : refuse('Q104', `${name} is ${value}, not a whole number from ${least} to ${most}`)

/** A storage in a folder. Throws a {@link Refusal} Q104 for an option out of range, rejects with Q801 to Q807. */
export const writeAheadLog = (options: WriteAheadLogOptions): Storage => {
  const { folder, log } = options
  const disk = options.disk ?? nodeDisk(folder)
  const sizes = {
    segmentBytes: inRange('segmentBytes', options.segmentBytes ?? 2 ** 26, 256, 2 ** 31),
    checkpointBytes: inRange('checkpointBytes', options.checkpointBytes ?? 2 ** 26, 1, 2 ** 40),
    commitBytes: inRange('commitBytes', options.commitBytes ?? 2 ** 28, 1, 2 ** 30)
  }
  const latch = failureLatch(folder)
  let writer: LogWriter | null = null
  let unlock: (() => Promise<void>) | null = null
  let isClosing = false
  let background: Promise<unknown> = Promise.resolve()
  /** The commit that is under way. */
  let turn: Promise<void> | null = null

  const inBackground = (work: () => Promise<void>): void => {
    // The latch keeps the failure for the next commit.
    const done = latch.guard(work).catch(() => undefined)
    background = Promise.all([background, done])
  }
  const isCalledOff = (): boolean => isClosing || latch.hasFailed()

  const openNow = async () => {
    unlock = await disk.lock()
    const found = await recover(disk, log)
    // Read before the first commit changes it.
    const stored = found.isNew ? null : storedOf(found.kept)
    writer = logWriter({ disk, ...sizes, log, found, inBackground, isCalledOff })
    await writer.begin()
    return stored
  }

  const release = async (): Promise<void> => {
    await writer?.close()
    writer = null
    await unlock?.()
    unlock = null
  }

  return {
    open: async () => {
      if (unlock !== null) throw new Error('a storage is opened once')
      try {
        return await latch.guard(openNow)
      } catch (error) {
        await release()
        throw error
      }
    },
    commit: async (changes) => {
      if (writer === null || isClosing) throw new Error('a commit to a storage that is not open')
      if (turn !== null) throw new Error('a commit before the last one was done')
      if (changes.length === 0) return
      const to = writer
      turn = latch.guard(() => to.commit(changes))
      try {
        await turn
      } finally {
        turn = null
      }
    },
    close: async () => {
      isClosing = true
      await turn?.catch(() => undefined)
      await background
      const to = writer
      // After a failure nothing is written any more; what is committed stands without the mark.
      if (to !== null && !latch.hasFailed()) await latch.guard(to.end).finally(release)
      else await release()
    }
  }
}
