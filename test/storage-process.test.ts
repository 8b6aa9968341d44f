/** Storages on the disk of this machine: processes that are killed, two that want one folder, files that are used again. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { either } from 'fp-ts'
import { madeFolder } from '../src/runtime/storage/folder.ts'
import { lmdbStorage } from '../src/runtime/storage/lmdb.ts'
import { writeAheadLog } from '../src/runtime/storage/write-ahead-log.ts'

const root = mkdtempSync(join(tmpdir(), 'quorate-process-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
/** So that no test waits for large files to be made. */
const small = { segmentBytes: 2 ** 14, checkpointBytes: 2 ** 14 }
const fresh = (): string => mkdtempSync(join(root, 'folder-'))

// Beside the packages that it imports.
const writer = resolve('node_modules', `.quorate-storage-writer-${process.pid}.mjs`)
beforeAll(async () => {
  await build({
    entryPoints: ['test/fixtures/storage-writer.ts'],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outfile: writer
  })
})
afterAll(() => rmSync(writer, { force: true }))

interface Killed {
  readonly pid: number
  /** The last commit that it said was durable. */
  readonly acknowledged: number
}

/** Runs the writer and kills it when it has said so many commits. */
const killAfter = (kind: string, folder: string, commits: number): Promise<Killed> =>
  new Promise((done, fail) => {
    const child = spawn(process.execPath, [writer, kind, folder], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = 0
    let acknowledged = 0
    let errors = ''
    child.stderr.on('data', (text) => (errors += String(text)))
    createInterface(child.stdout).on('line', (line) => {
      acknowledged = Number(line)
      said += 1
      if (said === commits) child.kill('SIGKILL')
    })
    child.on('close', () => (said < commits ? fail(new Error(errors)) : done({ pid: child.pid ?? 0, acknowledged })))
  })

const storages = {
  'the write-ahead log': { kind: 'wal', open: (folder: string) => writeAheadLog({ folder, ...small }) },
  lmdb: { kind: 'lmdb', open: (folder: string) => lmdbStorage({ folder }) }
}

describe.each(Object.values(storages))('a killed process ($kind)', ({ kind, open }) => {
  test('loses nothing that it said was durable, time and again', async () => {
    const folder = fresh()
    for (const commits of [1, 7, 60, 150, 33]) {
      const { acknowledged } = await killAfter(kind, folder, commits)
      const storage = open(folder)
      const found = (await storage.open()) as {
        readonly last: number
        readonly log: { readonly first: number; readonly entries: ReadonlyArray<unknown> }
      }
      await storage.close()
      expect(found.last).toBeGreaterThanOrEqual(acknowledged)
      expect(found.last).toBeLessThanOrEqual(acknowledged + 1 + commits)
      const { first, entries } = found.log
      expect(first).toBe(Math.max(1, Math.floor(found.last / 100) * 100 - 50))
      expect(entries).toEqual(
        Array.from({ length: found.last - first + 1 }, (_, at) => ({
          index: first + at,
          text: 'x'.repeat((first + at) % 200)
        }))
      )
    }
  })
})

describe('a folder', () => {
  const set = (value: unknown) => [{ type: 'set', field: 'a', value } as const]

  test('is made with those above it, is left as it is, and is refused where it cannot be', () => {
    const folder = join(fresh(), 'of', 'its', 'own')
    expect(madeFolder(folder)).toEqual(either.right(undefined))
    writeFileSync(join(folder, 'file'), 'kept')
    expect(madeFolder(folder)).toEqual(either.right(undefined))
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept')
    // A file in its place, a file above it, a file system that makes no folders, and says so as if the one above were not there.
    for (const refused of [join(folder, 'file'), join(folder, 'file', 'below'), '/proc/none/at/all'])
      expect(madeFolder(refused)).toMatchObject(either.left({ code: 'Q502', where: [refused] }))
  })

  test('is not opened by two, and names who has it', async () => {
    const folder = fresh()
    const storage = writeAheadLog({ folder, segmentBytes: 4096 })
    await storage.open()
    await expect(lmdbStorage({ folder }).open()).rejects.toThrow(`Q801 the folder is in use by process ${process.pid}`)
    await storage.close()
    expect(existsSync(join(folder, 'lock'))).toBe(false)
  })

  test('is taken over from a dead process, also where another one has its number now', async () => {
    const folder = fresh()
    const { pid } = await killAfter('wal', folder, 1)
    expect(readFileSync(join(folder, 'lock'), 'utf8')).toMatch(new RegExp(`^${pid} `))
    const storage = writeAheadLog({ folder, ...small })
    await storage.open()
    await storage.close()
    for (const holder of [`${process.pid} 1`, '', 'nonsense', '999999999 5']) {
      writeFileSync(join(folder, 'lock'), holder)
      const next = writeAheadLog({ folder, ...small })
      await next.open()
      await next.close()
    }
    expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([])
  })

  test('is taken over by one only, of many who want it at once', async () => {
    const folder = fresh()
    await killAfter('wal', folder, 3)
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => killAfter('wal', folder, 40)))
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []))
    // One wins, and another one only after that was killed.
    expect(refusals.length).toBeLessThan(6)
    for (const refusal of refusals) expect(refusal).toContain('Q801')
    const storage = writeAheadLog({ folder, ...small })
    const found = (await storage.open()) as { readonly last: number }
    await storage.close()
    const winners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.acknowledged] : []))
    expect(found.last).toBeGreaterThanOrEqual(Math.max(...winners))
    expect(new Set(winners).size).toBe(winners.length)
  })

  test('is given back where opening fails', async () => {
    const folder = fresh()
    const storage = writeAheadLog({ folder, segmentBytes: 4096 })
    await storage.open()
    await storage.close()
    const [segment = ''] = readdirSync(folder)
    writeFileSync(join(folder, segment), 'nonsense')
    await expect(writeAheadLog({ folder, ...small }).open()).rejects.toThrow('Q802')
    await expect(writeAheadLog({ folder, ...small }).open()).rejects.toThrow('Q802')
  })

  test('holds segments of full length, uses them again, and grows no further', async () => {
    const folder = fresh()
    const storage = writeAheadLog({ folder, segmentBytes: 4096, checkpointBytes: 8192 })
    await storage.open()
    const most: number[] = []
    for (let turn = 0; turn < 400; turn += 1) {
      await storage.commit(set('x'.repeat(turn)))
      most.push(readdirSync(folder).length)
    }
    await storage.close()
    const sizes = readdirSync(folder)
      .filter((name) => /segment|spare/.test(name))
      .map((name) => statSync(join(folder, name)).size)
    expect(new Set(sizes)).toEqual(new Set([4096]))
    expect(Math.max(...most)).toBeLessThan(15)
    const again = writeAheadLog({ folder, segmentBytes: 8192, checkpointBytes: 8192 })
    expect(await again.open()).toEqual({ a: 'x'.repeat(399) })
    await again.commit(set('y'.repeat(20_000)))
    await again.commit(set('z'))
    await again.close()
    const last = writeAheadLog({ folder, ...small })
    expect(await last.open()).toEqual({ a: 'z' })
    await last.close()
  })

  test('takes a commit that is longer than a segment, and none that is longer than allowed', async () => {
    const folder = fresh()
    const options = { folder, segmentBytes: 4096, commitBytes: 100_000 }
    const storage = writeAheadLog(options)
    await storage.open()
    await storage.commit(set('x'.repeat(90_000)))
    await expect(storage.commit(set('y'.repeat(100_000)))).rejects.toThrow('Q806')
    await storage.close()
    const again = writeAheadLog(options)
    expect(await again.open()).toEqual({ a: 'x'.repeat(90_000) })
    await again.close()
  })

  test('options that make no sense are refused at once', () => {
    expect(() => writeAheadLog({ folder: 'f', segmentBytes: 10 })).toThrow('Q104')
    expect(() => writeAheadLog({ folder: 'f', checkpointBytes: 0.5 })).toThrow('Q104')
    expect(() => writeAheadLog({ folder: 'f', commitBytes: 2 ** 31 })).toThrow('Q104')
  })
})
