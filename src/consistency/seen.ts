/** What clients of a model see, as a history that judges read. */
import { either } from 'fp-ts'
import { match } from 'ts-pattern'
import type { ClientRecord } from '../../spec/kernel/properties.ts'
import type { AnySignature } from '../../spec/kernel/protocol.ts'
import type { HistoryRecord } from './history.ts'
import type { Judged } from './verdict.ts'

/** What a reply says of its call. `fail`: it certainly did nothing. `info`: nobody knows. */
export type Answer<Response> =
  { readonly type: 'ok'; readonly response: Response } | { readonly type: 'fail' } | { readonly type: 'info' }

/** How a protocol's requests and responses are to be read as operations on an object. */
export interface Reading<P extends AnySignature, Operation, Response> {
  /** Null for a request that is no operation. */
  readonly operation: (request: P['request']) => Operation | null
  readonly answer: (response: P['response']) => Answer<Response>
}

type Records<Operation, Response> = ReadonlyArray<HistoryRecord<Operation, Response>>

/**
 * The history with one more record of this number. Each request is a client of its own: it comes after whatever was
 * answered before it was made. A request that is no operation leaves the history as it is, and so does its reply.
 */
export const withRecord = <P extends AnySignature, Operation, Response>(
  history: Records<Operation, Response>,
  { operation, answer }: Reading<P, Operation, Response>,
  record: ClientRecord<P>,
  index: number
): Records<Operation, Response> => {
  const at = { index, process: record.id, time: null }
  if (record.type === 'invoke') {
    const asked = operation(record.request)
    return asked === null ? history : [...history, { ...at, type: 'invoke', operation: asked }]
  }
  if (!history.some(({ type, process }) => type === 'invoke' && process === record.id)) return history
  const answered = answer(record.response)
  return [...history, answered.type === 'ok' ? { ...at, ...answered } : { ...at, ...answered, reason: null }]
}

/** All that clients saw of a run. Records are numbered from 1, as traces number them, with those left out. */
export const historyOf = <P extends AnySignature, Operation, Response>(
  reading: Reading<P, Operation, Response>,
  seen: ReadonlyArray<ClientRecord<P>>
): Records<Operation, Response> =>
  seen.reduce<Records<Operation, Response>>(
    (history, record, index) => withRecord(history, reading, record, index + 1),
    []
  )

/** What a judge has against a history, in its words; null where it has nothing. */
export const objectionOf = (judged: Judged<unknown, unknown>): string | null =>
  either.isLeft(judged)
    ? `the history cannot be judged: ${judged.left.what}`
    : match(judged.right)
        .with({ verdict: 'ok' }, () => null)
        .with({ verdict: 'violation' }, ({ explanation }) => explanation)
        .with({ verdict: 'unknown' }, ({ why }) => `the judge gave up: ${why}`)
        .exhaustive()
