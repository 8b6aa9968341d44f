/** What every storage does, and what each does when its disk lets it down. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import type { Change, Storage } from '../src/runtime/ports.ts'
import { storageConformance } from '../src/runtime/storage/conformance.ts'
import type { StoragePlace } from '../src/runtime/storage/conformance.ts'
import { lmdbStorage } from '../src/runtime/storage/lmdb.ts'
import { memoryDisk } from '../src/runtime/storage/memory.ts'
import type { Disk, DiskFile } from '../src/runtime/storage/disk.ts'
import { simulatedDisk } from '../src/runtime/storage/simulated-disk.ts'
import { writeAheadLog } from '../src/runtime/storage/write-ahead-log.ts'

const root = mkdtempSync(join(tmpdir(), 'quorate-storage-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const freshFolder = (): string => join(mkdtempSync(join(root, 'place-')), 'of', 'its', 'own')

const sizes = { segmentBytes: 2 ** 16, checkpointBytes: 2 ** 14 }

const makers: Readonly<Record<string, () => Promise<StoragePlace>>> = {
  'the write-ahead log': async () => {
    const folder = freshFolder()
    return { storage: () => writeAheadLog({ folder, ...sizes }) }
  },
  'the write-ahead log on a simulated disk, which it loses': async () => {
    let disk = simulatedDisk()
    return {
      storage: () => writeAheadLog({ folder: 'simulated', disk: disk.disk, ...sizes }),
      crash: async (_storage: Storage) => {
        disk = simulatedDisk({ image: disk.image() })
      }
    }
  },
  lmdb: async () => {
    const folder = freshFolder()
    return { storage: () => lmdbStorage({ folder }) }
  },
  memory: async () => {
    const disk = memoryDisk()
    return { storage: () => disk.storage(), crash: async () => disk.crash() }
  }
}

describe.each(Object.keys(makers))('%s', (maker) => {
  const make = makers[maker] ?? (() => Promise.reject(new Error(maker)))
  test.each(storageConformance.map(({ name, run }) => ({ name, run })))('$name', ({ run }) => run(make))
})

describe('a disk in memory', () => {
  const set = (value: number): ReadonlyArray<Change> => [{ type: 'set', field: 'a', value }]

  test.each([
    { keepsFailed: false, kept: 2 },
    { keepsFailed: true, kept: 3 }
  ])('fails the commit it is told to, and all after it: $kept is kept', async ({ keepsFailed, kept }) => {
    const disk = memoryDisk()
    const storage = disk.storage({ failAt: 3, keepsFailed })
    await storage.open()
    await storage.commit(set(1))
    await storage.commit(set(2))
    await expect(storage.commit(set(3))).rejects.toThrow('Q807')
    await expect(storage.commit(set(4))).rejects.toThrow('Q807')
    await storage.close()
    expect(await disk.storage().open()).toEqual({ a: kept })
  })

  test.each([
    { unresolved: 'lost', kept: 1 },
    { unresolved: 'kept', kept: 2 }
  ] as const)(
    'crashes in the middle of a commit, which is $unresolved and never resolves',
    async ({ unresolved, kept }) => {
      const disk = memoryDisk()
      let release = (): void => {}
      const held = new Promise<void>((done) => {
        release = done
      })
      const storage = disk.storage({ beforeDurable: (commit) => (commit === 2 ? held : Promise.resolve()) })
      await storage.open()
      await storage.commit(set(1))
      let isDone = false
      void storage.commit(set(2)).finally(() => {
        isDone = true
      })
      disk.crash(unresolved)
      release()
      const next = disk.storage()
      expect(await next.open()).toEqual({ a: kept })
      await next.commit(set(5))
      expect(disk.stored()).toEqual({ a: 5 })
      expect(isDone).toBe(false)
    }
  )

  test('is damaged when it is told to', async () => {
    const disk = memoryDisk()
    disk.damage()
    await expect(disk.storage().open()).rejects.toThrow('Q802')
  })
})

describe('the write-ahead log and the loop', () => {
  /** A log whose syncs are told by how they wait, and take as long as the disk says. */
  const watched = async (syncMs: () => number) => {
    const syncs: string[] = []
    const { disk } = simulatedDisk()
    const told = (file: DiskFile): DiskFile => ({
      ...file,
      sync: () => {
        syncs.push('in a thread')
        return file.sync()
      },
      syncNow: () => {
        for (const until = performance.now() + syncMs(); performance.now() < until;);
        syncs.push('at once')
        file.syncNow()
      }
    })
    const watching: Disk = {
      ...disk,
      open: async (name) => told(await disk.open(name)),
      create: async (name) => told(await disk.create(name))
    }
    const storage = writeAheadLog({ folder: '/simulated', disk: watching, segmentBytes: 2 ** 20 })
    await storage.open()
    return async (value: string) => {
      syncs.length = 0
      await storage.commit([{ type: 'set', field: 'value', value }])
      return syncs
    }
  }

  test('what is small is synced at once, what is large while the loop goes on', async () => {
    const commit = await watched(() => 0)
    expect(await commit('x')).toEqual(['at once'])
    expect(await commit('x'.repeat(4000))).toEqual(['in a thread'])
    expect(await commit('x')).toEqual(['at once'])
  })

  test('a disk that is slow holds up the loop once, and is tried again after a while', async () => {
    let syncMs = 25
    const commit = await watched(() => syncMs)
    // Taking the log up was the one.
    expect(await commit('x')).toEqual(['in a thread'])
    syncMs = 0
    for (let times = 1; times < 64; times += 1) expect(await commit('x')).toEqual(['in a thread'])
    expect(await commit('x')).toEqual(['at once'])
  })
})
