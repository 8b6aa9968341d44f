/**
 * What the persistent log costs at a million entries: `npm run build && node --expose-gc bench/log.mjs`.
 * Prints nanoseconds per operation, and the bytes per entry that the log itself takes, its entries not counted.
 */
import { append, compact, emptyLog, entries, entryAt, slice, truncate } from '../dist/spec/kernel/index.js'

const size = 1_000_000
const values = Array.from({ length: size }, (_, index) => ({ term: 1 + Math.floor(index / 1000), command: 'x' }))
const grown = (log) => values.reduce((longer, entry) => append(longer, entry), log)
/** An index from 1 to `size` that looks random and is the same in every run. */
const scattered = (turn) => 1 + ((turn * 7_919_777) % size)

const settledBytes = () => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const measure = (name, times, act, operations = times) => {
  const start = performance.now()
  for (let turn = 0; turn < times; turn++) act(turn)
  const nanoseconds = ((performance.now() - start) * 1e6) / operations
  console.log(`${name.padEnd(28)} ${nanoseconds.toFixed(0).padStart(6)} ns`)
}

const before = settledBytes()
const full = grown(emptyLog)
console.log(`${'bytes per entry'.padEnd(28)} ${((settledBytes() - before) / size).toFixed(1).padStart(6)}`)

let log = full
measure('append at 1,000,000', size, (turn) => (log = append(log, values[turn])))
log = full
measure('append, compact every 1,000', size, (turn) => {
  log = append(log, values[turn])
  if (turn % 1000 === 0) log = compact(log, turn)
})
measure('entryAt, in order', size, (turn) => entryAt(full, turn + 1))
measure('entryAt, scattered', size, (turn) => entryAt(full, scattered(turn)))
measure('truncate, scattered', 100_000, (turn) => truncate(full, scattered(turn)))
measure('compact, scattered', 100_000, (turn) => compact(full, scattered(turn)))
measure('slice of 8, scattered', 100_000, (turn) => slice(full, scattered(turn), scattered(turn) + 8))
measure('entries, per entry', 5, () => entries(full), 5 * size)
