/**
 * A disk in memory that remembers every call, and says what each crash could have left of it.
 *
 * What is certain after a crash is what POSIX promises and no more: the bytes of a file as of its last `sync`, the names
 * as of the last `syncFolder`. Of what came later any part may have reached the disk, in any order: each sector that was
 * written and each change of a name by itself. That is harsher than most file systems, which keep some order
 * ([ALICE] shows which, and that not all do).
 */
import { refuse } from '../../model/problem.ts'
import type { Disk, DiskFile } from './disk.ts'

/** The files of a folder, by name. Not to be changed. */
export type Image = ReadonlyMap<string, Uint8Array>

/** A call, as far as a crash is concerned. Files go by number, since names change. */
export type Operation =
  | { readonly type: 'create'; readonly name: string; readonly file: number }
  | { readonly type: 'write'; readonly file: number; readonly position: number; readonly bytes: Uint8Array }
  | { readonly type: 'sync'; readonly file: number }
  | { readonly type: 'rename'; readonly from: string; readonly to: string }
  | { readonly type: 'remove'; readonly name: string }
  | { readonly type: 'sync-folder' }

export interface SimulatedDisk {
  readonly disk: Disk
  /** All calls so far that change something, in order. */
  readonly operations: ReadonlyArray<Operation>
  /** What a process sees now. */
  readonly image: () => Image
}

type Files = Map<number, Uint8Array>
type Names = Map<string, number>

const writeInto = (files: Files, file: number, position: number, bytes: Uint8Array): void => {
  const before = files.get(file) ?? new Uint8Array()
  const after = before.length >= position + bytes.length ? before : new Uint8Array(position + bytes.length)
  if (after !== before) after.set(before)
  after.set(bytes, position)
  files.set(file, after)
}

const nameInto = (names: Names, operation: Operation): void => {
  if (operation.type === 'create') names.set(operation.name, operation.file)
  if (operation.type === 'remove') names.delete(operation.name)
  if (operation.type !== 'rename') return
  const file = names.get(operation.from)
  // The call that gave it this name may be one that did not reach the disk.
  if (file === undefined) return
  names.delete(operation.from)
  names.set(operation.to, file)
}

const imageOf = (files: Files, names: Names): Image =>
  new Map([...names].map(([name, file]) => [name, files.get(file) ?? new Uint8Array()]))

interface Start {
  readonly files: Files
  readonly names: Names
}

const startOf = (image: Image): Start => ({
  files: new Map([...image.values()].map((bytes, file) => [file, new Uint8Array(bytes)])),
  names: new Map([...image.keys()].map((name, file) => [name, file]))
})

const noSuchFile = (name: string): Error => Object.assign(new Error(`ENOENT: ${name}`), { code: 'ENOENT' })

interface SimulatedDiskOptions {
  readonly image?: Image
  /** Called before each call that changes something, with its number from 0; what it throws, the call rejects with. */
  readonly before?: (call: number, operation: Operation) => void
}

/** A disk that holds `image`, all of it durable. */
export const simulatedDisk = ({ image = new Map(), before }: SimulatedDiskOptions = {}): SimulatedDisk => {
  const { files, names } = startOf(image)
  const operations: Operation[] = []
  let isLocked = false
  let lastFile = names.size

  const carryOut = (operation: Operation): void => {
    before?.(operations.length, operation)
    operations.push(operation)
    if (operation.type === 'write') writeInto(files, operation.file, operation.position, operation.bytes)
    else nameInto(names, operation)
  }
  const fileOf = (name: string): number => {
    const file = names.get(name)
    if (file === undefined) throw noSuchFile(name)
    return file
  }
  const opened = (file: number): DiskFile => {
    const writeNow = (bytes: Uint8Array, position: number): void =>
      carryOut({ type: 'write', file, position, bytes: new Uint8Array(bytes) })
    const syncNow = (): void => carryOut({ type: 'sync', file })
    return {
      size: files.get(file)?.length ?? 0,
      writeNow,
      write: async (bytes, position) => writeNow(bytes, position),
      sync: async () => syncNow(),
      syncNow,
      close: async () => undefined
    }
  }

  return {
    operations,
    image: () => imageOf(files, names),
    disk: {
      pathOf: (name) => `/simulated/${name}`,
      lock: async () => {
        if (isLocked) return refuse('Q801', 'the folder is in use', ['/simulated'])
        isLocked = true
        return async () => {
          isLocked = false
        }
      },
      list: async () => [...names.keys()],
      read: async (name) => Buffer.from(files.get(fileOf(name)) ?? []),
      open: async (name) => opened(fileOf(name)),
      create: async (name) => {
        const file = (lastFile += 1)
        files.set(file, new Uint8Array())
        carryOut({ type: 'create', name, file })
        return opened(file)
      },
      rename: async (from, to) => {
        fileOf(from)
        carryOut({ type: 'rename', from, to })
      },
      remove: async (name) => carryOut({ type: 'remove', name }),
      syncFolder: async () => carryOut({ type: 'sync-folder' })
    }
  }
}

/** A write cut where sectors end. */
const sectorsOf = (operation: Operation, sectorBytes: number): ReadonlyArray<Operation> => {
  if (operation.type !== 'write') return [operation]
  const { file, position, bytes } = operation
  const parts: Operation[] = []
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + sectorBytes - ((position + at) % sectorBytes))
    parts.push({ type: 'write', file, position: position + at, bytes: bytes.subarray(at, end) })
    at = end
  }
  return parts
}

/** What a crash may find: what is certain, and what may or may not have reached the disk, in the order of the calls. */
export interface Crash {
  /** The parts of the calls that no sync has made certain: sectors of writes, changes of names. */
  readonly pending: ReadonlyArray<Operation>
  /** The disk, where of those parts the ones that are picked by their place in `pending` reached it. */
  readonly image: (reached: (part: number) => boolean) => Image
}

/** Where the last call is that makes what stands before it certain; -1 for nowhere. */
const lastSync = (operations: ReadonlyArray<Operation>, settles: (sync: Operation) => boolean): number =>
  operations.findLastIndex(settles)

/** The crash right after `operations`, on a disk that held `start`. A crash within a call is the one after it. */
export const crashAfter = (start: Image, operations: ReadonlyArray<Operation>, sectorBytes: number): Crash => {
  const { files, names } = startOf(start)
  const written = new Set(operations.flatMap((operation) => (operation.type === 'write' ? [operation.file] : [])))
  const syncs = new Map(
    [...written].map((file) => [file, lastSync(operations, (call) => call.type === 'sync' && call.file === file)])
  )
  const folderSync = lastSync(operations, ({ type }) => type === 'sync-folder')
  const carryOut = (into: Start, operation: Operation): void => {
    if (operation.type === 'write') writeInto(into.files, operation.file, operation.position, operation.bytes)
    else nameInto(into.names, operation)
  }
  const pending = operations.flatMap((operation, index) => {
    if (operation.type === 'sync' || operation.type === 'sync-folder') return []
    const settled = operation.type === 'write' ? (syncs.get(operation.file) ?? -1) : folderSync
    if (index > settled) return sectorsOf(operation, sectorBytes)
    carryOut({ files, names }, operation)
    return []
  })
  return {
    pending,
    image: (reached) => {
      const left = {
        files: new Map([...files].map(([file, bytes]) => [file, new Uint8Array(bytes)])),
        names: new Map(names)
      }
      pending.forEach((operation, part) => {
        if (reached(part)) carryOut(left, operation)
      })
      return imageOf(left.files, left.names)
    }
  }
}
