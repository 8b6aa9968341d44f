/**
 * Segments: the files of the log. Each is made in its full length before it is used, since a file that grows costs a
 * second write at every sync, and begins with a header of 64 bytes:
 *
 * | bytes | what |
 * |---|---|
 * | 0–7 | `quorate` and a zero |
 * | 8–11 | version of the format |
 * | 12–17 | number of the segment, from 1 |
 * | 18–23 | number of the first commit that may be in it |
 * | 24–29 | length of the file |
 * | 60–63 | CRC-32 of the bytes before |
 *
 * A file has the name of a segment only once its header and length are durable. So a segment that is shorter than its
 * header says, or has no header, was damaged, and not by a crash.
 */
import { crc32 } from 'node:zlib'
import { refuse } from '../../model/problem.ts'
import type { Disk, DiskFile } from './disk.ts'

const { min } = Math

export const segmentHeaderBytes = 64
/** Of segments and checkpoints alike. */
export const formatVersion = 1
const magic = Buffer.from('quorate\0')

export interface SegmentHeader {
  readonly number: number
  /** The number of the first commit that may be in it, >= 1. */
  readonly firstCommit: number
  /** Of the file, header included. */
  readonly bytes: number
}

export const segmentName = (number: number): string => `${String(number).padStart(12, '0')}.segment`
export const checkpointName = (number: number): string => `${String(number).padStart(12, '0')}.checkpoint`
const spareName = (number: number): string => `${String(number).padStart(12, '0')}.spare`

/** What is being made has this at the end of its name, and is worth nothing after a crash. */
export const unfinished = '.unfinished'

const numbersOf = (names: ReadonlyArray<string>, ending: string): ReadonlyArray<number> =>
  names
    .filter((name) => new RegExp(`^\\d{12}\\.${ending}$`).test(name))
    .map((name) => Number(name.slice(0, 12)))
    .toSorted((a, b) => a - b)

/** What is in the folder, by number, ascending. Other files are none of ours. */
export const namesIn = (names: ReadonlyArray<string>) => ({
  segments: numbersOf(names, 'segment'),
  checkpoints: numbersOf(names, 'checkpoint'),
  spares: numbersOf(names, 'spare').map(spareName),
  unfinished: names.filter((name) => name.endsWith(unfinished))
})

const headerOf = ({ number, firstCommit, bytes }: SegmentHeader): Buffer => {
  const header = Buffer.alloc(segmentHeaderBytes)
  magic.copy(header)
  header.writeUInt32LE(formatVersion, 8)
  header.writeUIntLE(number, 12, 6)
  header.writeUIntLE(firstCommit, 18, 6)
  header.writeUIntLE(bytes, 24, 6)
  header.writeUInt32LE(crc32(header.subarray(0, 60)), 60)
  return header
}

/** Reads the header of the segment that the name says. Refuses what is not one, or not as long as it was made. */
export const headerIn = (bytes: Buffer, number: number, path: string): SegmentHeader => {
  const damaged = (what: string): never => refuse('Q802', what, [path, 'offset 0'])
  if (bytes.length < segmentHeaderBytes) return damaged(`a segment has ${bytes.length} bytes, less than its header`)
  if (!bytes.subarray(0, 8).equals(magic)) return damaged('this is no segment of a log')
  const version = bytes.readUInt32LE(8)
  if (version !== formatVersion) return refuse('Q804', `the log has format ${version}, not ${formatVersion}`, [path])
  if (crc32(bytes.subarray(0, 60)) !== bytes.readUInt32LE(60)) return damaged('the header of a segment is damaged')
  const header = {
    number: bytes.readUIntLE(12, 6),
    firstCommit: bytes.readUIntLE(18, 6),
    bytes: bytes.readUIntLE(24, 6)
  }
  if (header.number !== number) return damaged(`this is segment ${header.number}, not ${number}`)
  if (header.bytes !== bytes.length) {
    return refuse('Q802', `a segment made with ${header.bytes} bytes has ${bytes.length}`, [
      path,
      `offset ${bytes.length}`
    ])
  }
  return header
}

const zeros = new Uint8Array(2 ** 20)
/** How much is written before it is synced: little enough that a commit that syncs meanwhile does not wait for it. */
const fillStride = 2 ** 23

const fill = async (file: DiskFile, bytes: number, isCalledOff: () => boolean): Promise<void> => {
  for (let at = 0; at < bytes && !isCalledOff(); at += zeros.length) {
    await file.write(zeros.subarray(0, min(zeros.length, bytes - at)), at)
    if ((at + zeros.length) % fillStride === 0) await file.sync()
  }
}

/** A segment that is being written. */
export interface OpenSegment extends SegmentHeader {
  readonly file: DiskFile
}

/**
 * Files of the full length that wait to become segments: used ones, and one made ahead of need. Used ones hold old
 * records; their commits have lower numbers than any to come, which tells them apart.
 */
export interface Spares {
  /** Makes a spare where there is none, in the background of commits. */
  readonly prepare: () => Promise<void>
  /** A used segment becomes a spare, or goes where there are enough. */
  readonly recycle: (number: number) => Promise<void>
  /** The next segment, under its name, header and name durable. Longer than usual where `room` bytes of records ask for it. */
  readonly take: (number: number, firstCommit: number, room: number) => Promise<OpenSegment>
}

interface SparesOptions {
  readonly disk: Disk
  /** Of a segment, header included. */
  readonly segmentBytes: number
  readonly isCalledOff: () => boolean
  /** Spares that an earlier process left, of whatever length. */
  readonly found: ReadonlyArray<string>
}

/** One to go on with, and one that a checkpoint leaves. */
const mostSpares = 2

export const spareSegments = ({ disk, segmentBytes, isCalledOff, found }: SparesOptions): Spares => {
  const ready: string[] = [...found]
  let made = 0
  let preparing: Promise<void> = Promise.resolve()

  const make = async (bytes: number): Promise<{ readonly name: string; readonly file: DiskFile }> => {
    const name = `${(made += 1)}${unfinished}`
    const file = await disk.create(name)
    await fill(file, bytes, isCalledOff)
    return { name, file }
  }

  /** A spare of the usual length; null where there is none. One of another length, from other options, is removed. */
  const readyOne = async (): Promise<{ readonly name: string; readonly file: DiskFile } | null> => {
    const name = ready.pop()
    if (name === undefined) return null
    const file = await disk.open(name)
    if (file.size === segmentBytes) return { name, file }
    await file.close()
    await disk.remove(name)
    return readyOne()
  }

  const prepared = async (before: Promise<void>): Promise<void> => {
    await before
    if (ready.length > 0 || isCalledOff()) return
    const { name, file } = await make(segmentBytes)
    await file.sync()
    await file.close()
    if (!isCalledOff()) ready.push(name)
  }

  return {
    prepare: () => {
      preparing = prepared(preparing)
      return preparing
    },
    recycle: async (number) => {
      if (ready.length >= mostSpares) return disk.remove(segmentName(number))
      await disk.rename(segmentName(number), spareName(number))
      ready.push(spareName(number))
    },
    take: async (number, firstCommit, room) => {
      const needed = segmentHeaderBytes + room
      await preparing
      const { name, file } =
        needed > segmentBytes ? await make(needed) : ((await readyOne()) ?? (await make(segmentBytes)))
      const header = { number, firstCommit, bytes: needed > segmentBytes ? needed : segmentBytes }
      await file.write(headerOf(header), 0)
      await file.write(zeros.subarray(0, 16), segmentHeaderBytes)
      await file.sync()
      await disk.rename(name, segmentName(number))
      await disk.syncFolder()
      return { ...header, file }
    }
  }
}
