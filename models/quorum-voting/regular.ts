/**
 * Regular registers, by what clients see. [Lamport86] for one writer; for many, the weak form of [SPW03]: a read answers
 * with a write that was under way while it was, or with one that was over and that no later write had replaced by then.
 */
import { history, type RequestId } from '../../spec/kernel/index.ts'
import type { QuorumVoting, Value } from '../../spec/quorum-voting/index.ts'

interface Content {
  /** What a read that starts now may find of the writes that are over; the initial value counts as one. */
  readonly over: ReadonlyArray<Value>
  /** Writes under way, each with those that were over before it: it replaces them when it ends. */
  readonly writes: ReadonlyArray<{
    readonly id: RequestId
    readonly value: Value
    readonly replaces: ReadonlyArray<Value>
  }>
  /** Reads under way, each with all it may answer. */
  readonly reads: ReadonlyArray<{ readonly id: RequestId; readonly may: ReadonlyArray<Value> }>
  readonly wrong: boolean
}

/** Every write of a model writes another value. */
export const regular = history<QuorumVoting, Content>('regular', {
  initial: { over: [null], writes: [], reads: [], wrong: false },
  next: (content, record) => {
    const { over, writes, reads } = content
    const { id } = record
    if (record.type === 'invoke' && record.request.type === 'read') {
      const may = [...over, ...writes.map(({ value }) => value)]
      return { ...content, reads: [...reads, { id, may }] }
    }
    if (record.type === 'invoke' && record.request.type === 'write') {
      const { value } = record.request
      return {
        ...content,
        writes: [...writes, { id, value, replaces: over }],
        reads: reads.map((reading) => ({ ...reading, may: [...reading.may, value] }))
      }
    }
    const writing = writes.find((each) => each.id === id)
    if (writing !== undefined)
      return {
        ...content,
        over: [...over.filter((value) => !writing.replaces.includes(value)), writing.value],
        writes: writes.filter((each) => each !== writing)
      }
    const reading = reads.find((each) => each.id === id)
    const isRight =
      record.type !== 'reply' ||
      record.response.type !== 'found' ||
      reading?.may.includes(record.response.value) === true
    return { ...content, reads: reads.filter((each) => each !== reading), wrong: content.wrong || !isRight }
  },
  holds: ({ wrong }) => !wrong
})
