/**
 * What a storage takes: `npm run build && node bench/storage.mjs`. Commits of 1, 8, 64 and 256 records of about 100 bytes,
 * one after the other, on the disk of the folder given (`-- FOLDER`, by default one beside the temporary files); then how
 * long a log of a million records takes to recover. `--recover 0` leaves that out.
 */
import { mkdtempSync, rmSync } from 'node:fs'
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
const seconds = option('seconds', 2)
const records = option('recover', 1_000_000)
const root = mkdtempSync(join(tmpdir(), 'quorate-bench-'))

const storages = {
  'write-ahead log': (folder) => writeAheadLog({ folder }),
  'the same, checkpoints off': (folder) => writeAheadLog({ folder, checkpointBytes: 2 ** 40 }),
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

const measure = async (name, size) => {
  const storage = storages[name](join(root, `${name}-${size}`))
  await storage.open()
  await storage.commit([{ type: 'set', field: 'term', value: 7 }])
  const times = []
  const cpu = cpuUsage()
  const start = performance.now()
  let next = 1
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
  await storage.close()
  const sorted = times.toSorted((a, b) => a - b)
  const shown = [
    name.padEnd(26),
    String(size).padStart(5),
    Math.round(times.length / took)
      .toLocaleString('en')
      .padStart(11),
    Math.round((next - 1) / took)
      .toLocaleString('en')
      .padStart(11),
    ((user + system) / (next - 1)).toFixed(1).padStart(10),
    quantile(sorted, 0.5).toFixed(3).padStart(9),
    quantile(sorted, 0.99).toFixed(3).padStart(9),
    sorted.at(-1).toFixed(1).padStart(9)
  ]
  console.log(shown.join(' '))
}

console.log('storage                    batch   commits/s   records/s CPU µs/rec    p50 ms    p99 ms    max ms')
for (const size of [1, 8, 64, 256]) {
  for (const name of Object.keys(storages)) await measure(name, size)
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
