/** Exchanging the names of two nodes in data. */
import type { NodeId } from '../../spec/kernel/index.ts'

const { isArray } = Array
const { entries, fromEntries } = Object

/** Two nodes that change places. */
export interface Swap {
  readonly one: NodeId
  readonly other: NodeId
}

/** The name that a name becomes. */
export const swapped = ({ one, other }: Swap, name: string): string =>
  name === one ? other : name === other ? one : name

const isNodeSet = (list: ReadonlyArray<unknown>, nodes: ReadonlySet<NodeId>): boolean =>
  list.every(
    (item, index) => typeof item === 'string' && nodes.has(item) && (index === 0 || (list[index - 1] as string) < item)
  )

/**
 * The same data with two nodes exchanged: every string and every key that is one of the two names becomes the other.
 * An ascending list of names is a set of nodes, and is put in order again.
 *
 * A list of names in an order that means something may look like a set. The checker finds that out: exchanging twice
 * must give back what was there, and steps must exchange like states.
 */
export const renamed = (value: unknown, swap: Swap, nodes: ReadonlySet<NodeId>): unknown => {
  if (typeof value === 'string') return swapped(swap, value)
  if (typeof value !== 'object' || value === null) return value
  if (!isArray(value))
    return fromEntries(entries(value).map(([key, inner]) => [swapped(swap, key), renamed(inner, swap, nodes)]))
  const list = value.map((item) => renamed(item, swap, nodes))
  return isNodeSet(value, nodes) ? (list as ReadonlyArray<string>).toSorted() : list
}
