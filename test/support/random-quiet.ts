/**
 * Random protocols of a speaker `a`, a hearer `b` and at times a second speaker `c`, in which most of what b does is not seen: seen is whether the
 * digit of a state is odd. Rows of b's table are near copies of each other, so that steps often take nothing away, or nearly nothing.
 */
import fc from 'fast-check'
import {
  always,
  reply,
  send,
  startTimer,
  step,
  type Effect,
  type NodeView,
  type Property
} from '../../spec/kernel/index.ts'
import type { Faults, Model, Network } from '../../src/model/index.ts'
import { reading } from './judges.ts'
import { answers, handMade, type HandMade, type Line, type Tables } from './hand-made.ts'
import type { Scene } from './scenes.ts'
import { draw } from './random-protocol.ts'

type Effects = ReadonlyArray<Effect<HandMade>>
type Pick = (place: string, below: number) => number

/** What properties see of a state: a crash keeps as much. */
export const parity = (state: string): string => (/[13579]|odd/.test(state) ? 'odd' : 'even')

export const parityOf = (node: { readonly up: boolean; readonly durable: string }): string =>
  `${node.up ? 'up' : 'down'} ${parity(node.durable)}`

const words = ['l', 'm', 'k'] as const
const timers = ['on', 'off'] as const

const said = (pick: Pick, place: string, most: number): Effects =>
  Array.from({ length: pick(`${place} many`, most + 1) }, (_, k) =>
    send('b', words[pick(`${place} word ${k}`, 3)] ?? 'l')
  )

/** What b does: mostly nothing that is seen. */
const lineOf = (pick: Pick, place: string, states: number, hears: string): Line => {
  const isSeen = pick(`${place} seen`, 3) === 0
  const after = 2 * pick(`${place} after`, states) + (isSeen ? 1 : 0)
  const effects: Effects = [
    ...(pick(`${place} says`, 6) === 0 ? [send('a', pick(`${place} what`, 2) === 0 ? 'y' : 'z')] : []),
    ...(pick(`${place} tells`, 12) === 0 ? [send('c', 'z')] : []),
    ...(pick(`${place} replies`, hears === 'ask' ? 2 : 9) === 0
      ? [reply('r', pick(`${place} answer`, 2) === 0 ? 'A' : 'B')]
      : []),
    ...(pick(`${place} again`, hears === 'on' || hears === 'off' ? 3 : 9) === 0
      ? [startTimer(timers[pick(`${place} timer`, 2)] ?? 'on')]
      : [])
  ]
  return [pick(`${place} rule`, 9) === 0 ? 'odd' : 'go', `${after}`, ...effects]
}

const rowOf = (pick: Pick, state: number, states: number): Readonly<Record<string, Line>> =>
  Object.fromEntries(
    [...words, ...timers, 'ask'].flatMap((word) => {
      const place = `b ${state} ${word}`
      return pick(place, 2) === 0 ? [] : [[word, lineOf(pick, place, states, word)]]
    })
  )

const tablesOf = (pick: Pick): Tables => {
  const states = 2 + pick('states', 3)
  const rows: Readonly<Record<string, Line>>[] = []
  for (let state = 0; state <= 2 * states; state++) {
    const own = rowOf(pick, state, states)
    const model = rows[2 * pick(`model ${state}`, Math.ceil(rows.length / 2))]
    const odd = Object.entries(own)[pick(`exception ${state}`, 6)]
    const isCopy = model !== undefined && pick(`copy ${state}`, 3) > 0
    rows.push(isCopy ? { ...model, ...(odd === undefined ? {} : { [odd[0]]: odd[1] }) } : own)
  }
  const hasOther = pick('other', 2) === 0
  const begin = (node: string, most: number): Line => [
    'start',
    '0',
    ...said(pick, node, most),
    ...(pick(`${node} x`, 3) === 0 ? [startTimer('x')] : [])
  ]
  const speaking = (node: string): Tables['steps'] => ({
    [`${node} 0 x`]: ['go', `${pick(`${node} after x`, 3)}`, ...said(pick, `${node} x`, 2)],
    [`${node} 0 z`]: ['go', '1'],
    [`${node} 0 y`]: ['go', '3'],
    [`${node} 2 z`]: ['go', '1', ...said(pick, `${node} z`, 1)]
  })
  return {
    start: {
      a: begin('a', 3),
      b: ['start', '0', ...timers.flatMap((timer) => (pick(`b ${timer}`, 3) === 0 ? [startTimer(timer)] : []))],
      c: hasOther ? begin('c', 2) : ['start', '0']
    },
    steps: {
      ...Object.fromEntries(
        rows.flatMap((row, state) => Object.entries(row).map(([word, line]) => [`b ${state} ${word}`, line]))
      ),
      ...speaking('a'),
      ...speaking('c')
    },
    again: Object.fromEntries(
      ['b even', 'b odd'].map((kept) => [
        kept,
        [
          'start',
          `${pick(`back ${kept}`, 2 * states)}`,
          ...timers.slice(0, pick(`timer ${kept}`, 2)).map(startTimer<string>)
        ]
      ])
    ),
    durable: parity
  }
}

const faultsOf = (pick: Pick): Faults => {
  const cuts = pick('one-way', 2) === 0 ? ('symmetric' as const) : ('one-way' as const)
  return {
    crashing: ['b'],
    crashes: pick('crashes', 4) === 0 ? 1 : 0,
    crashesForGood: pick('for good', 8) === 0 ? 1 : 0,
    ...(pick('partitions', 6) === 0 ? { partitions: { times: 1, cuts, heal: pick('heal', 3) > 0 } } : {})
  }
}

const networkOf = (pick: Pick): Network => {
  const kind = (['asynchronous', 'unordered', 'fifo'] as const)[pick('network', 3)] ?? 'fifo'
  if (kind === 'asynchronous') return { kind }
  return { kind, lose: pick('lose', 9) === 0 ? 1 : 0, duplicate: pick('duplicate', 9) === 0 ? 1 : 0 }
}

const stateOf = (node: NodeView<HandMade> | undefined): string => (node?.up === true ? node.state : 'down')

/** Read one node after the other, and the second only if the first is wrong: what is read late is read late. */
const propertiesOf = (pick: Pick): ReadonlyArray<Property<HandMade>> => {
  const wrong = [0, 1, 2].map(
    (k) => `${pick(`up ${k}`, 4) > 0 ? 'up' : 'down'} ${pick(`odd ${k}`, 2) === 0 ? 'odd' : 'even'}`
  )
  const order = pick('order', 2) === 0 ? [0, 1, 2] : [1, 0, 2]
  const heard = [...words, 'on', 'off'][pick('heard', 5)]
  return [
    ...(pick('reads', 2) === 0 ? [reading(parityOf)] : []),
    always<HandMade>('not-all', ({ nodes }) =>
      order.slice(0, 1 + pick('of all', 3)).some((k) => parityOf(nodes[k]!) !== wrong[k])
    ),
    ...(pick('steps', 2) === 0
      ? [
          step<HandMade>(
            'never',
            ({ event, before, after }) =>
              !(
                (event.type === 'deliver'
                  ? event.message === heard
                  : event.type === 'timeout' && event.timer === heard) &&
                (pick('after what', 2) === 0 || stateOf(before) === `${2 * pick('before', 4)}`) &&
                after.up === pick('cut', 3) > 0
              )
          )
        ]
      : []),
    ...(pick('history', 2) === 0 ? [answers((all) => all === (pick('answers', 2) === 0 ? 'BA' : 'A'))] : [])
  ]
}

/** Such protocols, as hand-made ones are written; with `judged`, properties too, else a search of the whole space. */
export const quietScenes = (judged: boolean): fc.Arbitrary<Omit<Scene, 'matters'>> =>
  fc.integer().map((seed) => {
    const pick: Pick = (place, below) => draw(seed, place, Math.max(1, below))
    const other = `${2 * pick('outside', 4)}`
    const kindOfBound = pick('bound', 12)
    const kindOfEnd = pick('end', 4)
    const changed: Partial<Model<HandMade>> = {
      network: networkOf(pick),
      faults: faultsOf(pick),
      requests: pick('requests', 3) === 0 ? [{ name: 'r', request: 'ask', at: ['b'] }] : [],
      ...(pick('timing', 16) === 0
        ? {
            timing: {
              assumes: 'a is odd',
              mayFire: ({ nodes }, { id }) => id !== 'b' || parityOf(nodes[0]!) === 'up odd'
            }
          }
        : {}),
      bounds: {
        ...(pick('depth', 16) === 0 ? { depth: 2 + pick('deep', 3) } : {}),
        ...(kindOfBound === 0 ? { node: (node) => parityOf(node) !== 'up odd' } : {}),
        ...(kindOfBound === 1 ? { node: (node) => stateOf(node) !== other } : {})
      },
      properties: judged ? propertiesOf(pick) : [reading(parityOf), ...(pick('history', 3) === 0 ? [answers()] : [])],
      mayStop: true,
      ...(kindOfEnd === 0 ? { mayStop: ({ nodes }) => nodes.some((node) => parityOf(node) === 'up odd') } : {}),
      ...(kindOfEnd === 1 ? { mayStop: ({ nodes }) => parityOf(nodes[1]!) === 'up odd' } : {}),
      ...(kindOfEnd === 2 ? { mayStop: () => false } : {})
    }
    return { tables: tablesOf(pick), changed }
  })

/** Models of them. */
export const quietModels = (judged: boolean): fc.Arbitrary<Model<HandMade>> =>
  quietScenes(judged).map(({ tables, changed }) => handMade(tables, changed))
