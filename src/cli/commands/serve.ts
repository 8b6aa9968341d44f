/** `quorate serve`: a node of the replicated key-value store, or a whole cluster of them on this machine. */
import { readFileSync } from 'node:fs'
import { either } from 'fp-ts'
import { problem, type Problem } from '../../model/problem.ts'
import { devCluster, nodeLogger, serve, serveOptions, settingsIn, type ServeSettings } from '../../serve/index.ts'
import { complainOf, exitStatus } from '../problems.ts'
import type { Terminal } from '../terminal.ts'

export interface ServeFlags extends ServeSettings {
  /** A file with settings; options of the command line come before them. */
  readonly config?: string
  /** Start so many nodes on this machine. */
  readonly dev?: number
}

const settingsOf = ({ config, dev: _dev, ...flags }: ServeFlags): either.Either<Problem, ServeSettings> => {
  if (config === undefined) return either.right(flags)
  const text = either.tryCatch(
    () => readFileSync(config, 'utf8'),
    (error) => problem('Q301', error instanceof Error ? error.message : String(error), [config])
  )
  return either.map((settings: ServeSettings) => ({ ...settings, ...flags }))(
    either.chain((found: string) => settingsIn(found, config))(text)
  )
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process. */
const asked = (): Promise<'signal' | 'parent'> =>
  new Promise((resolve) => {
    const bySignal = () => resolve('signal')
    process.once('SIGINT', bySignal)
    process.once('SIGTERM', bySignal)
    // Under `--dev`, the parent says so by closing the channel, or is gone. All nodes go down then.
    if (process.channel !== undefined) process.once('disconnect', () => resolve('parent'))
  })

const serveOne = async (settings: ServeSettings, version: string, terminal: Terminal): Promise<number> => {
  const refuse = (found: Problem): number => {
    complainOf([found], terminal)
    return exitStatus.wrongInput
  }
  const options = serveOptions(settings)
  if (either.isLeft(options)) return refuse(options.left)
  const { id, logLevel } = options.right
  const stopping = asked()
  const started = await serve(options.right, version, nodeLogger(id, logLevel))
  if (either.isLeft(started)) return refuse(started.left)
  const { client, http, stop, reload, stopped } = started.right
  process.on('SIGHUP', () => void reload())
  terminal.print(`${id} serves clients at ${client.host}:${client.port}`)
  if (http !== null) terminal.print(`metrics and health: http://${http.host}:${http.port}/metrics, /health`)
  const end = await Promise.race([stopping, stopped])
  if (end !== 'signal' && end !== 'parent') return end === null ? exitStatus.asExpected : exitStatus.unexpected
  await stop(end === 'signal')
  return exitStatus.asExpected
}

/** Options that every node of a cluster on this machine is given. */
const shared = (flags: ServeFlags): ReadonlyArray<string> =>
  Object.entries({
    cluster: flags.cluster,
    'snapshot-every': flags.snapshotEvery,
    election: flags.election,
    deadline: flags.deadline,
    record: flags.record,
    segment: flags.segment,
    'log-level': flags.logLevel
  }).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)]))

const serveDev = async (nodes: number, flags: ServeFlags, terminal: Terminal): Promise<number> => {
  const { data = 'quorate-data', clientPort = 6379 } = flags
  const stopping = asked()
  const started = await devCluster({
    nodes,
    data,
    clientPort,
    command: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
    options: shared(flags),
    onExit: (id, status) => terminal.complain(`${id} has ended (${status}): see ${data}/${id}.log.jsonl`)
  })
  if (either.isLeft(started)) {
    complainOf([started.left], terminal)
    return exitStatus.wrongInput
  }
  const { ports, ready, stop } = started.right
  for (const [id, { client, http }] of Object.entries(ports))
    terminal.print(`${id}  clients 127.0.0.1:${client}  http://127.0.0.1:${http}/metrics  log ${data}/${id}.log.jsonl`)
  const isReady = await Promise.race([ready(30_000), stopping])
  if (isReady === true) {
    const [first] = Object.values(ports)
    terminal.print(
      `\nA leader is elected. Talk to any node:\n\n  redis-cli -p ${first?.client}\n\nCtrl-C ends the cluster.`
    )
  } else if (isReady === false) terminal.complain('no leader was elected within 30 s: see the logs')
  await stopping
  terminal.print('stopping')
  await stop()
  return exitStatus.asExpected
}

/** @returns the exit status: 0 after an end in good order, 1 where the node failed, 2 where it could not be started */
export const serveCommand = async (flags: ServeFlags, version: string, terminal: Terminal): Promise<number> => {
  const settings = settingsOf(flags)
  if (either.isLeft(settings)) {
    complainOf([settings.left], terminal)
    return exitStatus.wrongInput
  }
  return flags.dev === undefined
    ? serveOne(settings.right, version, terminal)
    : serveDev(flags.dev, { ...flags, ...settings.right }, terminal)
}
