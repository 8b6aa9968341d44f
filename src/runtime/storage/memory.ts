/** A storage in memory that loses, fails and is damaged on demand: for tests of what stands on a storage. */
import { problem, Refusal } from '../../model/problem.ts'
import type { Change, Storage, Stored } from '../ports.ts'
import { failureLatch } from './failure.ts'
import { applyChange, storedOf } from './kept.ts'
import type { Kept } from './kept.ts'

export interface MemoryFaults {
  /** The commit that fails, counted from 1 since the storage was opened. All later ones fail too. */
  readonly failAt?: number
  /** Whether what the failing commit was to keep is kept all the same: after an error nobody knows. @defaultValue false */
  readonly keepsFailed?: boolean
  /** Awaited by each commit before it is durable: what lets a test crash in the middle of one. */
  readonly beforeDurable?: (commit: number) => Promise<void>
}

/** What outlives a process. */
export interface MemoryDisk {
  /** A storage on this disk. One at a time is open; Q801 for a second. */
  readonly storage: (faults?: MemoryFaults) => Storage
  /**
   * The process that has the storage dies: a commit under way never resolves, and is kept or lost as a whole. The
   * contract of a commit leaves nothing between.
   */
  readonly crash: (unresolved?: 'lost' | 'kept') => void
  /** From now on `open` refuses with Q802, as a disk does that was damaged before the end of its log. */
  readonly damage: () => void
  /** What is durable. */
  readonly stored: () => Stored | null
}

const never = new Promise<never>(() => undefined)

/** An empty disk in memory. Values are kept as they are: encoded, immutable data. */
export const memoryDisk = (): MemoryDisk => {
  let durable: Kept | null = null
  let isDamaged = false
  /** Whose turn it is: storages opened before a crash are of processes that died. */
  let life = 0
  let isOpen = false
  let underWay: Kept | null = null

  const after = (changes: ReadonlyArray<Change>): Kept => {
    const next: Kept = new Map(durable)
    for (const change of changes) applyChange(next, change)
    return next
  }
  const stored = (): Stored | null => (durable === null ? null : storedOf(durable))

  return {
    stored,
    damage: () => {
      isDamaged = true
    },
    crash: (unresolved = 'lost') => {
      if (unresolved === 'kept' && underWay !== null) durable = underWay
      underWay = null
      life += 1
      isOpen = false
    },
    storage: ({ failAt, keepsFailed = false, beforeDurable } = {}) => {
      const latch = failureLatch('memory')
      let mine: number | null = null
      let commits = 0
      const commitNow = async (changes: ReadonlyArray<Change>): Promise<void> => {
        commits += 1
        const next = after(changes)
        underWay = next
        await beforeDurable?.(commits)
        if (mine !== life) await never
        underWay = null
        if (commits !== failAt || keepsFailed) durable = next
        if (commits === failAt)
          throw new Refusal(problem('Q807', `the disk failed: commit ${commits}, as it was told to`))
      }
      return {
        open: () =>
          latch.guard(async () => {
            if (mine !== null) throw new Error('a storage is opened once')
            if (isOpen) throw new Refusal(problem('Q801', 'the disk is in use by another storage', ['memory']))
            if (isDamaged)
              throw new Refusal(problem('Q802', 'the disk is damaged, as it was told to be', ['memory', 'offset 0']))
            isOpen = true
            mine = life
            return stored()
          }),
        commit: async (changes) => {
          if (mine === null) throw new Error('a commit to a storage that is not open')
          if (mine !== life) await never
          if (underWay !== null) throw new Error('a commit before the last one was done')
          if (changes.length > 0) await latch.guard(() => commitNow(changes))
        },
        close: async () => {
          if (mine === life) isOpen = false
          mine = null
        }
      }
    }
  }
}
