/**
 * Checkpoints: all that is kept, as of the start of a segment. A checkpoint is the records of one long commit that would
 * build it from nothing, between `begun` and `ended`, so what reads the log reads it too. It gets its name when all of
 * it is durable, so one that does not read was damaged, and not by a crash.
 */
import { firstIndex, isLog, lastIndex, slice } from '../../../spec/kernel/index.ts'
import { refuse } from '../../model/problem.ts'
import type { Disk } from './disk.ts'
import { applyChange } from './kept.ts'
import type { Kept } from './kept.ts'
import { changeOf, recordAt, recordWriter } from './records.ts'
import type { RecordWriter } from './records.ts'
import { checkpointName, formatVersion, unfinished } from './segments.ts'

const { parse } = JSON
const { floor, max, min } = Math

/** How much is encoded and written at a time: a millisecond or so in which commits wait. */
const chunkBytes = 2 ** 17
const mostEntries = 1024

export interface Checkpoint {
  readonly kept: Kept
  /** The number of the last commit it holds. */
  readonly commit: number
  /** Its length on the disk. */
  readonly bytes: number
}

/** Writes the records that build `kept` from nothing, and stops between any two for whoever asks for the next one. */
function* written(kept: Kept, commit: number, into: RecordWriter): Generator<void> {
  for (const [field, value] of kept) {
    if (!isLog(value)) {
      into.change({ type: 'set', field, value }, commit, false)
      yield
      continue
    }
    const first = firstIndex(value)
    into.change({ type: 'compact', field, first }, commit, false)
    yield
    for (let from = first, count = 16; from <= lastIndex(value);) {
      const entries = slice(value, from, from + count)
      const before = into.length()
      into.change({ type: 'append', field, from, entries }, commit, false)
      from += entries.length
      const bytesPerEntry = (into.length() - before) / entries.length
      yield
      // So that a chunk of large entries is no larger than one of small entries.
      count = max(1, min(mostEntries, floor(chunkBytes / 4 / bytesPerEntry)))
    }
  }
}

interface WriteOptions {
  readonly disk: Disk
  /** The segment that begins after the last commit it holds. */
  readonly number: number
  readonly commit: number
  readonly kept: Kept
  readonly isCalledOff: () => boolean
}

/** Writes a checkpoint chunk by chunk. Resolves with its length when it and its name are durable; with null where it was called off. */
export const writeCheckpoint = async ({
  disk,
  number,
  commit,
  kept,
  isCalledOff
}: WriteOptions): Promise<number | null> => {
  const temporary = `${checkpointName(number)}${unfinished}`
  const file = await disk.create(temporary)
  const writer = recordWriter(chunkBytes * 4)
  let position = 0
  let records = 0
  const flush = async (): Promise<void> => {
    const bytes = writer.bytes(0)
    await file.write(bytes, position)
    position += bytes.length
    writer.clear()
  }
  writer.mark('begun', [formatVersion, number], commit)
  for (const _ of written(kept, commit, writer)) {
    records += 1
    if (writer.length() >= chunkBytes) await flush()
    if (isCalledOff()) break
  }
  if (!isCalledOff()) {
    writer.mark('ended', [records], commit)
    await flush()
    await file.sync()
  }
  await file.close()
  if (isCalledOff()) return null
  await disk.rename(temporary, checkpointName(number))
  await disk.syncFolder()
  return position
}

/** Reads a checkpoint. Refuses one that is not whole, with the place. */
export const readCheckpoint = async (disk: Disk, number: number): Promise<Checkpoint> => {
  const name = checkpointName(number)
  const bytes = await disk.read(name)
  const damaged = (offset: number): never =>
    refuse('Q803', 'a checkpoint is damaged', [disk.pathOf(name), `offset ${offset}`])
  const begun = recordAt(bytes, 0)
  if (begun === null || begun.kind !== 'begun') return damaged(0)
  const [version, segment] = parse(begun.payload()) as ReadonlyArray<unknown>
  if (version !== formatVersion) {
    return refuse('Q804', `a checkpoint has format ${String(version)}, not ${formatVersion}`, [disk.pathOf(name)])
  }
  if (segment !== number) return damaged(0)
  const kept: Kept = new Map()
  for (let offset = begun.end, records = 0; ; records += 1) {
    const record = recordAt(bytes, offset)
    if (record === null || record.commit !== begun.commit) return damaged(offset)
    if (record.kind === 'ended') {
      const [count] = parse(record.payload()) as ReadonlyArray<unknown>
      return count === records && record.end === bytes.length
        ? { kept, commit: begun.commit, bytes: bytes.length }
        : damaged(offset)
    }
    applyChange(kept, changeOf(record.kind, record.payload()))
    offset = record.end
  }
}
