/**
 * Histories: what clients asked, what they were answered, and in which order an observer saw both.
 *
 * A history is plain data, an array of records in the order of observation. That order is real time: a call that
 * completed before another was invoked precedes it ([Herlihy90]). The vocabulary is Jepsen's: a process is
 * sequential, its completion pairs with the invocation it has open, and a process whose call ended in `info` has
 * crashed. Its call stays open for ever and the client goes on, if at all, as a new process with a new name.
 */
import { either } from 'fp-ts'
import { problem } from '../model/problem.ts'
import type { Problem } from '../model/problem.ts'

/** Who calls: one sequential client, or one session of it. A number and a string are never the same process. */
export type Process = number | string

interface At {
  /** The record's number in its recording: whole, >= 0, strictly ascending along the history, with gaps allowed. */
  readonly index: number
  readonly process: Process
  /** When it was recorded, in nanoseconds from some origin; null where unknown. Never used to order records. */
  readonly time: number | null
}

/** A process asks. */
export interface Invoke<Operation> extends At {
  readonly type: 'invoke'
  readonly operation: Operation
}

/** The call took effect and was answered. */
export interface Ok<Response> extends At {
  readonly type: 'ok'
  readonly response: Response
}

/** The call certainly took no effect, neither before nor later. */
export interface Fail extends At {
  readonly type: 'fail'
  /** Plain data; null where none was given. */
  readonly reason: unknown
}

/** The call took effect, will take effect at any later time, or never does: nobody knows. */
export interface Info extends At {
  readonly type: 'info'
  /** Plain data; null where none was given. */
  readonly reason: unknown
}

export type Completion<Response> = Ok<Response> | Fail | Info

export type HistoryRecord<Operation, Response> = Invoke<Operation> | Completion<Response>

/** Records in the order of observation. */
export type History<Operation, Response> = ReadonlyArray<HistoryRecord<Operation, Response>>

/** An invocation with its completion; null while it is pending, which means the same as `info`. */
export interface Call<Operation, Response> {
  readonly process: Process
  readonly operation: Operation
  readonly invocation: Invoke<Operation>
  readonly completion: Completion<Response> | null
}

const nameOf = (process: Process): string => (typeof process === 'number' ? String(process) : JSON.stringify(process))

const at = ({ index }: { readonly index: number }): ReadonlyArray<string> => [`record ${index}`]

/**
 * Pairs every invocation with its completion, in the order of invocation.
 *
 * @returns Q601 for a completion without an open call, Q602 for an invocation by a process that has a call open (one
 *   that ended in `info` is open for ever), Q603 for indices that do not ascend; the first one found
 */
export const calls = <Operation, Response>(
  history: History<Operation, Response>
): either.Either<Problem, ReadonlyArray<Call<Operation, Response>>> => {
  type Found = { -readonly [K in keyof Call<Operation, Response>]: Call<Operation, Response>[K] }
  const found: Array<Found> = []
  const open = new Map<Process, Found>()
  let last = -1
  for (const record of history) {
    const { index, process } = record
    if (!Number.isSafeInteger(index) || index <= last)
      return either.left(problem('Q603', `index ${index} does not follow ${last}`, at(record)))
    last = index
    const pending = open.get(process)
    if (record.type === 'invoke') {
      if (pending !== undefined) {
        const why = pending.completion === null ? 'has' : 'crashed (info) with'
        const what = `process ${nameOf(process)} ${why} the call of record ${pending.invocation.index} open and invokes again`
        return either.left(problem('Q602', what, at(record)))
      }
      const call: Found = { process, operation: record.operation, invocation: record, completion: null }
      open.set(process, call)
      found.push(call)
    } else {
      if (pending === undefined || pending.completion !== null)
        return either.left(problem('Q601', `process ${nameOf(process)} completes a call it has not made`, at(record)))
      pending.completion = record
      // After `info` the entry stays: whatever this process does next is refused.
      if (record.type !== 'info') open.delete(process)
    }
  }
  return either.right(found)
}
