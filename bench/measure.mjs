/**
 * One check in a process of its own, so that its memory and its compiled code are its own:
 * `node bench/measure.mjs FILE REDUCTIONS WORKERS [NAME=VALUE …]` prints one line of JSON. Called by run.mjs. One worker is this thread itself; more
 * are a crew, as the command line has it.
 */
import { cpuUsage, memoryUsage, argv, resourceUsage, stderr } from 'node:process'
import { check } from '../dist/src/checker/index.js'
import { Crew } from '../dist/src/crew/crew.js'
import { loadModels } from '../dist/src/load/load.js'

const [file, reductions, workers, ...assignments] = argv.slice(2)
const given = Object.fromEntries(assignments.map((assignment) => assignment.split('=')))
const loaded = await loadModels({ paths: [file], given, only: null })
if (loaded._tag === 'Left') throw new Error(JSON.stringify(loaded.left))
const [{ model, parameters }] = loaded.right
const options = { reduce: reductions === 'none' ? [] : reductions.split(',') }

const byCrew = async () => {
  const crew = new Crew({ workers: Number(workers), prints: stderr })
  let found
  await crew.checkAll(
    loaded.right,
    () => options,
    (_index, result) => (found = result)
  )
  await crew.close()
  return found
}

const before = cpuUsage()
const started = performance.now()
const checked = workers === '1' ? await check(model, options) : await byCrew()
const wallSeconds = (performance.now() - started) / 1000
if (checked._tag === 'Left') throw new Error(JSON.stringify(checked.left))
const { user, system } = cpuUsage(before)
const { verdict, states, transitions, depth, reducerCalls, seconds, bytesPerState, passes } = checked.right
console.log(
  JSON.stringify({
    model: model.name,
    parameters,
    reductions,
    verdict,
    states,
    transitions,
    depth,
    reducerCalls,
    passes,
    workers: Number(workers),
    // Of a crew: without starting its first thread.
    seconds,
    wallSeconds,
    cpuSeconds: (user + system) / 1e6,
    tableBytesPerState: bytesPerState,
    // In kilobytes, all in: the runtime, the compiled code and the loader too.
    peakBytesPerState: (resourceUsage().maxRSS * 1024) / states,
    residentBytes: memoryUsage.rss()
  })
)
