/** What clients saw of a run, and why it violates a property of what clients see. */
import type { AnySignature, ClientRecord, HistoryProperty } from '../../spec/kernel/index.ts'
import type { ValidModel } from '../model/valid.ts'
import type { Remark } from './remarks.ts'
import { repliesIn } from './remarks.ts'
import { sayName, sayWhole } from './say.ts'
import type { Trace } from './trace.ts'

type Seen = ClientRecord<AnySignature>

const repliesOf = (effects: ReadonlyArray<unknown>): ReadonlyArray<Seen> =>
  repliesIn(effects).map((reply) => ({ type: 'reply', ...reply }))

/** What clients saw, in order. */
export const seenIn = ({ start, steps }: Pick<Trace, 'start' | 'steps'>): ReadonlyArray<Seen> => {
  return [
    ...start.flatMap(({ effects }) => repliesOf(effects)),
    ...steps.flatMap(({ action, effects }): ReadonlyArray<Seen> => {
      if (action.type !== 'request') return repliesOf(effects)
      const { id, node, request } = action
      return [{ type: 'invoke', id, node, request }, ...repliesOf(effects)]
    })
  ]
}

/** A counterexample is worth more than its explanation: where that fails, it says so instead. */
const wordsOf = ({ explain }: HistoryProperty<AnySignature>, seen: ReadonlyArray<Seen>): string => {
  try {
    return explain?.(seen) ?? ''
  } catch (error) {
    return `the explanation failed: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** What the property that a run violates says of it; null where that is no property of what clients see. */
export const explanationOf = (valid: ValidModel, trace: Trace): Trace['explanation'] => {
  const property = valid.histories.find(({ name }) => name === trace.property)
  if (trace.shows !== 'violated' || property === undefined) return null
  const words = wordsOf(property, seenIn(trace)).trim()
  return words === '' ? [] : words.split('\n')
}

const sayRecord = (record: Seen): string =>
  record.type === 'invoke'
    ? `${sayName(record.id)} asks ${sayName(record.node)}: ${sayWhole(record.request)}`
    : `${sayName(record.id)} hears: ${sayWhole(record.response)}`

/** What stands below the end of a run: the records of clients, numbered from 1, and the explanation. */
export const explanationRemarks = (trace: Trace): ReadonlyArray<Remark> => {
  const { explanation } = trace
  if (explanation === null) return []
  const said = seenIn(trace).map(sayRecord)
  const digits = String(said.length).length
  return [
    { text: 'what clients saw:', role: 'faint' },
    ...said.map((text, index): Remark => ({
      text: `  ${String(index + 1).padStart(digits)}  ${text}`,
      role: 'message'
    })),
    ...(explanation.length === 0 ? [] : [{ text: 'why:', role: 'faint' } as const]),
    ...explanation.map((line): Remark => ({ text: line === '' ? '' : `  ${sayName(line)}`, role: 'change' }))
  ]
}
