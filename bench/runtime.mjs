/**
 * What the host costs, and what a recording adds: three nodes of Raft in one process, over a network and disks in memory, so
 * that nothing but the loop is measured. `npm run build && node bench/runtime.mjs [operations] [in flight]`. Prints a table:
 * CPU microseconds per operation, over all three nodes.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, cpuUsage, stdout } from 'node:process'
import { inProduction, raft } from '../dist/spec/raft/index.js'
import {
  fileSink,
  host,
  memoryDisk,
  memoryNetwork,
  recordTo,
  systemClock,
  systemRandom
} from '../dist/src/runtime/index.js'

const operations = Number(argv[2] ?? 30_000)
const flight = Number(argv[3] ?? 64)

const ids = ['n1', 'n2', 'n3']
const config = { ...inProduction, batch: 256, window: 1024 }

const machine = () => {
  let total = 0
  return {
    apply: () => ({ type: 'result', result: (total += 1) }),
    snapshot: () => total,
    restore: (content) => {
      total = content
    }
  }
}

const right = (result) => {
  if (result._tag === 'Left') throw new Error(JSON.stringify(result.left))
  return result.right
}

const clusterWith = async (recorderOf) => {
  const network = right(memoryNetwork({ protocol: raft, clock: systemClock, random: systemRandom }))
  return Promise.all(
    ids.map(async (id) =>
      right(
        await host({
          protocol: raft,
          self: { id, nodes: ids, config },
          machine: machine(),
          timers: { election: [300, 600], heartbeat: 50, lease: 250, apply: 0, write: 0 },
          storage: memoryDisk().storage(),
          transport: network.transport(id),
          ...recorderOf(id)
        })
      )
    )
  )
}

const leaderOf = async (nodes) => {
  for (;;) {
    const leader = nodes.find((node) => node.state().role.is === 'leader')
    if (leader !== undefined) return leader
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const load = async (leader, count) => {
  let left = count
  const caller = async () => {
    while (left > 0) {
      left -= 1
      right(await leader.request({ type: 'command', command: { key: 'k', value: left } }))
    }
  }
  await Promise.all(Array.from({ length: flight }, caller))
}

const measured = async (recorderOf) => {
  const nodes = await clusterWith(recorderOf)
  const leader = await leaderOf(nodes)
  await load(leader, operations / 5)
  const [before, start] = [cpuUsage(), performance.now()]
  await load(leader, operations)
  const { user, system } = cpuUsage(before)
  const seconds = (performance.now() - start) / 1000
  await Promise.all(nodes.map((node) => node.stop()))
  return { microseconds: (user + system) / operations, perSecond: operations / seconds }
}

const folder = mkdtempSync(join(tmpdir(), 'quorate-bench-'))
const recording = (name, buffer) => (node) => ({
  recorder: recordTo(fileSink({ folder: join(folder, name), node }), {
    clock: systemClock,
    origin: performance.timeOrigin,
    buffer
  })
})
const kinds = [
  ['no recording', () => ({})],
  ['recorded, 64 KiB at a time', recording('buffered', 65_536)],
  ['recorded before it is visible', recording('whole', 0)]
]
for (const [name, recorderOf] of kinds) {
  const { microseconds, perSecond } = await measured(recorderOf)
  stdout.write(
    `${name.padEnd(32)} ${microseconds.toFixed(1).padStart(7)} µs/operation ${Math.round(perSecond).toLocaleString('en').padStart(9)}/s\n`
  )
}
for (const name of readdirSync(folder)) {
  const bytes = readdirSync(join(folder, name)).reduce((sum, file) => sum + statSync(join(folder, name, file)).size, 0)
  stdout.write(`${name}: ${(bytes / (operations * 1.2)).toFixed(0)} bytes per operation, over all nodes\n`)
}
rmSync(folder, { recursive: true })
