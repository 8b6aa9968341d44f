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

/** The model that was checked last: the passes of a team come right after the first try alone. */
let last: { readonly url: string; readonly loaded: LoadedModel } | null = null
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

const loadedFor = async ({ source, model }: Job): Promise<LoadedModel> => {
  if (last?.url !== source.bundle.url || last.loaded.model.name !== model)
    last = { url: source.bundle.url, loaded: await quietly(() => reload(source, model)) }
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
  else void work(told.job)
})
