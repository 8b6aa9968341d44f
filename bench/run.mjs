/**
 * `npm run bench`: TwoPhase as published, unreduced, at 3, 5, 7, 8 and 9 resource managers, by one thread; at 8 and 9 by two. A table for people
 * on stderr, one JSON document on stdout. `npm run bench -- --runs 5 --sizes 8,9 --workers 1,2` for more. `--sizes 10` has 61,515,776
 * states, and wants some minutes and 2 GB. `-- --reductions` and `-- --serve` run those benchmarks instead.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { argv, execPath, exit, stderr, stdout, version } from 'node:process'

const option = (name, byDefault) => {
  const at = argv.indexOf(`--${name}`)
  return at < 0 ? byDefault : argv[at + 1]
}

const other = ['reductions', 'serve'].find((name) => argv.includes(`--${name}`))
if (other !== undefined) {
  const program = new URL(`${other}.mjs`, import.meta.url).pathname
  const given = argv.slice(2).filter((word) => word !== `--${other}`)
  exit(spawnSync(execPath, [program, ...given], { stdio: 'inherit' }).status ?? 1)
}

const runs = Number(option('runs', '3'))
const sizes = option('sizes', '3,5,7,8,9').split(',').map(Number)
const crews = option('workers', '1,2').split(',').map(Number)
/** Sizes below this are done before threads have begun. */
const smallestOfCrews = 8
const closedForm = (n) => 4 ** n + 2 ** n + 6 ** n

/**
 * A search makes little garbage, so little room for it will do: the customary 32 MB would count as memory of the states. So would what each of the
 * customary four threads that compile keeps.
 */
const frugal = ['--max-semi-space-size=1', '--v8-pool-size=1']

const measure = (resourceManagers, workers) =>
  JSON.parse(
    execFileSync(execPath, [
      ...frugal,
      new URL('measure.mjs', import.meta.url).pathname,
      new URL('../models/published/two-phase.model.ts', import.meta.url).pathname,
      'none',
      String(workers),
      `resourceManagers=${resourceManagers}`
    ]).toString()
  )

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]

const settings = sizes.flatMap((size) =>
  crews.flatMap((workers) => (workers === 1 || size >= smallestOfCrews ? [{ size, workers }] : []))
)

/** Seconds that one thread takes, by size. */
const alone = new Map()

const rows = settings.map(({ size, workers }, position) => {
  const measured = Array.from({ length: runs }, () => measure(size, workers))
  const [first] = measured
  if (first.states !== closedForm(size)) throw new Error(`${first.states} states at ${size}, not ${closedForm(size)}`)
  const seconds = median(measured.map((run) => run.seconds))
  if (workers === 1) alone.set(size, seconds)
  const row = {
    ...first,
    seconds,
    wallSeconds: median(measured.map((run) => run.wallSeconds)),
    timesOfOne: alone.has(size) ? alone.get(size) / seconds : null,
    cpuSeconds: median(measured.map((run) => run.cpuSeconds)),
    peakBytesPerState: median(measured.map((run) => run.peakBytesPerState)),
    statesPerSecond: first.states / seconds,
    transitionsPerSecond: first.transitions / seconds,
    fastestSeconds: Math.min(...measured.map((run) => run.seconds))
  }
  const shown = [
    String(size).padStart(2),
    String(workers).padStart(7),
    row.states.toLocaleString('en').padStart(12),
    row.transitions.toLocaleString('en').padStart(12),
    row.reducerCalls.toLocaleString('en').padStart(9),
    row.seconds.toFixed(2).padStart(8),
    (row.timesOfOne?.toFixed(2) ?? '').padStart(6),
    (row.statesPerSecond / 1e6).toFixed(2).padStart(9),
    (row.transitionsPerSecond / 1e6).toFixed(1).padStart(9),
    row.tableBytesPerState.toFixed(1).padStart(8),
    row.peakBytesPerState.toFixed(1).padStart(8)
  ]
  if (position === 0)
    stderr.write(
      ' n workers       states  transitions   reducer  seconds  times  M states  M trans.    table     peak\n' +
        '                                          calls   median of one        /s        /s  B/state  B/state\n'
    )
  stderr.write(`${shown.join(' ')}\n`)
  return row
})

stdout.write(
  `${JSON.stringify({ node: version, cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem(), runs, rows }, null, 2)}\n`
)
