/** What the crew and its workers say to each other. All of it plain data. */
import type { either } from 'fp-ts'
import type { CheckOptions, Progress, Report } from '../checker/report.ts'
import type { SharedMemory } from '../checker/team.ts'
import type { Source } from '../load/load.ts'
import type { Problem } from '../model/problem.ts'

export type JobOptions = Pick<CheckOptions, 'reduce' | 'maxStates' | 'givesWayAt' | 'maxBytes' | 'profile' | 'origin'>

/** Check a model; in a team, together with others that have the same job. */
export interface Job {
  readonly source: Source
  readonly model: string
  readonly options: JobOptions
  readonly team: { readonly rank: number; readonly size: number; readonly memory: SharedMemory } | null
  /** Where the worker writes what of the user's it is running. */
  readonly watch: SharedArrayBuffer
}

export type ToWorker =
  | { readonly type: 'check'; readonly job: Job }
  /** A job with this model may come: load it. */
  | ({ readonly type: 'prepare' } & Pick<Job, 'source' | 'model'>)
  | { readonly type: 'abort' }

export type FromWorker =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'done'; readonly result: either.Either<Problem, Report> }
  | { readonly type: 'bug'; readonly stack: string }
