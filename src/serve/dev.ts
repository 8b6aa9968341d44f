/** A cluster on one machine: a process for each node, on loopback, with data in a folder. */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import * as t from 'io-ts'
import { either } from 'fp-ts'
import { Positive } from '../../spec/kernel/index.ts'
import { problem, type Problem } from '../model/problem.ts'
import { madeFolder } from '../runtime/storage/folder.ts'

export interface DevOptions {
  readonly nodes: number
  readonly data: string
  /** Of the first node; the others have the next ones. 0 takes free ones. */
  readonly clientPort: number
  /** The command that starts a node, up to `serve`. */
  readonly command: ReadonlyArray<string>
  /** Options that all nodes are given. */
  readonly options: ReadonlyArray<string>
  /** Told when a node goes down by itself. */
  readonly onExit: (id: string, status: number | string | null) => void
}

const Ports = t.record(t.string, t.type({ peer: Positive, client: Positive, http: Positive }))
type Ports = t.TypeOf<typeof Ports>

export interface DevCluster {
  readonly ports: Ports
  /** Whether all nodes serve, before the time is over. */
  readonly ready: (withinMs: number) => Promise<boolean>
  /** Ends all nodes in good order. */
  readonly stop: () => Promise<void>
}

const host = '127.0.0.1'

/** Ports that are free now, all different. */
const freePorts = async (count: number): Promise<ReadonlyArray<number>> => {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject)
          server.listen(0, host, () => {
            const at = server.address()
            resolve(typeof at === 'object' && at !== null ? at.port : 0)
          })
        })
    )
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Those of the last time, if the nodes are the same. */
const keptPorts = (file: string, ids: ReadonlyArray<string>): Ports | null => {
  const parsed = either.tryCatch((): unknown => JSON.parse(readFileSync(file, 'utf8')), String)
  if (either.isLeft(parsed) || !Ports.is(parsed.right)) return null
  const kept = parsed.right
  return Object.keys(kept).join() === ids.join() ? kept : null
}

const portsFor = async ({ data, clientPort }: DevOptions, ids: ReadonlyArray<string>): Promise<Ports> => {
  const file = join(data, 'ports.json')
  const free = await freePorts(3 * ids.length)
  const [kept, port] = [keptPorts(file, ids), (place: number) => free[place] ?? 0]
  const ports = Object.fromEntries(
    ids.map((id, index) => [
      id,
      {
        peer: kept?.[id]?.peer ?? port(3 * index),
        http: kept?.[id]?.http ?? port(3 * index + 1),
        client: clientPort === 0 ? (kept?.[id]?.client ?? port(3 * index + 2)) : clientPort + index
      }
    ])
  )
  writeFileSync(file, JSON.stringify(ports))
  return ports
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })

/** Starts the nodes n1, n2 and so on. Each writes its log into `data`. */
export const devCluster = async (options: DevOptions): Promise<either.Either<Problem, DevCluster>> => {
  const { nodes, data, command, onExit } = options
  const [program, ...words] = command
  if (program === undefined) return either.left(problem('Q501', 'there is no command that starts a node'))
  const folder = madeFolder(data)
  if (either.isLeft(folder)) return folder
  const ids = Array.from({ length: nodes }, (_, index) => `n${index + 1}`)
  const ports = await portsFor(options, ids)
  const peers = ids.map((id) => `${id}=${host}:${ports[id]?.peer}/${ports[id]?.client}`).join(',')
  let isStopping = false

  const children = ids.map((id) => {
    const log = openSync(join(data, `${id}.log.jsonl`), 'a')
    const { peer = 0, client = 0, http = 0 } = ports[id] ?? {}
    const own = ['--id', id, '--listen', `${host}:${peer}`, '--peers', peers, '--data', join(data, id)]
    const reach = ['--client-port', String(client), '--http-port', String(http)]
    // In a process group of its own: Ctrl-C is for the parent, which then ends them in good order. The channel tells them
    // when the parent is gone.
    const child = spawn(program, [...words, 'serve', ...own, ...reach, ...options.options], {
      detached: true,
      stdio: ['ignore', 'ignore', log, 'ipc']
    })
    closeSync(log)
    child.on('exit', (status, signal) => (isStopping ? undefined : onExit(id, status ?? signal)))
    return child
  })

  const isWell = async (id: string): Promise<boolean> => {
    try {
      return (await fetch(`http://${host}:${ports[id]?.http}/health`)).ok
    } catch {
      return false
    }
  }

  return either.right({
    ports,
    ready: async (withinMs) => {
      const latest = performance.now() + withinMs
      while (performance.now() < latest) {
        if ((await Promise.all(ids.map(isWell))).every(Boolean)) return true
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      return false
    },
    stop: async () => {
      isStopping = true
      for (const child of children) if (child.connected) child.disconnect()
      await Promise.all(children.map(ended))
    }
  })
}
