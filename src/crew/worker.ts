/** A thread that checks models for its crew. The entry of a worker: nothing imports it. */
import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { parentPort } from 'node:worker_threads'
import { check } from '../checker/check.ts'
import { Pace, renewed, sharedMemory, Team, TooLate, type SharedMemory } from '../checker/team.ts'
import { reload } from '../load/load.ts'
import type { FromWorker, Job, ToWorker } from './jobs.ts'
import { Watched } from './watch.ts'

const port = parentPort
if (port === null) throw new Error('this is a worker, not a program')

const { floor, min } = Math

/** Virtual memory to ask for where nobody says how much a check may hold. */
const customaryBytes = 2 ** 33

/** Of the bytes that a check may hold, those set apart for the keys of states, and for what threads number alike. */
const keyShare = 0.6
const logShare = 0.25

/** A log is read as one buffer, whose places are signed words. */
const largestLog = 2 ** 31 - 4

const say = (said: FromWorker): void => {
  port.postMessage(said)
}

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

/** As much of the wanted memory as the system lets us ask for. */
const memoryFor = (threads: number, maxBytes: number): SharedMemory => {
  for (let bytes = maxBytes; ; bytes /= 2)
    try {
      return sharedMemory(threads, floor(bytes * keyShare), min(floor((bytes * logShare) / 4) * 4, largestLog))
    } catch (error) {
      if (!(error instanceof RangeError) || bytes < 2 ** 24) throw error
    }
}

/** What this thread shares with those who help it: the same for one model after the other, since memory is given back late if at all. */
let shared: SharedMemory | null = null

const teamFor = ({ threads, joining, options: { maxBytes = customaryBytes } }: Job): Team => {
  if (joining !== null) return Team.joining(joining)
  if (threads === 1) return new Team()
  const pace = new Pace()
  return new Team({
    isWorthIt: (...levels) => pace.isWorthHelp(...levels),
    memory: () => (shared = shared === null ? memoryFor(threads, maxBytes) : renewed(shared)),
    ask: (memory) => say({ type: 'asks', memory })
  })
}

const work = async (job: Job): Promise<void> => {
  controller = new AbortController()
  try {
    const { model } = await quietly(() => reload(job.source, job.model))
    const result = await check(model, {
      ...job.options,
      signal: controller.signal,
      watch: new Watched(job.watch),
      onProgress: (progress) => say({ type: 'progress', progress }),
      team: teamFor(job)
    })
    say({ type: 'done', result })
  } catch (error) {
    if (error instanceof TooLate) say({ type: 'late' })
    else say({ type: 'bug', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

port.on('message', (told: ToWorker) => {
  if (told.type === 'abort') controller.abort()
  else void work(told.job)
})
