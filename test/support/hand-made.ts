/** Protocols written down as tables of words, a line for each step: the smallest in which something matters. */
import * as t from 'io-ts'
import { history, type Effect, type HistoryProperty, type Protocol, type Signature } from '../../spec/kernel/index.ts'
import { asynchronous, model, type Model } from '../../src/model/index.ts'

export type HandMade = Signature<{
  state: string
  durable: string
  message: string
  timer: string
  request: string
  response: string
  entry: string
  content: string
  fact: string
  rule: string
}>

/** The rule that fires, the state it leads to, and the effects. */
export type Line = readonly [rule: string, state: string, ...effects: ReadonlyArray<Effect<HandMade>>]

export interface Tables {
  /** By node: how it begins. */
  readonly start: Readonly<Record<string, Line>>
  /** By node, state and what happens, which is the text of a message, a timer or a request: `b waiting ping`. Whatever is not there is ignored. */
  readonly steps: Readonly<Record<string, Line>>
  /** By node and durable state: how it begins again. */
  readonly again?: Readonly<Record<string, Line>>
  /** What a crash keeps of a state: nothing, unless said otherwise. */
  readonly durable?: (state: string) => string
  /** Steps, by the same keys, that a reducer rightly refuses: they cannot happen. */
  readonly refuses?: ReadonlyArray<string>
}

const timersIn = (lines: ReadonlyArray<Line>): ReadonlyArray<string> => [
  ...new Set(
    lines.flatMap(([, , ...effects]) =>
      effects.flatMap((effect) => (effect.type === 'start-timer' || effect.type === 'stop-timer' ? effect.timer : []))
    )
  )
]

export const handMadeProtocol = ({
  start,
  steps,
  again = {},
  durable = () => '',
  refuses = []
}: Tables): Protocol<HandMade> => {
  const lines = [start, steps, again].flatMap((table) => Object.values(table))
  const stepOf = ([rule, state, ...effects]: Line) => ({ rule, state, effects })
  return {
    name: 'hand-made',
    wireVersion: 1,
    codecs: { message: t.string, durable: t.string, request: t.string, response: t.string, entry: t.string },
    rules: [...new Set(['ignore', ...lines.map(([rule]) => rule)])],
    timers: timersIn(lines),
    initial: ({ id }) => stepOf(start[id] ?? ['start', '']),
    recover: ({ id }, kept) => stepOf(again[`${id} ${kept}`] ?? ['start', kept]),
    durable,
    step: ({ id }, state, event) => {
      const what =
        event.type === 'deliver'
          ? event.message
          : event.type === 'timeout'
            ? event.timer
            : event.type === 'request'
              ? event.request
              : 'snapshot'
      const key = `${id} ${state} ${what}`
      if (refuses.includes(key)) throw new Error(`${key} cannot happen`)
      return stepOf(steps[key] ?? ['ignore', state])
    }
  }
}

export const handMade = (tables: Tables, changed: Partial<Model<HandMade>> = {}): Model<HandMade> =>
  model<HandMade>({
    name: 'hand-made',
    protocol: handMadeProtocol(tables),
    nodes: Object.fromEntries(Object.keys(tables.start).map((id) => [id, null])),
    network: asynchronous(),
    properties: [],
    mayStop: true,
    ...changed
  })

/** What clients were answered last, at most three, in order; never wrong unless it is said what is. */
export const answers = (isWrong: (answers: string) => boolean = () => false): HistoryProperty<HandMade> =>
  history<HandMade, string>('answers', {
    initial: '',
    next: (before, record) => (record.type === 'reply' ? `${before}${record.response}`.slice(-3) : before),
    holds: (all) => !isWrong(all)
  })
