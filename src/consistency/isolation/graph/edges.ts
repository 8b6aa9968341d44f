/**
 * Dependencies as typed edges, collected one by one and then frozen into adjacency arrays.
 *
 * The folder `graph/` knows nothing of transactions, keys and values. A node is a transaction, or a relay: an
 * artificial node that spares an edge from each of many to each of many (see {@link connectAll}).
 */

/** Types of edges, as bits: a subgraph is the mask of its types. */
export const WW = 1
export const WR = 2
export const PROCESS = 4
export const REALTIME = 8
export const RW = 16
/** The way on from a relay; it means nothing by itself and travels with RW. */
export const RELAY = 32

/** In the order in which a search prefers them: the data before other orders, and anti-dependencies last. */
const types = [WW, WR, PROCESS, REALTIME, RW, RELAY] as const

const none = -1

/** A growing list of edges. */
export interface Edges {
  nodes: number
  count: number
  from: Int32Array
  to: Int32Array
  type: Uint8Array
  /** The micro-operation at the source, and the one at the target, that make the edge; -1 where none does. */
  cause: Int32Array
  effect: Int32Array
}

export const edges = (nodes: number): Edges => {
  const room = 4 * nodes + 16
  return {
    nodes,
    count: 0,
    from: new Int32Array(room),
    to: new Int32Array(room),
    type: new Uint8Array(room),
    cause: new Int32Array(room),
    effect: new Int32Array(room)
  }
}

const doubled = (array: Int32Array): Int32Array => {
  const larger = new Int32Array(2 * array.length)
  larger.set(array)
  return larger
}

const grow = (list: Edges): void => {
  list.from = doubled(list.from)
  list.to = doubled(list.to)
  list.cause = doubled(list.cause)
  list.effect = doubled(list.effect)
  const type = new Uint8Array(2 * list.type.length)
  type.set(list.type)
  list.type = type
}

/** Adds an edge. One from a node to itself says nothing and is left out. */
export const connect = (list: Edges, type: number, from: number, to: number, cause = none, effect = none): void => {
  if (from === to) return
  if (list.count === list.from.length) grow(list)
  const at = list.count
  list.from[at] = from
  list.to[at] = to
  list.type[at] = type
  list.cause[at] = cause
  list.effect[at] = effect
  list.count = at + 1
}

/**
 * Adds an RW edge from the owner of each of `causes` to the owner of each of `effects` that is another one.
 *
 * Many times many edges go over relays: one chain of relays leads forwards over the effects and one backwards, each
 * relay to its effect and to the next relay. A source that owns the i-th effect enters the chains behind and before it,
 * every other one enters at the head. So the number of edges is linear, and no source reaches itself.
 *
 * @param effects at most one of each owner
 */
export const connectAll = (
  list: Edges,
  causes: ReadonlyArray<number>,
  effects: ReadonlyArray<number>,
  owner: Int32Array
): void => {
  if (causes.length * effects.length <= 4 * (causes.length + effects.length)) {
    for (const cause of causes)
      for (const effect of effects) connect(list, RW, owner[cause]!, owner[effect]!, cause, effect)
    return
  }
  const places = new Map<number, number>()
  const forwards = list.nodes
  const backwards = forwards + effects.length
  list.nodes = backwards + effects.length
  effects.forEach((effect, place) => {
    const target = owner[effect]!
    places.set(target, place)
    connect(list, RELAY, forwards + place, target, none, effect)
    connect(list, RELAY, backwards + place, target, none, effect)
    if (place > 0) {
      connect(list, RELAY, forwards + place - 1, forwards + place)
      connect(list, RELAY, backwards + place, backwards + place - 1)
    }
  })
  for (const cause of causes) {
    const source = owner[cause]!
    const place = places.get(source)
    if (place === undefined) connect(list, RW, source, forwards, cause)
    else {
      if (place + 1 < effects.length) connect(list, RW, source, forwards + place + 1, cause)
      if (place > 0) connect(list, RW, source, backwards + place - 1, cause)
    }
  }
}

/** Edges by source, and among those of one source by type in the order of preference. */
export interface Graph {
  readonly nodes: number
  /** By node: where its edges start; one entry more than there are nodes. */
  readonly start: Int32Array
  /** By place: target, type, and the number of the edge in the list it was made from. */
  readonly to: Int32Array
  readonly type: Uint8Array
  readonly edge: Int32Array
}

/** Freezes the edges of a list. */
export const graphOf = ({ nodes, count, from, to, type }: Edges): Graph => {
  const start = new Int32Array(nodes + 1)
  let met = 0
  for (let at = 0; at < count; at += 1) {
    start[from[at]! + 1] = start[from[at]! + 1]! + 1
    met |= type[at]!
  }
  for (let node = 0; node < nodes; node += 1) start[node + 1] = start[node + 1]! + start[node]!
  const next = start.slice()
  const graph = { nodes, start, to: new Int32Array(count), type: new Uint8Array(count), edge: new Int32Array(count) }
  for (const wanted of types) {
    if ((met & wanted) === 0) continue
    for (let at = 0; at < count; at += 1) {
      if (type[at] !== wanted) continue
      const place = next[from[at]!]!
      next[from[at]!] = place + 1
      graph.to[place] = to[at]!
      graph.type[place] = wanted
      graph.edge[place] = at
    }
  }
  return graph
}

/**
 * The part of a graph that lies between some nodes, with these renumbered in the order given.
 *
 * @param numbers scratch space, by node of the graph, filled with -1; left so
 */
export const induced = (graph: Graph, nodes: ReadonlyArray<number>, numbers: Int32Array): Graph => {
  const to: Array<number> = []
  const type: Array<number> = []
  const edge: Array<number> = []
  const start = new Int32Array(nodes.length + 1)
  nodes.forEach((node, number) => {
    numbers[node] = number
  })
  nodes.forEach((node, number) => {
    for (let at = graph.start[node]!; at < graph.start[node + 1]!; at += 1) {
      const target = numbers[graph.to[at]!]!
      if (target === none) continue
      to.push(target)
      type.push(graph.type[at]!)
      edge.push(graph.edge[at]!)
    }
    start[number + 1] = to.length
  })
  for (const node of nodes) numbers[node] = none
  return {
    nodes: nodes.length,
    start,
    to: Int32Array.from(to),
    type: Uint8Array.from(type),
    edge: Int32Array.from(edge)
  }
}
