/**
 * Isolation as a property of models: every history of transactions of a bounded model is judged.
 *
 * The content keeps, of each transaction, what was asked and answered, and which others were answered before it was asked.
 * That is all that a level of isolation depends on: two histories that differ only in the order in which transactions that
 * overlap are asked and answered are one state here.
 */
import { either } from 'fp-ts'
import { history as historyProperty } from '../../spec/kernel/properties.ts'
import type { HistoryProperty } from '../../spec/kernel/properties.ts'
import type { AnySignature, RequestId } from '../../spec/kernel/protocol.ts'
import type { HistoryRecord } from './history.ts'
import type { IsolationOptions } from './isolation/analysis.ts'
import { judge } from './isolation/judge.ts'
import { orderOf, type Level } from './isolation/levels.ts'
import type { Operations } from './isolation/transactions.ts'
import { historyOf, objectionOf } from './seen.ts'
import type { Answer, Reading } from './seen.ts'

interface Known {
  readonly id: RequestId
  readonly asked: Operations
  /** Null while it is open. */
  readonly answer: Answer<Operations> | null
  /** Those that were committed, and answered, before it was asked: sorted. Empty where the level says nothing about time. */
  readonly after: ReadonlyArray<RequestId>
}

/** Sorted by id. */
type Content = ReadonlyArray<Known>

type Records = ReadonlyArray<HistoryRecord<Operations, Operations>>

const byId = (one: Known, other: Known): number => (one.id < other.id ? -1 : 1)

const isCommitted = ({ answer }: Known): boolean => answer?.type === 'ok'

const isOpen = ({ answer }: Known): boolean => answer === null || answer.type === 'info'

const answerOf = ({ id: process, answer }: Known, index: number): Records => {
  const at = { index, process, time: null }
  if (answer === null) return []
  return [answer.type === 'ok' ? { ...at, ...answer } : { ...at, ...answer, reason: null }]
}

/** A history with this content. */
const historyWith = (content: Content): Records => {
  // Who was asked later had more answers before it, so each needs only those that are new.
  const inOrder = content.toSorted((one, other) => one.after.length - other.after.length)
  const asked = inOrder.reduce<Records>((so, { id: process, asked: operation, after }) => {
    const answered = content.filter(
      ({ id }) => after.includes(id) && !so.some((record) => record.process === id && record.type !== 'invoke')
    )
    const before = answered.reduce<Records>((records, one) => [...records, ...answerOf(one, records.length)], so)
    return [...before, { index: before.length, process, time: null, type: 'invoke', operation }]
  }, [])
  return content
    .filter(({ id }) => !asked.some((record) => record.process === id && record.type !== 'invoke'))
    .reduce<Records>((records, one) => [...records, ...answerOf(one, records.length)], asked)
}

/** What the judge may assume, and what it must show. */
export interface IsolatedOptions extends IsolationOptions {
  /**
   * Whether an `ok` must be a proof once every transaction was answered: no key may have versions whose order cannot be
   * told. False unless said otherwise.
   */
  readonly proven?: boolean
}

/**
 * What clients see is of a level of isolation. Each request is a transaction of its own, and its operation and answer are
 * lists of micro-operations.
 *
 * @example isolated('serializable', 'serializable', { operation: ({ operations }) => operations, answer })
 */
export const isolated = <P extends AnySignature>(
  name: string,
  level: Level,
  reading: Reading<P, Operations, Operations>,
  { proven = false, ...options }: IsolatedOptions = {}
): HistoryProperty<P> => {
  const { operation, answer } = reading
  const isTimed = orderOf(level) === 'realtime'
  return historyProperty<P, Content>(name, {
    initial: [],
    next: (content, record) => {
      if (record.type === 'reply')
        return content.map((known) => (known.id === record.id ? { ...known, answer: answer(record.response) } : known))
      const asked = operation(record.request)
      if (asked === null) return content
      const after = isTimed ? content.filter(isCommitted).map(({ id }) => id) : []
      return [...content, { id: record.id, asked, answer: null, after }].toSorted(byId)
    },
    holds: (content) => {
      const verdict = judge(historyWith(content), level, options)
      if (either.isLeft(verdict) || verdict.right.verdict !== 'ok') return false
      return !proven || content.some(isOpen) || verdict.right.witness.undeterminedKeys === 0
    },
    explain: (seen) => {
      const verdict = judge(historyOf(reading, seen), level, options)
      const isUnproven = either.isRight(verdict) && verdict.right.verdict === 'ok'
      return isUnproven && proven
        ? 'there are keys whose versions have no order that can be told'
        : objectionOf(verdict)
    }
  })
}
