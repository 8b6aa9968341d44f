/** Exchanging names in data. */
import type { NodeId } from '../../spec/kernel/index.ts'

const { isArray } = Array
const { entries, fromEntries } = Object

/** What each name becomes. Names that are not in it stay. */
export type Renaming = ReadonlyMap<string, string>

const isNodeSet = (list: ReadonlyArray<unknown>, nodes: ReadonlySet<NodeId>): boolean =>
  list.every(
    (item, index) => typeof item === 'string' && nodes.has(item) && (index === 0 || (list[index - 1] as string) < item)
  )

/**
 * The same data with names exchanged: every string and every key that is such a name becomes the other.
 * An ascending list of nodes is a set of nodes, and is put in order again.
 *
 * A list of nodes in an order that means something may look like a set. The checker finds that out: exchanging twice
 * must give back what was there, and steps must exchange like states.
 */
export const renamed = (value: unknown, renaming: Renaming, nodes: ReadonlySet<NodeId>): unknown => {
  if (typeof value === 'string') return renaming.get(value) ?? value
  if (typeof value !== 'object' || value === null) return value
  if (!isArray(value))
    return fromEntries(
      entries(value).map(([key, inner]) => [renaming.get(key) ?? key, renamed(inner, renaming, nodes)])
    )
  const list = value.map((item) => renamed(item, renaming, nodes))
  return isNodeSet(value, nodes) ? (list as ReadonlyArray<string>).toSorted() : list
}
