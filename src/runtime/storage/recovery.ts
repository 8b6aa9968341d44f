/**
 * From what is on the disk to what was committed, or to a refusal.
 *
 * One commit is written at a time, and the next one only when it is durable. So of all that a crash can leave, only the
 * last commit may be in pieces, and a whole record of a later commit proves that an earlier one was durable: where it no
 * longer reads, the disk lost it, and going on without it would be wrong ([CTRL] tells the two apart likewise). Without
 * such a proof what is in pieces is a torn end.
 */
import { Refusal, refuse } from '../../model/problem.ts'
import type { Problem } from '../../model/problem.ts'
import type { Logger } from '../ports.ts'
import { readCheckpoint } from './checkpoints.ts'
import type { Disk } from './disk.ts'
import { applyChange } from './kept.ts'
import type { Kept } from './kept.ts'
import { changeOf, isBlank, laterRecord, recordAt } from './records.ts'
import type { FoundRecord } from './records.ts'
import { checkpointName, headerIn, namesIn, segmentHeaderBytes, segmentName } from './segments.ts'
import type { SegmentHeader } from './segments.ts'

/** Where the log goes on. */
export interface End {
  readonly segment: SegmentHeader
  /** Behind the last whole commit. */
  readonly position: number
}

export interface Recovered {
  readonly kept: Kept
  /** Whether any change was ever committed: a disk that has nothing is told from one that has no fields. */
  readonly isNew: boolean
  /** Of the next commit. */
  readonly commit: number
  /** Null where there is no segment yet. */
  readonly end: End | null
  /** The segment that the newest checkpoint stands before; 1 where there is none. */
  readonly start: number
  /** Bytes of the newest checkpoint, and of records after it. */
  readonly checkpointBytes: number
  readonly loggedBytes: number
  readonly spares: ReadonlyArray<string>
  /** Files that are of no more use. */
  readonly obsolete: ReadonlyArray<string>
}

/** What has been read so far. */
interface Progress {
  readonly kept: Kept
  isNew: boolean
  /** Of the commit that is expected next. */
  commit: number
  isSealed: boolean
}

/** Carries out the whole commits of a segment, in order. Gives the offset behind the last one. */
const replay = (bytes: Buffer, progress: Progress): number => {
  let end = segmentHeaderBytes
  let group: FoundRecord[] = []
  for (let offset = end; !progress.isSealed;) {
    const record = recordAt(bytes, offset)
    if (record === null || record.commit !== progress.commit) break
    offset = record.end
    group.push(record)
    if (!record.isLast) continue
    progress.isSealed = record.kind === 'sealed'
    for (const { kind, payload } of group) {
      if (kind === 'opened' || kind === 'closed' || kind === 'sealed') continue
      applyChange(progress.kept, changeOf(kind, payload()))
      progress.isNew = false
    }
    progress.commit += 1
    group = []
    end = offset
  }
  return end
}

/** The newest checkpoint that reads, if there is one, and what is wrong with those that are newer. */
const newestCheckpoint = async (disk: Disk, numbers: ReadonlyArray<number>) => {
  const problems: Problem[] = []
  for (const number of numbers.toReversed()) {
    try {
      return { number, checkpoint: await readCheckpoint(disk, number), problems }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      problems.push(error.problem)
    }
  }
  return { number: 1, checkpoint: null, problems }
}

/** Refuses a last segment that goes on after a commit that does not read. Warns of a torn end. */
const judgeEnd = (bytes: Buffer, position: number, commit: number, path: string, log: Logger | undefined): void => {
  const later = laterRecord(bytes, position, commit)
  if (later !== null) {
    refuse('Q802', `commit ${commit} does not read, and a later one at offset ${later} does`, [
      path,
      `offset ${position}`
    ])
  }
  if (isBlank(bytes, position)) return
  log?.warn({ path, offset: position, commit }, 'the log has a torn end: what follows the last whole commit is dropped')
}

/**
 * Reads the newest checkpoint and the segments after it. Rejects with a {@link Refusal}: Q802 where a segment is damaged
 * before its end, Q803 a checkpoint, Q804 where the format is another, Q805 where a file is missing. Changes nothing on
 * the disk.
 */
export const recover = async (disk: Disk, log: Logger | undefined): Promise<Recovered> => {
  const { segments, checkpoints, spares, unfinished } = namesIn(await disk.list())
  const { number: start, checkpoint, problems } = await newestCheckpoint(disk, checkpoints)
  const needed = segments.filter((number) => number >= start)
  const missing = needed.findIndex((number, index) => number !== start + index)
  const [worst] = problems
  const isWhole = missing === -1 && (needed.length > 0 || (segments.length === 0 && checkpoints.length === 0))
  if (!isWhole) {
    if (worst !== undefined) throw new Refusal(worst)
    const name = segmentName(start + (missing === -1 ? 0 : missing))
    return refuse('Q805', 'a segment of the log is missing, or the checkpoint that would stand for it', [
      disk.pathOf(name)
    ])
  }
  for (const found of problems) log?.warn({ ...found }, 'a checkpoint is damaged; the log still has all that it held')

  const progress: Progress = {
    kept: checkpoint?.kept ?? new Map(),
    isNew: checkpoint === null,
    commit: (checkpoint?.commit ?? 0) + 1,
    isSealed: true
  }
  let end: End | null = null
  let loggedBytes = 0
  for (const number of needed) {
    const path = disk.pathOf(segmentName(number))
    const bytes = await disk.read(segmentName(number))
    const segment = headerIn(bytes, number, path)
    // The seal of the segment before is the one commit that may be missing: it is written when this one is ready.
    const isNext =
      progress.commit === segment.firstCommit || (!progress.isSealed && progress.commit === segment.firstCommit - 1)
    if (!isNext) {
      const [where, offset] = end === null ? [path, 0] : [disk.pathOf(segmentName(number - 1)), end.position]
      refuse(
        'Q802',
        `commit ${progress.commit} does not read, and segment ${number} begins with ${segment.firstCommit}`,
        [where, `offset ${offset}`]
      )
    }
    progress.commit = segment.firstCommit
    progress.isSealed = false
    const position = replay(bytes, progress)
    loggedBytes += position - segmentHeaderBytes
    end = { segment, position }
    if (number === needed.at(-1) && !progress.isSealed) judgeEnd(bytes, position, progress.commit, path, log)
  }
  if (end !== null && progress.isSealed) {
    return refuse('Q805', 'a segment of the log is missing', [disk.pathOf(segmentName(end.segment.number + 1))])
  }
  return {
    ...progress,
    end,
    start,
    checkpointBytes: checkpoint?.bytes ?? 0,
    loggedBytes,
    spares,
    obsolete: [
      ...unfinished,
      ...segments.filter((number) => number < start).map(segmentName),
      ...checkpoints.filter((number) => number !== start || checkpoint === null).map(checkpointName)
    ]
  }
}
