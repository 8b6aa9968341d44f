/**
 * `npm run bench`: TwoPhase as published, unreduced, at 3, 5, 7, 8 and 9 resource managers. A table for people on
 * stderr, one JSON document on stdout. `npm run bench -- --runs 5 --sizes 8,9` for more.
 */
import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { argv, execPath, stderr, stdout, version } from 'node:process'

const option = (name, byDefault) => {
  const at = argv.indexOf(`--${name}`)
  return at < 0 ? byDefault : argv[at + 1]
}

const runs = Number(option('runs', '3'))
const sizes = option('sizes', '3,5,7,8,9').split(',').map(Number)
const closedForm = (n) => 4 ** n + 2 ** n + 6 ** n

const measure = (resourceManagers) =>
  JSON.parse(
    execFileSync(execPath, [
      new URL('measure.mjs', import.meta.url).pathname,
      new URL('../models/published/two-phase.model.ts', import.meta.url).pathname,
      'none',
      `resourceManagers=${resourceManagers}`
    ]).toString()
  )

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]

const rows = sizes.map((size) => {
  const measured = Array.from({ length: runs }, () => measure(size))
  const [first] = measured
  if (first.states !== closedForm(size)) throw new Error(`${first.states} states at ${size}, not ${closedForm(size)}`)
  const seconds = median(measured.map((run) => run.seconds))
  const row = {
    ...first,
    seconds,
    cpuSeconds: median(measured.map((run) => run.cpuSeconds)),
    peakBytesPerState: median(measured.map((run) => run.peakBytesPerState)),
    statesPerSecond: first.states / seconds,
    transitionsPerSecond: first.transitions / seconds,
    fastestSeconds: Math.min(...measured.map((run) => run.seconds))
  }
  const shown = [
    String(size).padStart(2),
    row.states.toLocaleString('en').padStart(12),
    row.transitions.toLocaleString('en').padStart(12),
    row.reducerCalls.toLocaleString('en').padStart(9),
    row.seconds.toFixed(2).padStart(8),
    (row.statesPerSecond / 1e6).toFixed(2).padStart(9),
    (row.transitionsPerSecond / 1e6).toFixed(1).padStart(9),
    row.tableBytesPerState.toFixed(1).padStart(8),
    row.peakBytesPerState.toFixed(1).padStart(8)
  ]
  if (size === sizes[0])
    stderr.write(
      ' n       states  transitions   reducer  seconds  M states  M trans.    table     peak\n' +
        '                                  calls   median        /s        /s  B/state  B/state\n'
    )
  stderr.write(`${shown.join(' ')}\n`)
  return row
})

stdout.write(
  `${JSON.stringify({ node: version, cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem(), runs, rows }, null, 2)}\n`
)
