/**
 * A storage in LMDB, which keeps a copy-on-write tree in one file: a field that is no log under its name, an entry of a
 * log under its index. It needs no checkpoints and no replay, and is slower at small commits: each one writes several
 * pages of the tree, and then its root.
 *
 * The package `lmdb` is optional, and is loaded when a storage is opened.
 */
import { join } from 'node:path'
import { entryAt, firstIndex, isLog, lastIndex } from '../../../spec/kernel/index.ts'
import type { Log } from '../../../spec/kernel/index.ts'
import { refuse } from '../../model/problem.ts'
import type { Change, Storage } from '../ports.ts'
import { failureLatch } from './failure.ts'
import { applyChange, storedOf } from './kept.ts'
import type { Kept } from './kept.ts'
import { nodeDisk } from './node-disk.ts'

const { max, min } = Math

export interface LmdbOptions {
  /** Made if it is not there. One process at a time. */
  readonly folder: string
}

const format = 1

/** What is used of a database. Keys are lists, and sorted as such. */
interface Database {
  readonly put: (key: ReadonlyArray<string | number>, value: unknown) => unknown
  readonly remove: (key: ReadonlyArray<string | number>) => unknown
  readonly transaction: (run: () => void) => Promise<unknown>
  readonly get: (key: ReadonlyArray<string | number>) => unknown
  readonly getRange: (range: object) => Iterable<{ readonly key: unknown; readonly value: unknown }>
  readonly close: () => Promise<void>
}

interface Lmdb {
  readonly open: (options: Readonly<Record<string, unknown>>) => Database
}

/** Not a literal, for the types that the package brings do not compile in an ES module. */
const packageName: string = 'lmdb'

const load = async (): Promise<Lmdb> => {
  try {
    return (await import(packageName)) as Lmdb
  } catch (error) {
    return refuse(
      'Q808',
      `the package lmdb cannot be loaded: ${error instanceof Error ? error.message : String(error)}`
    )
  }
}

const openDatabase = async (folder: string): Promise<Database> => {
  const { open } = await load()
  // With overlapping syncs, the default, a commit resolves before it is durable.
  return open({ path: join(folder, 'data.lmdb'), noSubdir: true, encoding: 'json', overlappingSync: false })
}

/** Reads all that is kept. Null on a new disk. */
const readAll = (database: Database, path: string): Kept | null => {
  const begun = database.get(['begun'])
  if (begun === undefined) return null
  if (begun !== format) return refuse('Q804', `the database has format ${JSON.stringify(begun)}, not ${format}`, [path])
  const kept: Kept = new Map()
  for (const { key, value } of database.getRange({ start: ['value'], end: ['value', '\uffff'] })) {
    kept.set((key as ReadonlyArray<string>)[1] ?? '', value)
  }
  for (const { key, value } of database.getRange({ start: ['log'], end: ['log', '\uffff'] })) {
    const field = (key as ReadonlyArray<string>)[1] ?? ''
    const { first, last } = value as { readonly first: number; readonly last: number }
    const entries: unknown[] = []
    for (const entry of database.getRange({ start: ['entry', field, first], end: ['entry', field, last + 1] })) {
      entries.push(entry.value)
    }
    if (entries.length !== last - first + 1) refuse('Q802', `the log ${field} lacks an entry`, [path])
    applyChange(kept, { type: 'set', field, value: { first, entries } })
  }
  return kept
}

const put = (into: Database, field: string, log: Log<unknown>, from: number): void => {
  for (let index = max(from, firstIndex(log)); index <= lastIndex(log); index += 1)
    into.put(['entry', field, index], entryAt(log, index))
  into.put(['log', field], { first: firstIndex(log), last: lastIndex(log) })
}

const removeEntries = (from: Database, field: string, first: number, last: number): void => {
  for (let index = first; index <= last; index += 1) from.remove(['entry', field, index])
}

/** Carries one change over, from what the field was to what it is now. */
const write = (into: Database, change: Change, before: unknown, after: unknown): void => {
  const { type, field } = change
  if (isLog(before) && isLog(after) && type !== 'set') {
    const from = type === 'append' ? change.from : lastIndex(before) + 1
    removeEntries(into, field, firstIndex(before), min(firstIndex(after) - 1, lastIndex(before)))
    removeEntries(into, field, from, lastIndex(before))
    put(into, field, after, from)
    return
  }
  if (isLog(before)) {
    removeEntries(into, field, firstIndex(before), lastIndex(before))
    into.remove(['log', field])
  } else into.remove(['value', field])
  if (isLog(after)) put(into, field, after, firstIndex(after))
  else if (after !== undefined) into.put(['value', field], after)
}

/** A storage in a folder. Rejects with a {@link Refusal}: Q801, Q802, Q804, Q807, Q808. */
export const lmdbStorage = ({ folder }: LmdbOptions): Storage => {
  const disk = nodeDisk(folder)
  const latch = failureLatch(folder)
  let database: Database | null = null
  let kept: Kept = new Map()
  let isNew = true
  let unlock: (() => Promise<void>) | null = null
  let turn: Promise<void> | null = null

  const release = async (): Promise<void> => {
    await database?.close()
    database = null
    await unlock?.()
    unlock = null
  }

  const commitTo = async (to: Database, changes: ReadonlyArray<Change>): Promise<void> => {
    const steps = changes.map((change) => {
      const before = kept.get(change.field)
      applyChange(kept, change)
      return { change, before, after: kept.get(change.field) }
    })
    await to.transaction(() => {
      if (isNew) to.put(['begun'], format)
      for (const { change, before, after } of steps) write(to, change, before, after)
    })
    isNew = false
  }

  return {
    open: async () => {
      if (unlock !== null) throw new Error('a storage is opened once')
      try {
        return await latch.guard(async () => {
          unlock = await disk.lock()
          database = await openDatabase(folder)
          const found = readAll(database, disk.pathOf('data.lmdb'))
          if (found === null) return null
          kept = found
          isNew = false
          return storedOf(found)
        })
      } catch (error) {
        await release()
        throw error
      }
    },
    commit: async (changes) => {
      if (database === null) throw new Error('a commit to a storage that is not open')
      if (turn !== null) throw new Error('a commit before the last one was done')
      if (changes.length === 0) return
      const to = database
      turn = latch.guard(() => commitTo(to, changes))
      try {
        await turn
      } finally {
        turn = null
      }
    },
    close: async () => {
      await turn?.catch(() => undefined)
      await release()
    }
  }
}
