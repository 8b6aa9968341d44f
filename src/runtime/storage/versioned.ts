/**
 * A storage that knows the version of what it keeps. Where the durable part of a protocol changes its form, what an older version
 * of the program left on the disk is brought up to date when it is opened, before a reducer or a codec sees it.
 */
import { refuse } from '../../model/problem.ts'
import { encodedOf, fieldsOf } from '../host/stored.ts'
import type { Change, Storage, Stored } from '../ports.ts'

export interface DurableVersions {
  /** Of the durable part as the protocol has it now, >= 1. Kept on the disk. */
  readonly version: number
  /**
   * By the newer of two versions: `{ 3: … }` makes version 3 of version 2. Given the durable part as its codec encoded it, with
   * logs as `{ first, entries }`, and gives it so. The versions back to the oldest that is still read, without a gap.
   */
  readonly newer: Readonly<Record<number, (older: any) => unknown>>
}

/** Where the version is kept: no field of a durable part has this name. A disk without it is of version 1. */
const field = '#version'

const { entries, keys, hasOwn } = Object

/** The changes that put one durable part in the place of another. */
const replacing = (before: Stored, after: Stored): ReadonlyArray<Change> => [
  ...keys(before)
    .filter((name) => !hasOwn(after, name))
    .map((name): Change => ({ type: 'unset', field: name })),
  ...entries(after).map(([name, value]): Change => ({ type: 'set', field: name, value }))
]

/**
 * A storage over another one. It is opened with what its disk keeps in the version that is asked for. What was older is written
 * anew in one commit, so a crash leaves it in the one version or in the other.
 *
 * @returns a storage whose `open` rejects with Q804 for a disk of a newer version, or of one that is no longer read
 */
export const versionedStorage = (storage: Storage, { version, newer }: DurableVersions): Storage => {
  const marked: Change = { type: 'set', field, value: version }
  let isMarked = false

  const upToDate = (found: number, kept: Stored): Stored => {
    let durable = encodedOf(kept)
    for (let next = found + 1; next <= version; next++) durable = newer[next]?.(durable)
    return fieldsOf(durable)
  }
  const oldest = (): number => {
    let first = version
    while (newer[first] !== undefined) first -= 1
    return first
  }

  return {
    open: async () => {
      const stored = await storage.open()
      if (stored === null) return null
      const { [field]: mark = 1, ...kept } = stored
      const found = Number(mark)
      isMarked = hasOwn(stored, field)
      if (found === version) return kept
      if (!(found < version && found >= oldest())) {
        await storage.close()
        return refuse(
          'Q804',
          `it keeps version ${found} of the durable part, and this program reads ${oldest()} to ${version}`
        )
      }
      const brought = upToDate(found, kept)
      await storage.commit([...replacing(kept, brought), marked])
      isMarked = true
      return brought
    },
    commit: async (changes) => {
      // A disk of version 1 needs no mark: it is as it would be without versions.
      const isFirst = !isMarked && version > 1 && changes.length > 0
      await storage.commit(isFirst ? [marked, ...changes] : changes)
      isMarked ||= isFirst
    },
    close: storage.close
  }
}
