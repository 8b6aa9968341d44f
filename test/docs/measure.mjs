/**
 * Checks every shipped model, one run each, and writes down how many states it stored and how long that took: what the
 * tables of models show. A folder at a time, so that one run does not wait for the memory of another.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { execPath } from 'node:process'

const folders = readdirSync('models', { withFileTypes: true }).filter((entry) => entry.isDirectory())
const found = folders.flatMap(({ name }) => {
  const { stdout } = spawnSync(execPath, ['dist/src/cli/main.js', 'check', `models/${name}`, '--json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30
  })
  return JSON.parse(stdout).models
})
const measured = Object.fromEntries(
  found
    .map(({ name, states, seconds }) => [name, { states, seconds: Math.round(seconds * 10) / 10 }])
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
)
writeFileSync(new URL('measured.json', import.meta.url), `${JSON.stringify(measured, null, 2)}\n`)
