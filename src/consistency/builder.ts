/**
 * Histories written by hand, for tests and documentation.
 *
 * @example
 * historyOf(
 *   invoke('A', { type: 'write', value: 1 }),
 *   call('B', { type: 'read' }, 0), // invoked and answered at once, while A's write is open
 *   ok('A', null)
 * )
 */
import type { Fail, History, Info, Invoke, Ok, Process } from './history.ts'

/** A record that does not yet know its place. */
type Unplaced<R> = Omit<R, 'index' | 'time'>

type Entry =
  | Unplaced<Invoke<unknown>>
  | Unplaced<Ok<unknown>>
  | Unplaced<Fail>
  | Unplaced<Info>
  | readonly [Unplaced<Invoke<unknown>>, Unplaced<Ok<unknown>>]

type Single<E> = E extends ReadonlyArray<infer One> ? One : E
type OperationOf<E> = Single<E> extends infer One ? (One extends Unplaced<Invoke<infer O>> ? O : never) : never
type ResponseOf<E> = Single<E> extends infer One ? (One extends Unplaced<Ok<infer R>> ? R : never) : never

/** A process asks. */
export const invoke = <Operation>(process: Process, operation: Operation): Unplaced<Invoke<Operation>> => ({
  type: 'invoke',
  process,
  operation
})

/** The open call of a process is answered. */
export const ok = <Response>(process: Process, response: Response): Unplaced<Ok<Response>> => ({
  type: 'ok',
  process,
  response
})

/** The open call of a process certainly did nothing. */
export const fail = (process: Process, reason: unknown = null): Unplaced<Fail> => ({ type: 'fail', process, reason })

/** The open call of a process may or may not take effect; the process ends here. */
export const info = (process: Process, reason: unknown = null): Unplaced<Info> => ({ type: 'info', process, reason })

/** A call that is answered before anything else happens. */
export const call = <Operation, Response>(process: Process, operation: Operation, response: Response) =>
  [invoke(process, operation), ok(process, response)] as const

/** The history of these records in this order, numbered from 0, without times. */
export const historyOf = <Entries extends ReadonlyArray<Entry>>(
  ...entries: Entries
): History<OperationOf<Entries[number]>, ResponseOf<Entries[number]>> =>
  (entries.flat() as ReadonlyArray<Unplaced<Invoke<unknown>>>).map((record, index) => ({
    ...record,
    index,
    time: null
  })) as History<OperationOf<Entries[number]>, ResponseOf<Entries[number]>>
