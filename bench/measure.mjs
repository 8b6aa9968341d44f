/**
 * One check in a process of its own, so that its memory and its compiled code are its own:
 * `node bench/measure.mjs FILE REDUCTIONS [NAME=VALUE …]` prints one line of JSON. Called by run.mjs.
 */
import { cpuUsage, memoryUsage, argv, resourceUsage } from 'node:process'
import { check } from '../dist/src/checker/index.js'
import { loadModels } from '../dist/src/load/load.js'

const [file, reductions, ...assignments] = argv.slice(2)
const given = Object.fromEntries(assignments.map((assignment) => assignment.split('=')))
const loaded = await loadModels({ paths: [file], given, only: null })
if (loaded._tag === 'Left') throw new Error(JSON.stringify(loaded.left))
const [{ model, parameters }] = loaded.right

const before = cpuUsage()
const checked = await check(model, { reduce: reductions === 'none' ? [] : reductions.split(',') })
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
    seconds,
    cpuSeconds: (user + system) / 1e6,
    tableBytesPerState: bytesPerState,
    // In kilobytes, all in: the runtime, the compiled code and the loader too.
    peakBytesPerState: (resourceUsage().maxRSS * 1024) / states,
    residentBytes: memoryUsage.rss()
  })
)
