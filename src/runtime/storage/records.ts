/**
 * A record on disk: a header of 16 bytes and its payload, padded with zeros to a multiple of 8.
 *
 * | bytes | what |
 * |---|---|
 * | 0–3 | CRC-32 of the bytes from 4 to the end of the payload |
 * | 4–7 | length of the payload |
 * | 8–13 | number of the commit it belongs to, from 1 |
 * | 14 | kind |
 * | 15 | 1 on the last record of its commit, else 0 |
 *
 * Numbers are little-endian. A payload is a list in JSON: the field, and what the kind asks for after it. A header of
 * zeros is no record, since no kind is 0.
 */
import { crc32 } from 'node:zlib'
import type { Change } from '../ports.ts'

const { stringify, parse } = JSON
const { max } = Math

export const headerBytes = 16

const kinds = ['set', 'unset', 'append', 'compact', 'opened', 'closed', 'sealed', 'begun', 'ended'] as const

/**
 * `opened`, `closed` and `sealed` are the log's own: a process took it up, left it in order, went on to the next segment.
 * `begun` and `ended` frame a checkpoint.
 */
export type Kind = (typeof kinds)[number]

/** On the disk a kind is its place in the list, from 1. */
const numberOf = new Map<Kind, number>(kinds.map((kind, index) => [kind, index + 1]))

const payloadOf = (change: Change): string => {
  switch (change.type) {
    case 'set':
      return stringify([change.field, change.value])
    case 'unset':
      return stringify([change.field])
    case 'append':
      return stringify([change.field, change.from, change.entries])
    default:
      return stringify([change.field, change.first])
  }
}

/** Reads back what {@link RecordWriter.change} wrote. */
export const changeOf = (kind: Kind, payload: string): Change => {
  const [field, second, third] = parse(payload) as [string, unknown, unknown]
  switch (kind) {
    case 'set':
      return { type: 'set', field, value: second }
    case 'append':
      return { type: 'append', field, from: second as number, entries: third as ReadonlyArray<unknown> }
    case 'compact':
      return { type: 'compact', field, first: second as number }
    default:
      return { type: 'unset', field }
  }
}

/** How far records that hold so many bytes reach. */
const padded = (bytes: number): number => (bytes + 7) & ~7

export interface RecordWriter {
  readonly clear: () => void
  readonly change: (change: Change, commit: number, isLast: boolean) => void
  readonly mark: (kind: Kind, payload: ReadonlyArray<unknown>, commit: number) => void
  /** How many bytes the records take. */
  readonly length: () => number
  /** The records, and `zeros` zeros after them. Valid until something else is written. */
  readonly bytes: (zeros: number) => Uint8Array
}

/** Writes records one after the other into one buffer, which is used again and grows as it must, up to `largest` bytes and no further for good. */
export const recordWriter = (largest: number): RecordWriter => {
  let buffer = Buffer.allocUnsafeSlow(2 ** 16)
  let used = 0

  const reserve = (more: number): void => {
    if (used + more <= buffer.length) return
    const grown = Buffer.allocUnsafeSlow(max(2 * buffer.length, used + more))
    buffer.copy(grown, 0, 0, used)
    buffer = grown
  }

  const record = (kind: Kind, text: string, commit: number, isLast: boolean): void => {
    // Three bytes are the most that one unit of UTF-16 takes; counting is slower than reserving, as long as it is little.
    const most = text.length < 2 ** 16 ? 3 * text.length : Buffer.byteLength(text)
    reserve(headerBytes + most + 8)
    const start = used
    const length = buffer.write(text, start + headerBytes)
    const end = start + headerBytes + length
    buffer.writeUInt32LE(length, start + 4)
    buffer.writeUIntLE(commit, start + 8, 6)
    buffer[start + 14] = numberOf.get(kind) ?? 0
    buffer[start + 15] = isLast ? 1 : 0
    buffer.writeUInt32LE(crc32(buffer.subarray(start + 4, end)), start)
    used = start + padded(end - start)
    buffer.fill(0, end, used)
  }

  return {
    clear: () => {
      used = 0
      if (buffer.length > largest) buffer = Buffer.allocUnsafeSlow(2 ** 16)
    },
    change: (change, commit, isLast) => record(change.type, payloadOf(change), commit, isLast),
    mark: (kind, payload, commit) => record(kind, stringify(payload), commit, true),
    length: () => used,
    bytes: (zeros) => {
      reserve(zeros)
      buffer.fill(0, used, used + zeros)
      return buffer.subarray(0, used + zeros)
    }
  }
}

/** A record that was found whole. */
export interface FoundRecord {
  readonly kind: Kind
  readonly commit: number
  readonly isLast: boolean
  readonly payload: () => string
  /** Where the next record begins. */
  readonly end: number
}

/** The number of the commit that a header at `offset` names. */
const commitAt = (bytes: Buffer, offset: number): number =>
  bytes.readUInt32LE(offset + 8) + bytes.readUInt16LE(offset + 12) * 2 ** 32

/** The record at `offset`, null where there is no whole one. */
export const recordAt = (bytes: Buffer, offset: number): FoundRecord | null => {
  const start = offset + headerBytes
  if (start > bytes.length) return null
  const kind = kinds[(bytes[offset + 14] ?? 0) - 1]
  const length = bytes.readUInt32LE(offset + 4)
  if (kind === undefined || start + length > bytes.length) return null
  if (crc32(bytes.subarray(offset + 4, start + length)) !== bytes.readUInt32LE(offset)) return null
  return {
    kind,
    commit: commitAt(bytes, offset),
    isLast: bytes[offset + 15] === 1,
    payload: () => bytes.toString('utf8', start, start + length),
    end: offset + padded(headerBytes + length)
  }
}

/** Where the first whole record of a commit after `commit` begins, from `offset` on; null for nowhere. */
export const laterRecord = (bytes: Buffer, offset: number, commit: number): number | null => {
  for (let at = offset; at + headerBytes <= bytes.length; at += 8) {
    const kind = bytes[at + 14] ?? 0
    if (kind > 0 && kind <= kinds.length && commitAt(bytes, at) > commit && recordAt(bytes, at) !== null) return at
  }
  return null
}

/** Whether there is no header at `offset`: zeros, as far as the file goes. */
export const isBlank = (bytes: Buffer, offset: number): boolean =>
  bytes.subarray(offset, offset + headerBytes).every((byte) => byte === 0)
