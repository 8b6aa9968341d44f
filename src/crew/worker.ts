/** A thread that checks models for its crew. The entry of a worker: nothing imports it. */
import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { parentPort } from 'node:worker_threads'
import { check } from '../checker/check.ts'
import { Team } from '../checker/team.ts'
import { reload, type LoadedModel } from '../load/load.ts'
import type { FromWorker, Job, ToWorker } from './jobs.ts'
import { Watched } from './watch.ts'

const port = parentPort
if (port === null) throw new Error('this is a worker, not a program')

const say = (said: FromWorker): void => {
  port.postMessage(said)
}

type Loadable = Pick<Job, 'source' | 'model'>

/** The model that was loaded last: the passes of a team come right after the first try alone. */
let last: (Loadable & { readonly loaded: Promise<LoadedModel> }) | null = null
let controller = new AbortController()

/** What a model file prints when it is loaded was printed when it was loaded first. */
const quietly = async <A>(run: () => Promise<A>): Promise<A> => {
  const { console } = globalThis
  globalThis.console = new Console(new Writable({ write: (_chunk, _encoding, done) => done() }))
  try {
    return await run()
  } finally {
    globalThis.console = console
  }
}

const loadedFor = ({ source, model }: Loadable): Promise<LoadedModel> => {
  if (last?.source.bundle.url !== source.bundle.url || last.model !== model)
    last = { source, model, loaded: quietly(() => reload(source, model)) }
  return last.loaded
}

const work = async (job: Job): Promise<void> => {
  controller = new AbortController()
  try {
    const { model } = await loadedFor(job)
    const { team } = job
    const result = await check(model, {
      ...job.options,
      signal: controller.signal,
      watch: new Watched(job.watch),
      onProgress: (progress) => say({ type: 'progress', progress }),
      ...(team === null ? {} : { team: new Team(team.rank, team.size, team.memory) })
    })
    say({ type: 'done', result })
  } catch (error) {
    say({ type: 'bug', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

port.on('message', (told: ToWorker) => {
  if (told.type === 'abort') controller.abort()
  else if (told.type === 'check') void work(told.job)
  // What goes wrong is met again, and told, by the job.
  else loadedFor(told).catch(() => null)
})
