/** Strongly connected components. [Tarjan72]. */
import type { Graph } from './edges.ts'

const none = -1

export interface Components {
  readonly count: number
  /** By node: its component. Numbers descend along edges: what an edge leads to has the same number or a smaller one. */
  readonly of: Int32Array
}

/** The components of the subgraph with the edges of these types. Without recursion: chains may be as long as the history. */
export const components = ({ nodes, start, to, type }: Graph, mask: number): Components => {
  const of = new Int32Array(nodes).fill(none)
  const found = new Int32Array(nodes)
  const low = new Int32Array(nodes)
  const next = start.slice(0, nodes)
  const path = new Int32Array(nodes)
  const open = new Int32Array(nodes)
  let count = 0
  let time = 0
  let opened = 0
  for (let root = 0; root < nodes; root += 1) {
    if (found[root] !== 0) continue
    let depth = 0
    path[0] = root
    open[opened] = root
    opened += 1
    time += 1
    found[root] = time
    low[root] = time
    while (depth >= 0) {
      const node = path[depth]!
      const at = next[node]!
      if (at < start[node + 1]!) {
        next[node] = at + 1
        if ((type[at]! & mask) === 0) continue
        const target = to[at]!
        if (found[target] === 0) {
          depth += 1
          path[depth] = target
          open[opened] = target
          opened += 1
          time += 1
          found[target] = time
          low[target] = time
        } else if (of[target] === none && found[target]! < low[node]!) {
          low[node] = found[target]!
        }
        continue
      }
      depth -= 1
      if (depth >= 0) {
        const above = path[depth]!
        if (low[node]! < low[above]!) low[above] = low[node]!
      }
      if (low[node] !== found[node]) continue
      for (;;) {
        opened -= 1
        const member = open[opened]!
        of[member] = count
        if (member === node) break
      }
      count += 1
    }
  }
  return { count, of }
}

/** The components of more than one node, each with its nodes in ascending order. No other one has a cycle. */
export const cyclic = ({ count, of }: Components): ReadonlyArray<ReadonlyArray<number>> => {
  const sizes = new Int32Array(count)
  for (const component of of) sizes[component] = sizes[component]! + 1
  const members = new Map<number, Array<number>>()
  for (let node = 0; node < of.length; node += 1) {
    const component = of[node]!
    if (sizes[component]! < 2) continue
    const known = members.get(component)
    if (known === undefined) members.set(component, [node])
    else known.push(node)
  }
  return [...members.values()].toSorted((a, b) => a[0]! - b[0]!)
}
