/**
 * `npm run bench -- --reductions`: what the reductions take away. A table for people on stderr, one JSON document on stdout. Each setting
 * runs in a process of its own, for `--seconds 120` at most, and is compared with the first of its model that was done by then; `--only raft` runs the models whose name has that in it.
 */
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { argv, execPath, stderr, stdout, version } from 'node:process'
import { defaultReductions, reductionNames } from '../dist/src/checker/report.js'

const option = (name, byDefault) => {
  const at = argv.indexOf(`--${name}`)
  return at < 0 ? byDefault : argv[at + 1]
}

const seconds = Number(option('seconds', '120'))
const only = option('only', '')

const choose = (n, k) => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k)
/** Of TwoPhase with n resource managers. */
const orbits = (n) => choose(n + 3, 3) + (n + 1) + choose(n + 5, 5)
const plainStates = (n) => 4 ** n + 2 ** n + 6 ** n

const all = reductionNames.join()
const defaults = defaultReductions.join()
const both = `${defaults},symmetry`

/** A model, and settings of it by the reductions in force; `expected` states where they are known otherwise. */
const models = [
  ...[3, 5, 6, 7, 8].map((n) => ({
    name: `TwoPhase, ${n} resource managers`,
    file: 'published/two-phase',
    given: { resourceManagers: n },
    settings: [
      { reduce: 'none', expected: plainStates(n) },
      { reduce: 'symmetry', expected: orbits(n) }
    ]
  })),
  {
    name: 'Raft elections, 3 servers, 2 terms, a crash, a partition',
    file: 'raft/bounded-election',
    given: {},
    settings: ['none', defaults, both, all].map((reduce) => ({ reduce }))
  },
  {
    name: 'Raft elections, 3 servers, 3 terms, a crash',
    file: 'raft/bounded-election',
    given: { terms: 3, partitions: 0 },
    settings: [defaults, both, all].map((reduce) => ({ reduce }))
  },
  {
    name: 'Raft elections, 5 servers, 2 terms',
    file: 'raft/bounded-election',
    given: { servers: 5, crashes: 0, partitions: 0 },
    settings: [all].map((reduce) => ({ reduce }))
  },
  {
    name: 'Two-phase commit, unordered, 2 participants',
    file: 'two-phase-commit/unordered',
    given: {},
    settings: ['none', defaults, all].map((reduce) => ({ reduce }))
  },
  {
    name: 'Paxos, 3 nodes, 2 proposers',
    file: 'paxos/agreement',
    given: {},
    settings: ['none', defaults, all].map((reduce) => ({ reduce }))
  },
  {
    name: 'Paxos, 4 nodes, 2 proposers',
    file: 'paxos/agreement',
    given: { nodes: 4, crashes: 0 },
    settings: [defaults, both, all].map((reduce) => ({ reduce }))
  },
  {
    name: 'Quorum voting, 2 writers',
    file: 'quorum-voting/writers',
    given: {},
    settings: ['none', defaults, all].map((reduce) => ({ reduce }))
  },
  {
    name: 'Split brain, 2 values',
    file: 'split-brain/majority',
    given: { writes: 2, crashes: 0 },
    settings: [defaults, both, all].map((reduce) => ({ reduce }))
  },
  {
    name: 'Primary and backups, 2 values',
    file: 'primary-backup/synchronous',
    given: { writes: 2, crashes: 0 },
    settings: [defaults, both, all].map((reduce) => ({ reduce }))
  }
]

const at = (path) => new URL(path, import.meta.url).pathname

/** One check, or null where it takes too long. */
const measure = ({ file, given }, reduce) => {
  const assignments = Object.entries(given).map(([name, value]) => `${name}=${value}`)
  try {
    const said = execFileSync(
      execPath,
      [at('measure.mjs'), at(`../models/${file}.model.ts`), reduce, '1', ...assignments],
      { timeout: seconds * 1000, stdio: ['ignore', 'pipe', 'inherit'] }
    )
    return JSON.parse(said.toString())
  } catch (error) {
    if (error.code === 'ETIMEDOUT') return null
    throw error
  }
}

const shortened = (reduce) =>
  reduce === all ? 'all' : reduce === both ? 'default and symmetry' : reduce === defaults ? 'default' : reduce

stderr.write(`${' '.repeat(32)}      states   transitions     CPU s   times\n${' '.repeat(69)}fewer\n`)
const rows = models
  .filter(({ name }) => name.toLowerCase().includes(only.toLowerCase()))
  .flatMap((model) => {
    stderr.write(`${model.name}\n`)
    let most = null
    return model.settings.map(({ reduce, expected }) => {
      const measured = measure(model, reduce)
      const states = measured?.states ?? null
      if (states !== null && expected !== undefined && states !== expected)
        throw new Error(`${model.name}, ${reduce}: ${states} states, not ${expected}`)
      most ??= states
      const ratio = states === null || most === null ? null : most / states
      const cells =
        states === null
          ? [`more than ${seconds} s`.padStart(43)]
          : [
              states.toLocaleString('en').padStart(13),
              measured.transitions.toLocaleString('en').padStart(13),
              measured.cpuSeconds.toFixed(2).padStart(9),
              ratio.toFixed(1).padStart(7)
            ]
      stderr.write(`  ${shortened(reduce).padEnd(29)} ${cells.join(' ')}\n`)
      return { model: model.name, given: model.given, ratio, reduce, ...(measured ?? { states: null, limit: seconds }) }
    })
  })

stdout.write(
  `${JSON.stringify({ node: version, cpu: cpus()[0]?.model, cores: cpus().length, seconds, rows }, null, 2)}\n`
)
