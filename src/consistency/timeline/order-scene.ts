/** The picture of a legal order, or of why there is none. */
import { canonical } from '../../model/data.ts'
import type { Call } from '../history.ts'
import type { LegalOrder, OrderViolation, Stuck } from '../order.ts'
import { callLabel, processLabel, valueLabel } from './labels.ts'
import type { Scene, Tone } from './scene.ts'
import { cutTo } from './text.ts'
import { barOf, cutNote, laneNames, leftOutOf, processesOf, windowOf } from './window.ts'

type AnyCall = Call<unknown, unknown>

/** How many calls of the end of the order are always shown, and how many of those that have no place. */
const lastPlaced = 3
const mostStuck = 4

/** Columns of a state in a sentence, and how many other states it has. */
const stateColumns = 60
const mostStates = 2

const stateLabel = (state: unknown): string => cutTo(JSON.stringify(state), stateColumns)

const named = (call: AnyCall): string => {
  const { invocation, completion, process } = call
  const records =
    completion === null ? `record ${invocation.index}` : `records ${invocation.index} to ${completion.index}`
  return `${cutTo(callLabel(call), stateColumns)} of ${processLabel(process)} (${records})`
}

const sayStuck = ({ call, wanted }: Stuck): string => {
  if (wanted === 'never allowed') return `✗ ${named(call)}: no state that these calls can reach allows it.`
  if (wanted === 'not allowed') return `✗ ${named(call)}: it cannot take place in this state.`
  if (wanted === 'another response') return `✗ ${named(call)}: this answer is wrong in this state.`
  return `✗ ${named(call)}: in this state the answer is ${valueLabel(wanted.response)}.`
}

const has = (operation: unknown, text: string): boolean =>
  typeof operation === 'object' &&
  operation !== null &&
  Object.values(operation).some((value: unknown) => canonical(value) === text || has(value, text))

/** The last call before this one that brought what this one answered: where a stale read comes from. */
const sourceOf = (part: ReadonlyArray<AnyCall>, { completion, invocation }: AnyCall): AnyCall | undefined => {
  if (completion?.type !== 'ok' || completion.response === null || typeof completion.response === 'boolean')
    return undefined
  const answered = canonical(completion.response)
  return part.findLast(
    (call) =>
      call.invocation.index < completion.index && call.invocation !== invocation && has(call.operation, answered)
  )
}

const titleOf = (name: string, verdict: string, key: unknown): string =>
  `${name}${key === null ? '' : ` at key ${cutTo(valueLabel(key), 40)}`}: ${verdict}`

const states = ({ placed, state, states: all }: OrderViolation): string => {
  const others = all.filter((other) => canonical(other) !== canonical(state)).map(stateLabel)
  const more = others.length > mostStates ? ' …' : ''
  const orElse = others.length === 0 ? '' : `; others as long leave ${others.slice(0, mostStates).join(', ')}${more}`
  return placed.length === 0
    ? `No call can come first; the state is ${stateLabel(state)}.`
    : `The longest legal order has ${placed.length} ${placed.length === 1 ? 'call' : 'calls'} and leaves the state ${stateLabel(state)}${orElse}.`
}

export const violationScene = (name: string, violation: OrderViolation, part: ReadonlyArray<AnyCall>): Scene => {
  const { placed, stuck, precedence, key } = violation
  const stuckCalls = stuck.map(({ call }) => call.invocation.index)
  const byIndex = new Map(part.map((call) => [call.invocation.index, call]))
  const places = new Map(placed.map((call, place) => [call.invocation.index, place + 1]))
  const inPart = (index: number): ReadonlyArray<AnyCall> => {
    const call = byIndex.get(index)
    return call === undefined ? [] : [call]
  }
  const wrong = stuckCalls.slice(0, mostStuck).flatMap(inPart)
  const sources = wrong.flatMap((call) => sourceOf(part, call) ?? [])
  const lately = placed.slice(-lastPlaced).flatMap(({ invocation }) => inPart(invocation.index))
  // What was invoked after the last completion that has no place cannot help to give it one.
  const end = Math.max(...wrong.map(({ completion, invocation }) => completion?.index ?? invocation.index))
  const before = precedence === 'real-time' ? part.filter(({ invocation }) => invocation.index < end) : part
  const shown = windowOf(before, [...wrong, ...sources, ...lately])
  const processes = processesOf(shown)
  const toneOf = ({ invocation: { index } }: AnyCall): Tone =>
    stuckCalls.includes(index) ? 'wrong' : places.has(index) ? 'placed' : 'plain'
  const more = stuck.length - mostStuck
  return {
    title: titleOf(name, 'violation', key),
    isWrong: true,
    says: [states(violation), ...stuck.slice(0, mostStuck).map(sayStuck), ...(more > 0 ? [`✗ and ${more} more.`] : [])],
    lanes: laneNames(processes),
    bars: shown.map((call) =>
      barOf(call, processes.indexOf(call.process), toneOf(call), places.get(call.invocation.index) ?? null, { key })
    ),
    arrows: [],
    placesFollowTime: precedence === 'real-time',
    leftOut: leftOutOf(part, shown),
    notes: [
      precedence === 'real-time'
        ? 'Numbers: the longest legal order, each at a moment when its call may take effect. ✗: what no order can place.'
        : 'Numbers: the longest legal order; it keeps the order of each process and need not follow time. ✗: what cannot come next.',
      ...cutNote(`calls${key === null ? '' : ` at key ${valueLabel(key)}`}`, part.length, shown.length)
    ]
  }
}

/** The picture of a history that has a legal order: of its first part, with the first calls of it. */
export const orderScene = (name: string, orders: ReadonlyArray<LegalOrder>, all: ReadonlyArray<AnyCall>): Scene => {
  const [first] = orders
  const places = new Map(first?.order.map((index, place) => [index, place + 1]))
  const part = orders.length > 1 ? all.filter(({ invocation }) => places.has(invocation.index)) : all
  const shown = windowOf(part, [])
  const processes = processesOf(shown)
  const key = orders.length > 1 ? (first?.key ?? null) : null
  return {
    title: titleOf(name, 'ok', key),
    isWrong: false,
    says: orders.length > 1 ? [`All ${orders.length} keys have a legal order; this is the first.`] : [],
    lanes: laneNames(processes),
    bars: shown.map((call) => {
      const place = places.get(call.invocation.index) ?? null
      return barOf(call, processes.indexOf(call.process), place === null ? 'plain' : 'placed', place, { key })
    }),
    arrows: [],
    placesFollowTime: name.startsWith('linearizable'),
    leftOut: leftOutOf(part, shown),
    notes: ['Numbers: a legal order.', ...cutNote('calls', part.length, shown.length)]
  }
}
