/** What the crew and its workers say to each other. All of it plain data. */
import type { either } from 'fp-ts'
import type { CheckOptions, Progress, Report } from '../checker/report.ts'
import type { SharedMemory } from '../checker/team.ts'
import type { Source } from '../load/load.ts'
import type { Problem } from '../model/problem.ts'

export type JobOptions = Pick<CheckOptions, 'reduce' | 'maxStates' | 'maxBytes' | 'profile' | 'origin'>

/** Check a model, or help to. */
export interface Job {
  readonly source: Source
  readonly model: string
  readonly options: JobOptions
  /** How many threads there may be for it, this one included. */
  readonly threads: number
  /** What the thread that asked for help shares; null to begin. */
  readonly joining: SharedMemory | null
  /** Where the worker writes what of the user's it is running. */
  readonly watch: SharedArrayBuffer
}

export type ToWorker = { readonly type: 'check'; readonly job: Job } | { readonly type: 'abort' }

/** The end of a job. */
export type Ending =
  | { readonly type: 'done'; readonly result: either.Either<Problem, Report> }
  /** Help that came too late. */
  | { readonly type: 'late' }
  | { readonly type: 'bug'; readonly stack: string }

export type FromWorker =
  | { readonly type: 'progress'; readonly progress: Progress }
  /** The model is worth more threads. */
  | { readonly type: 'asks'; readonly memory: SharedMemory }
  | Ending
