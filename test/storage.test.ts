/** What every storage does, and what each does when its disk lets it down. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, test } from '@jest/globals'
import type { Storage } from '../src/runtime/ports.ts'
import { storageConformance } from '../src/runtime/storage/conformance.ts'
import type { StoragePlace } from '../src/runtime/storage/conformance.ts'
import { lmdbStorage } from '../src/runtime/storage/lmdb.ts'
import { memoryDisk } from '../src/runtime/storage/memory.ts'
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
