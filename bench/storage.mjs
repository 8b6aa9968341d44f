/**
 * What a storage takes: `npm run build && node bench/storage.mjs`. Commits of 1, 8, 64 and 256 records of about 100 bytes,
 * one commit after the other, in the folder for temporary files (`TMPDIR=/dev/shm` leaves the disk out of it); beside them
 * a bare write and sync of as many bytes in a file of full length. They take turns, since disks are seldom quiet; the
 * median of the turns is shown. Then how long a log of a million records takes to recover (`--recover 0` for not).
 */
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, cpuUsage, memoryUsage } from 'node:process'
import { lmdbStorage } from '../dist/src/runtime/storage/lmdb.js'
import { memoryDisk } from '../dist/src/runtime/storage/memory.js'
import { writeAheadLog } from '../dist/src/runtime/storage/write-ahead-log.js'

const option = (name, byDefault) => {
  const at = argv.indexOf(`--${name}`)
  return at < 0 ? byDefault : Number(argv[at + 1])
}
const seconds = option('seconds', 1)
const turns = option('turns', 3)
const records = option('recover', 1_000_000)
const root = mkdtempSync(join(tmpdir(), 'quorate-bench-'))

/** What no storage that syncs can beat. */
const bare = (path) => {
  const length = 2 ** 26
  const descriptor = openSync(path, 'w')
  for (let at = 0; at < length; at += 2 ** 20) writeSync(descriptor, new Uint8Array(2 ** 20), 0, 2 ** 20, at)
  let position = 0
  return {
    open: () => new Promise((done) => fdatasync(descriptor, done)),
    commit: ([{ entries = [] }]) => {
      const bytes = Buffer.alloc(32 + entries.length * 110)
      position = position + bytes.length > length ? 0 : position
      writeSync(descriptor, bytes, 0, bytes.length, position)
      position += bytes.length
      return new Promise((done) => fdatasync(descriptor, done))
    },
    close: async () => closeSync(descriptor)
  }
}

const storages = {
  'bare write and sync': (path) => bare(path),
  'write-ahead log': (folder) => writeAheadLog({ folder }),
  lmdb: (folder) => lmdbStorage({ folder }),
  memory: () => memoryDisk().storage()
}

/** About 100 bytes of JSON. */
const entry = (index) => ({
  term: 7,
  command: { type: 'set', key: `key-${index % 100_000}`, value: 'x'.repeat(40) },
  id: index
})
const batchFrom = (from, size) => Array.from({ length: size }, (_, index) => entry(from + index))

const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]

/** One storage, in as many turns as are asked for. */
const subject = async (name, size) => {
  const storage = storages[name](join(root, `${name}-${size}`))
  await storage.open()
  await storage.commit([{ type: 'set', field: 'term', value: 7 }])
  let next = 1
  const measured = []
  const turn = async () => {
    const times = []
    const first = next
    const cpu = cpuUsage()
    const start = performance.now()
    for (let at = start; at - start < seconds * 1000;) {
      await storage.commit([{ type: 'append', field: 'log', from: next, entries: batchFrom(next, size) }])
      next += size
      // A log that is compacted now and then, as behind a snapshot of the machine.
      if (next % 100_000 < size && next > 50_000)
        await storage.commit([{ type: 'compact', field: 'log', first: next - 50_000 }])
      const now = performance.now()
      times.push(now - at)
      at = now
    }
    const took = (performance.now() - start) / 1000
    const { user, system } = cpuUsage(cpu)
    const sorted = times.toSorted((a, b) => a - b)
    measured.push({
      commits: times.length / took,
      records: (next - first) / took,
      microseconds: (user + system) / (next - first),
      p50: quantile(sorted, 0.5),
      p99: quantile(sorted, 0.99)
    })
  }
  return { name, turn, end: () => storage.close(), measured }
}

const median = (rows, of) =>
  quantile(
    rows.map((row) => row[of]).toSorted((a, b) => a - b),
    0.5
  )
const inEnglish = (value) => Math.round(value).toLocaleString('en')

const show = (size, { name, measured }) =>
  console.log(
    [
      name.padEnd(20),
      String(size).padStart(5),
      inEnglish(median(measured, 'commits')).padStart(10),
      inEnglish(median(measured, 'records')).padStart(11),
      median(measured, 'microseconds').toFixed(1).padStart(10),
      median(measured, 'p50').toFixed(3).padStart(8),
      median(measured, 'p99').toFixed(3).padStart(8)
    ].join(' ')
  )

console.log('storage              batch  commits/s   records/s CPU µs/rec   p50 ms   p99 ms')
for (const size of [1, 8, 64, 256]) {
  const subjects = []
  for (const name of Object.keys(storages)) subjects.push(await subject(name, size))
  for (let turn = 0; turn < turns; turn += 1) {
    for (const each of subjects) await each.turn()
  }
  for (const each of subjects) {
    await each.end()
    show(size, each)
  }
}

const recover = async (what, options) => {
  const folder = join(root, `recovery-${what}`)
  const storage = writeAheadLog({ folder, ...options })
  await storage.open()
  for (let from = 1; from <= records; from += 100) {
    await storage.commit([{ type: 'append', field: 'log', from, entries: batchFrom(from, 100) }])
  }
  await storage.close()
  const again = writeAheadLog({ folder, ...options })
  const start = performance.now()
  const { log } = await again.open()
  const took = performance.now() - start
  await again.close()
  const megabytes = memoryUsage.rss() / 2 ** 20
  console.log(
    `${log.entries.length.toLocaleString('en')} records, ${what}: recovered in ${(took / 1000).toFixed(2)} s (${megabytes.toFixed(0)} MiB resident)`
  )
}

if (records > 0) {
  await recover('from the log', { checkpointBytes: 2 ** 40 })
  await recover('from a checkpoint', { checkpointBytes: 2 ** 25 })
}
rmSync(root, { recursive: true, force: true })
