/**
 * Judges as properties of models: every history of a bounded model is judged, not one recorded run.
 *
 * The content of such a property is part of the global state, so what it keeps costs states. `consistent` keeps the
 * whole history and takes any judge. `linearizableHistory` keeps what linearizability still depends on, which is much
 * less: a state of the object and the calls that are open.
 */
import { either } from 'fp-ts'
import { history as historyProperty } from '../../spec/kernel/properties.ts'
import type { HistoryProperty } from '../../spec/kernel/properties.ts'
import type { AnySignature, RequestId } from '../../spec/kernel/protocol.ts'
import { canonical, sameData } from '../model/data.ts'
import type { HistoryRecord } from './history.ts'
import { linearizable } from './linearizable.ts'
import { historyOf, objectionOf, withRecord } from './seen.ts'
import type { Answer, Reading } from './seen.ts'
import type { Specification } from './specification.ts'
import type { Judge } from './verdict.ts'

/**
 * Every history of the model passes the judge. Keeps whole histories: for small models, and for judges that need them.
 *
 * A judge that gives up (`unknown`) counts as not passed, never as passed.
 *
 * @example consistent('sequentially-consistent', sequentiallyConsistent(register()), reading)
 */
export const consistent = <P extends AnySignature, Operation, Response>(
  name: string,
  judge: Judge<unknown, unknown>,
  reading: Reading<P, Operation, Response>
): HistoryProperty<P> => {
  type Records = ReadonlyArray<HistoryRecord<Operation, Response>>
  return historyProperty<P, Records>(name, {
    initial: [],
    next: (records, record) => withRecord(records, reading, record, records.length),
    holds: (records) => {
      const judged = judge.judge(records)
      return either.isRight(judged) && judged.right.verdict === 'ok'
    },
    explain: (seen) => objectionOf(judge.judge(historyOf(reading, seen)))
  })
}

/** A call that took effect and is not answered yet: how it must be answered, or the state it took effect in. */
interface Done {
  readonly id: RequestId
  readonly response: unknown
}

/** One way in which the calls so far may have taken effect. */
interface Configuration {
  readonly state: unknown
  /** Sorted by id. */
  readonly done: ReadonlyArray<Done>
}

interface Open<Operation> {
  readonly id: RequestId
  readonly operation: Operation
}

/** What is kept of the calls with one key, or of all calls where the specification knows no keys. */
interface Part<Operation> {
  /** Null where the specification knows no keys. */
  readonly key: unknown
  /** Sorted by id. */
  readonly open: ReadonlyArray<Open<Operation>>
  /** Sorted by canonical text, no duplicates. Empty: no way is left. */
  readonly ways: ReadonlyArray<Configuration>
}

/** Sorted by the canonical text of keys. A part in which nothing has happened, or nothing that matters, is left out. */
type Content<Operation> = ReadonlyArray<Part<Operation>>

const byId = (one: { readonly id: string }, other: { readonly id: string }): number => (one.id < other.id ? -1 : 1)

const byKey = (one: { readonly key: unknown }, other: { readonly key: unknown }): number =>
  canonical(one.key) < canonical(other.key) ? -1 : 1

const distinct = (ways: ReadonlyArray<Configuration>): ReadonlyArray<Configuration> => {
  const byText = new Map(ways.map((way) => [canonical(way), way]))
  return [...byText.keys()].toSorted().flatMap((text) => byText.get(text) ?? [])
}

/**
 * What clients see is linearizable by a sequential specification ([Herlihy90]).
 *
 * The content is the set of configurations of a just-in-time linearization ([Lowe17] §4): calls take effect only when
 * some reply needs it. Two histories with the same configurations and open calls have the same future, and are one state here.
 * Where the specification says that keys are independent, each key has configurations of its own (locality, [Herlihy90]
 * theorem 1): what is open at one key is never tried at another.
 *
 * @example linearizableHistory('linearizable', register(0), { operation: ({ operation }) => operation, answer: (response) => ({ type: 'ok', response }) })
 */
export const linearizableHistory = <P extends AnySignature, Operation, Response, State>(
  name: string,
  specification: Specification<Operation, Response, State>,
  reading: Reading<P, Operation, Response>
): HistoryProperty<P> => {
  const { initial, apply, partition } = specification
  const { operation, answer } = reading
  type Kept = Part<Operation>
  const untouched: ReadonlyArray<Configuration> = [{ state: initial, done: [] }]
  const keyOf = (asked: Operation): unknown => (partition === undefined ? null : partition(asked))

  const withPart = (content: Content<Operation>, part: Kept): Content<Operation> => {
    const others = content.filter(({ key }) => !sameData(key, part.key))
    return part.open.length === 0 && sameData(part.ways, untouched) ? others : [...others, part].toSorted(byKey)
  }

  /** An open call takes effect. None where it cannot, or where the answer that is known rules it out. */
  const effected = (way: Configuration, call: Open<Operation>): ReadonlyArray<Configuration> => {
    const outcome = apply(way.state as State, call.operation)
    if (outcome === null) return []
    // Where many answers are right, which ones is known again from the state that the call found.
    const response = 'response' in outcome ? { is: outcome.response } : { from: way.state }
    return [{ state: outcome.state, done: [...way.done, { id: call.id, response }].toSorted(byId) }]
  }

  const isRight = (call: Open<Operation>, { response }: Done, answered: Response): boolean => {
    const expected = response as { readonly is: unknown } | { readonly from: State }
    if ('is' in expected) return sameData(expected.is, answered)
    const outcome = apply(expected.from, call.operation)
    return outcome !== null && 'accepts' in outcome && outcome.accepts(answered)
  }

  /** Every way in which `call` has taken effect, others before it where that is possible. */
  const untilDone = (
    ways: ReadonlyArray<Configuration>,
    open: ReadonlyArray<Open<Operation>>,
    call: Open<Operation>
  ): ReadonlyArray<Configuration> => {
    const isDone = ({ done }: Configuration) => done.some(({ id }) => id === call.id)
    const waiting = ways.filter((way) => !isDone(way))
    const further = waiting.flatMap((way) =>
      open.filter(({ id }) => !way.done.some((done) => done.id === id)).flatMap((next) => effected(way, next))
    )
    const reached = ways.filter(isDone)
    return waiting.length === 0 ? reached : distinct([...reached, ...untilDone(distinct(further), open, call)])
  }

  const completed = ({ key, open, ways }: Kept, call: Open<Operation>, answered: Answer<Response>): Kept => {
    if (answered.type === 'info') return { key, open, ways }
    const others = open.filter(({ id }) => id !== call.id)
    if (answered.type === 'fail')
      return { key, open: others, ways: ways.filter(({ done }) => !done.some(({ id }) => id === call.id)) }
    const right = untilDone(ways, open, call).filter(({ done }) =>
      done.some((one) => one.id === call.id && isRight(call, one, answered.response))
    )
    return {
      key,
      open: others,
      ways: distinct(right.map(({ state, done }) => ({ state, done: done.filter(({ id }) => id !== call.id) })))
    }
  }

  return historyProperty<P, Content<Operation>>(name, {
    initial: [],
    next: (content, record) => {
      if (record.type === 'invoke') {
        const asked = operation(record.request)
        if (asked === null) return content
        const key = keyOf(asked)
        const part = content.find((one) => sameData(one.key, key)) ?? { key, open: [], ways: untouched }
        return withPart(content, { ...part, open: [...part.open, { id: record.id, operation: asked }].toSorted(byId) })
      }
      for (const part of content) {
        const call = part.open.find(({ id }) => id === record.id)
        if (call !== undefined) return withPart(content, completed(part, call, answer(record.response)))
      }
      return content
    },
    holds: (content) => content.every(({ ways }) => ways.length > 0),
    arrange: (content) =>
      content
        .map(({ key, open, ways }) => ({
          key,
          open: open.toSorted(byId),
          ways: distinct(ways.map(({ state, done }) => ({ state, done: done.toSorted(byId) })))
        }))
        .toSorted(byKey),
    explain: (seen) => objectionOf(linearizable(specification).judge(historyOf(reading, seen)))
  })
}
