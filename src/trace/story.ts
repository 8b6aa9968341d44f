/** A trace as it is told: step by step, what changed since the node was last seen. What all renderings share. */
import type { NodeId } from '../../spec/kernel/index.ts'
import type { Action } from '../model/action.ts'
import { canonical } from '../model/data.ts'
import { changes, type Change } from './changes.ts'
import { isFields } from './say.ts'
import type { Snapshot, Trace, TraceStart } from './trace.ts'

type UpSnapshot = Extract<Snapshot, { readonly up: true }>

/** One step. */
export interface Scene {
  readonly action: Action
  readonly rule: string | null
  /** The node that acted; null where none did. */
  readonly node: NodeId | null
  /** Since the node was last seen up, so that a restart shows what the crash lost. */
  readonly changes: ReadonlyArray<Change>
  /** Timers that run now and did not before. */
  readonly armed: ReadonlyArray<string>
  /** Timers that ran before and do not now, but for the one that fired and those that a crash took. */
  readonly disarmed: ReadonlyArray<string>
  readonly effects: ReadonlyArray<unknown>
  readonly lost: ReadonlyArray<unknown>
  /** What a crash kept; undefined where the node did not crash. */
  readonly kept: unknown
}

/** What nodes did first; nodes that did the same stand together. */
export interface Opening {
  readonly nodes: ReadonlyArray<NodeId>
  readonly start: TraceStart
}

export interface Story {
  readonly openings: ReadonlyArray<Opening>
  readonly scenes: ReadonlyArray<Scene>
}

/** What is known of a node: how it was when it was last up, and its timers. */
interface Known {
  readonly seen: Seen
  readonly timers: ReadonlyArray<string>
}

interface Seen {
  readonly state: unknown
  readonly machine: unknown
}

const below = (name: string, path: ReadonlyArray<string>): ReadonlyArray<string> => (path.length === 0 ? [name] : path)

/** What changed is told first, then what is new, then what is gone. */
const told = ({ before, after }: Change): number => (before === undefined ? 1 : after === undefined ? 2 : 0)

const changesOf = (before: Seen | undefined, after: UpSnapshot): ReadonlyArray<Change> =>
  [
    ...changes(before?.state, after.state).map((change) => ({ ...change, path: below('state', change.path) })),
    ...changes(before?.machine, after.machine).map((change) => ({ ...change, path: ['machine', ...change.path] }))
  ].toSorted((one, other) => told(one) - told(other))

const firedIn = (action: Action): ReadonlyArray<string> => (action.type === 'timeout' ? [action.timer] : [])

const without = (timers: ReadonlyArray<string>, others: ReadonlyArray<string>): ReadonlyArray<string> =>
  timers.filter((timer) => !others.includes(timer))

type Knowledge = Readonly<Record<NodeId, Known>>

const learn = (known: Known | undefined, after: Snapshot): Known | undefined => {
  if (after.up) return { seen: after, timers: after.timers }
  return known === undefined ? undefined : { ...known, timers: [] }
}

const sceneOf = (known: Known | undefined, step: Trace['steps'][number]): Scene => {
  const { action, rule, effects, lost, after } = step
  const isUp = after?.up === true
  const timers = known?.timers ?? []
  return {
    action,
    rule,
    effects,
    lost,
    node: after !== null && 'node' in action ? action.node : null,
    changes: isUp ? changesOf(known?.seen, after) : [],
    armed: isUp ? without(after.timers, timers) : [],
    disarmed: isUp ? without(timers, [...after.timers, ...firedIn(action)]) : [],
    kept: after?.up === false ? after.durable : undefined
  }
}

const openingsOf = (start: Trace['start']): ReadonlyArray<Opening> =>
  start.reduce<ReadonlyArray<Opening>>((openings, next) => {
    const sameAs = ({ start: { rule, effects, after } }: Opening): boolean =>
      canonical([rule, effects, after]) === canonical([next.rule, next.effects, next.after])
    const index = openings.findIndex(sameAs)
    const found = openings[index]
    return found === undefined
      ? [...openings, { nodes: [next.node], start: next }]
      : openings.with(index, { ...found, nodes: [...found.nodes, next.node] })
  }, [])

/** Tells a trace. */
export const storyOf = (trace: Trace): Story => {
  const entries = trace.start.flatMap(({ node, after }) => {
    const known = learn(undefined, after)
    return known === undefined ? [] : [[node, known] as const]
  })
  const { scenes } = trace.steps.reduce<{ readonly known: Knowledge; readonly scenes: ReadonlyArray<Scene> }>(
    ({ known, scenes: earlier }, step) => {
      const node = 'node' in step.action ? step.action.node : ''
      const scene = sceneOf(known[node], step)
      const learnt = step.after === null ? undefined : learn(known[node], step.after)
      return { known: learnt === undefined ? known : { ...known, [node]: learnt }, scenes: [...earlier, scene] }
    },
    { known: Object.fromEntries(entries), scenes: [] }
  )
  return { openings: openingsOf(trace.start), scenes }
}

/** The state and machine of a snapshot as one record, for showing it whole. */
export const wholeOf = (after: Snapshot): unknown => {
  if (!after.up) return after.durable
  if (after.machine === null) return after.state
  return isFields(after.state)
    ? { ...after.state, machine: after.machine }
    : { state: after.state, machine: after.machine }
}
