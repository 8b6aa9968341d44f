/** Where the lifelines of a diagram stand. */
import { columnsOf } from './columns.ts'
import { repliesIn } from './remarks.ts'
import { sayName } from './say.ts'
import type { Trace } from './trace.ts'

export interface Lanes {
  readonly width: number
  /** Columns on the left for the numbers of the steps. */
  readonly gutter: number
  /** Clients share the first lifeline, if there are any; the nodes follow in the model's order. */
  readonly names: ReadonlyArray<string>
  /** The column of each lifeline. */
  readonly columns: ReadonlyArray<number>
  /** Columns from one lifeline to the next. */
  readonly spacing: number
  /** The lifeline of a node. */
  readonly of: (node: string) => number
}

/** An arrow with a label of some characters still fits between two lifelines. */
const leastSpacing = 9
/** Further apart, an arrow is harder to follow, not easier. */
const mostSpacing = 36

const { max, min, ceil, floor } = Math

const hasClients = ({ start, steps }: Trace): boolean =>
  steps.some(({ action }) => action.type === 'request') ||
  [...start, ...steps].some(({ effects }) => repliesIn(effects).length > 0)

/** The lifelines for a trace in `width` columns, or how many columns it takes at least. */
export const lanesFor = (trace: Trace, width: number): Lanes | { readonly needed: number } => {
  const clients = hasClients(trace) ? ['client'] : []
  const names = [...clients, ...trace.nodes.map(sayName)]
  const gutter = String(trace.steps.length).length + 1
  // Half of a name stands outside of the first lifeline, and of the last.
  const outside = (name: string | undefined) => min(ceil(columnsOf(name ?? '').length / 2), ceil(leastSpacing / 2))
  const first = gutter + outside(names[0])
  const rest = width - 1 - outside(names.at(-1)) - first
  const gaps = max(1, names.length - 1)
  const needed = width - rest + leastSpacing * gaps
  if (width < needed) return { needed }
  const spacing = min(mostSpacing, floor(rest / gaps))
  return {
    width,
    gutter,
    names,
    spacing,
    columns: names.map((_name, index) => first + index * spacing),
    of: (node) => max(0, clients.length + trace.nodes.indexOf(node))
  }
}
