/** Which calls of a long history a picture shows, and in which lanes. */
import type { Call, Process } from '../history.ts'
import { callLabel, processLabel } from './labels.ts'
import type { Bar, Tone } from './scene.ts'
import { cutTo } from './text.ts'

const { max, min } = Math

type AnyCall = Call<unknown, unknown>

/** More calls than this nobody takes in at a glance, nor more columns of labels. */
const mostCalls = 14
const mostColumns = 150

/** Columns of the label of a call. */
const labelColumns = 34

const endOf = ({ invocation, completion }: AnyCall): number =>
  completion?.type === 'ok' || completion?.type === 'fail' ? completion.index : invocation.index

/** Records between two calls; 0 where they overlap. A call with an unknown outcome counts where it was invoked. */
const distance = (one: AnyCall, other: AnyCall): number =>
  max(0, one.invocation.index - endOf(other), other.invocation.index - endOf(one))

/**
 * The calls to show, in the order of invocation: those that matter, and as many of those next to the first of them as
 * there is room for.
 *
 * @param matter the most telling first
 */
export const windowOf = (all: ReadonlyArray<AnyCall>, matter: ReadonlyArray<AnyCall>): ReadonlyArray<AnyCall> => {
  const [focus] = matter
  const kept = new Set([...new Set(matter)].slice(0, mostCalls))
  const others = all.filter((call) => !kept.has(call))
  const nearest =
    focus === undefined ? others : others.toSorted((one, other) => distance(one, focus) - distance(other, focus))
  const widths = [...kept, ...nearest].slice(0, mostCalls).map((call) => min(callLabel(call).length, labelColumns))
  const most = widths.findIndex((_, at) => widths.slice(0, at + 1).reduce((sum, width) => sum + width) > mostColumns)
  const fitting = max(kept.size, min(mostCalls, most < 0 ? widths.length : most))
  return [...kept, ...nearest].slice(0, fitting).toSorted((a, b) => a.invocation.index - b.invocation.index)
}

const recordsOf = ({ invocation, completion }: AnyCall): ReadonlyArray<number> => [
  invocation.index,
  ...(completion === null ? [] : [completion.index])
]

/** The records of the calls that are not shown, ascending. */
export const leftOutOf = (all: ReadonlyArray<AnyCall>, shown: ReadonlyArray<AnyCall>): ReadonlyArray<number> => {
  const kept = new Set(shown.map(({ invocation }) => invocation.index))
  return all
    .filter(({ invocation }) => !kept.has(invocation.index))
    .flatMap(recordsOf)
    .toSorted((a, b) => a - b)
}

/** What a note says of calls that are not shown; none where all are. */
export const cutNote = (what: string, all: number, shown: number): ReadonlyArray<string> =>
  shown === all ? [] : [`${shown} of ${all} ${what} are shown; ⋯ marks where others are left out.`]

const byName = (one: Process, other: Process): number => {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  return typeof one === typeof other ? 0 : typeof one === 'number' ? -1 : 1
}

/** A lane for each process: numbers first and in their order, names in the order of appearance. */
export const processesOf = (calls: ReadonlyArray<AnyCall>): ReadonlyArray<Process> =>
  [...new Set(calls.map(({ process }) => process))].toSorted(byName)

export const laneNames = (processes: ReadonlyArray<Process>): ReadonlyArray<string> =>
  processes.map((process) => cutTo(processLabel(process), 24))

interface LabelOptions {
  /** Columns of the label. */
  readonly columns?: number
  /** A key that need not be said with each call; null for none. */
  readonly key?: unknown
}

/** How a call is drawn. */
export const barOf = (
  call: AnyCall,
  lane: number,
  tone: Tone,
  place: number | null,
  { columns = labelColumns, key = null }: LabelOptions = {}
): Bar => {
  const { invocation, completion } = call
  const label = callLabel(call, key)
  const to = completion?.index
  const records = to === undefined ? `record ${invocation.index}, pending` : `records ${invocation.index} to ${to}`
  return {
    lane,
    from: invocation.index,
    to: to ?? null,
    isOpen: completion === null || completion.type === 'info',
    label: cutTo(label, columns),
    full: `${callLabel(call)} (${processLabel(call.process)}, ${records}${completion === null ? '' : `, ${completion.type}`})`,
    tone: completion?.type === 'fail' ? 'failed' : tone,
    place
  }
}
