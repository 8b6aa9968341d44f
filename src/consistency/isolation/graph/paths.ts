/** Shortest paths, and reachability of many pairs at once. */
import type { Components } from './components.ts'
import { RELAY, RW } from './edges.ts'
import type { Graph } from './edges.ts'

const none = -1

/**
 * A shortest path along edges of these types, as places in the adjacency arrays; null where there is none.
 *
 * @param from not equal to `to`
 */
export const shortestPath = (graph: Graph, mask: number, from: number, to: number): ReadonlyArray<number> | null => {
  const arrived = new Int32Array(graph.nodes).fill(none)
  const before = new Int32Array(graph.nodes).fill(none)
  const queue = [from]
  before[from] = from
  for (let head = 0; head < queue.length; head += 1) {
    const node = queue[head]!
    if (node === to) break
    for (let at = graph.start[node]!; at < graph.start[node + 1]!; at += 1) {
      const target = graph.to[at]!
      if ((graph.type[at]! & mask) === 0 || before[target] !== none) continue
      before[target] = node
      arrived[target] = at
      queue.push(target)
    }
  }
  if (before[to] === none) return null
  const path: Array<number> = []
  for (let node = to; node !== from; node = before[node]!) path.push(arrived[node]!)
  return path.toReversed()
}

/** A question of reachability. */
export interface Pair {
  readonly from: number
  readonly to: number
}

/**
 * The first of these pairs whose target can be reached along edges of these types: its place in the list; -1 where there
 * is none, null where the budget was spent before the answer.
 *
 * Thirty-two pairs travel together as the bits of a word, once over the condensed graph in its topological order.
 *
 * @param parts the components of this subgraph
 * @param budget how many edges may be looked at
 */
export const firstReachable = (
  graph: Graph,
  mask: number,
  parts: Components,
  pairs: ReadonlyArray<Pair>,
  budget: number
): number | null => {
  const order = Array.from({ length: graph.nodes }, (_, node) => node).toSorted((a, b) => parts.of[b]! - parts.of[a]!)
  const reached = new Int32Array(parts.count)
  let spent = 0
  for (let base = 0; base < pairs.length; base += 32) {
    spent += graph.to.length
    if (spent > budget) return null
    reached.fill(0)
    const batch = pairs.slice(base, base + 32)
    batch.forEach(({ from }, bit) => {
      const part = parts.of[from]!
      reached[part] = reached[part]! | (1 << bit)
    })
    for (const node of order) {
      const bits = reached[parts.of[node]!]!
      if (bits === 0) continue
      for (let at = graph.start[node]!; at < graph.start[node + 1]!; at += 1) {
        if ((graph.type[at]! & mask) === 0) continue
        const part = parts.of[graph.to[at]!]!
        reached[part] = reached[part]! | bits
      }
    }
    const hit = batch.findIndex(({ to }, bit) => ((reached[parts.of[to]!]! >> bit) & 1) === 1)
    if (hit >= 0) return base + hit
  }
  return none
}

/**
 * The graph whose cycles are the cycles without two RW edges in a row: every node twice, `2n` after anything but an RW
 * edge and `2n + 1` after one, and an RW edge leaves only the former. A relay hands on what led to it.
 */
export const withoutAdjacentRw = (graph: Graph, mask: number): Graph => {
  const start = new Int32Array(2 * graph.nodes + 1)
  const to: Array<number> = []
  const type: Array<number> = []
  const edge: Array<number> = []
  for (let node = 0; node < graph.nodes; node += 1)
    for (const after of [0, 1]) {
      for (let at = graph.start[node]!; at < graph.start[node + 1]!; at += 1) {
        const kind = graph.type[at]!
        if ((kind & mask) === 0 || (kind === RW && after === 1)) continue
        const next = kind === RW ? 1 : kind === RELAY ? after : 0
        to.push(2 * graph.to[at]! + next)
        type.push(kind)
        edge.push(graph.edge[at]!)
      }
      start[2 * node + after + 1] = to.length
    }
  return {
    nodes: 2 * graph.nodes,
    start,
    to: Int32Array.from(to),
    type: Uint8Array.from(type),
    edge: Int32Array.from(edge)
  }
}
