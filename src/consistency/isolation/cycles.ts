/**
 * Finds and names the cycles among transactions.
 *
 * Every cycle lies within one strongly connected component, and a healthy history has none of more than one transaction,
 * so one linear pass clears it. In a component, each kind of cycle is sought in the subgraph with the edges it may have,
 * through an edge that it must have, and a short one is kept as the witness.
 */
import { cycleKinds, cycleSuffixes } from './anomalies.ts'
import type { CycleAnomaly, CycleKind, CycleSuffix } from './anomalies.ts'
import type { Dependency } from './explain.ts'
import { components, cyclic } from './graph/components.ts'
import type { Components } from './graph/components.ts'
import { graphOf, induced, PROCESS, REALTIME, RELAY, RW, WR, WW } from './graph/edges.ts'
import type { Edges, Graph } from './graph/edges.ts'
import { firstReachable, shortestPath, withoutAdjacentRw } from './graph/paths.ts'
import type { Pair } from './graph/paths.ts'
import { orders } from './levels.ts'
import type { Order } from './levels.ts'

/** A cycle by its name. */
export interface NamedCycle {
  readonly name: CycleAnomaly
  readonly cycle: ReadonlyArray<Dependency>
}

/** What the search says. */
export interface CycleSearch {
  readonly cycles: ReadonlyArray<NamedCycle>
  /** Names for which the budget was spent before it was clear whether there is such a cycle. */
  readonly undecided: ReadonlyArray<CycleAnomaly>
}

/** How many edges are tried as the one a short cycle must go through. */
const candidatesTried = 32

const nameOfKind: Readonly<Record<number, Dependency['kind']>> = {
  [WW]: 'ww',
  [WR]: 'wr',
  [RW]: 'rw',
  [PROCESS]: 'process',
  [REALTIME]: 'realtime'
}

/** The dependencies of a closed walk, as numbers of edges: relays are passed over, an RW edge into one leads to what is behind. */
const dependencies = (list: Edges, walk: ReadonlyArray<number>): ReadonlyArray<Dependency> => {
  const found: Array<Dependency> = []
  for (const edge of walk) {
    const to = list.to[edge]!
    const effect = list.effect[edge]!
    const last = found.at(-1)
    if (list.type[edge] === RELAY && last !== undefined) found[found.length - 1] = { ...last, to, effect }
    else {
      const kind = nameOfKind[list.type[edge]!]!
      found.push({ from: list.from[edge]!, to, kind, cause: list.cause[edge]!, effect })
    }
  }
  return found
}

/** The name of a cycle by what it is made of; null for one without any edge from the data, which cannot be. */
export const classify = (cycle: ReadonlyArray<Pick<Dependency, 'kind'>>): CycleAnomaly | null => {
  const count = (kind: Dependency['kind']): number => cycle.filter((step) => step.kind === kind).length
  const adjacent = cycle.some(({ kind }, at) => kind === 'rw' && cycle[(at + 1) % cycle.length]?.kind === 'rw')
  const rw = count('rw')
  const suffix: CycleSuffix = count('realtime') > 0 ? '-realtime' : count('process') > 0 ? '-process' : ''
  if (rw === 1) return `G-single${suffix}`
  if (rw > 1) return adjacent ? `G2-item${suffix}` : `G-nonadjacent${suffix}`
  if (count('wr') > 0) return `G1c${suffix}`
  return count('ww') > 0 ? `G0${suffix}` : null
}

const severity = (cycle: ReadonlyArray<Dependency>): number =>
  cycleKinds.findIndex((kind) => classify(cycle)?.startsWith(kind))

/** A closed walk that passes a transaction twice is two cycles; the worse one is kept. */
const simple = (cycle: ReadonlyArray<Dependency>): ReadonlyArray<Dependency> => {
  for (const [at, { from }] of cycle.entries()) {
    const again = cycle.findIndex((step, place) => place > at && step.from === from)
    if (again < 0) continue
    const inner = simple(cycle.slice(at, again))
    const outer = simple([...cycle.slice(0, at), ...cycle.slice(again)])
    return severity(inner) <= severity(outer) ? inner : outer
  }
  return cycle
}

/** Turns a cycle so that it starts with an rw edge, or else with the earliest transaction. */
const turned = (cycle: ReadonlyArray<Dependency>): ReadonlyArray<Dependency> => {
  const rw = cycle.findIndex(({ kind }) => kind === 'rw')
  const earliest = cycle.reduce((best, { from }, at) => (from < cycle[best]!.from ? at : best), 0)
  const start = rw >= 0 ? rw : earliest
  return [...cycle.slice(start), ...cycle.slice(0, start)]
}

/** An edge of a graph, by its place. */
interface Candidate extends Pair {
  readonly place: number
}

/** The edges of one type that lie within a component, from the end of each to its start: a path there closes a cycle. */
const closing = (graph: Graph, required: number, { of }: Components): ReadonlyArray<Candidate> => {
  const found: Array<Candidate> = []
  for (let node = 0; node < graph.nodes; node += 1)
    for (let place = graph.start[node]!; place < graph.start[node + 1]!; place += 1) {
      const target = graph.to[place]!
      if (graph.type[place] === required && of[target] === of[node]) found.push({ from: target, to: node, place })
    }
  return found
}

/** The shortest cycle of a wanted kind through one of the first few candidates. */
const shortest = (
  list: Edges,
  graph: Graph,
  mask: number,
  candidates: ReadonlyArray<Candidate>,
  wanted: (name: CycleAnomaly | null) => boolean
): NamedCycle | null => {
  let best: NamedCycle | null = null
  for (const { from, to, place } of candidates.slice(0, candidatesTried)) {
    const path = shortestPath(graph, mask, from, to)
    if (path === null) continue
    const cycle = simple(
      dependencies(
        list,
        [place, ...path].map((at) => graph.edge[at]!)
      )
    )
    const name = classify(cycle)
    if (name === null || !wanted(name) || (best !== null && best.cycle.length <= cycle.length)) continue
    best = { name, cycle: turned(cycle) }
    if (cycle.length === 2) break
  }
  return best
}

type Found = NamedCycle | 'undecided' | null

/** A cycle with an edge of the type required, and otherwise edges of these types. */
const through = (list: Edges, graph: Graph, required: number, mask: number): Found =>
  shortest(list, graph, mask, closing(graph, required, components(graph, mask)), (name) => name !== null)

const isKind =
  (...kinds: ReadonlyArray<CycleKind>) =>
  (name: CycleAnomaly | null): boolean =>
    kinds.some((kind) => name === kind || name?.startsWith(`${kind}-process`) || name?.startsWith(`${kind}-realtime`))

/** A cycle with exactly one rw: an rw edge whose end reaches its start without another. */
const single = (list: Edges, graph: Graph, mask: number, budget: number): Found => {
  const others = mask | RELAY
  const doubled = withoutAdjacentRw(graph, mask | RW | RELAY)
  const { of } = components(doubled, mask | RW | RELAY)
  const parts = components(graph, others)
  const candidates = closing(graph, RW, components(graph, others | RW)).filter(
    ({ from, to }) => of[2 * from + 1] === of[2 * to] && parts.of[from]! >= parts.of[to]!
  )
  const short = shortest(list, graph, others, candidates, isKind('G-single'))
  if (short !== null || candidates.length <= candidatesTried) return short
  const hit = firstReachable(graph, others, parts, candidates, budget)
  if (hit === null) return 'undecided'
  return hit < 0 ? null : shortest(list, graph, others, candidates.slice(hit, hit + 1), isKind('G-single'))
}

/** A cycle with rw edges of which no two are adjacent. */
const nonadjacent = (list: Edges, graph: Graph, mask: number): Found => {
  const all = mask | RW | RELAY
  const doubled = withoutAdjacentRw(graph, all)
  const candidates = closing(doubled, RW, components(doubled, all))
  return shortest(list, doubled, all, candidates, isKind('G-nonadjacent', 'G-single'))
}

const sought: Readonly<Record<CycleKind, (list: Edges, graph: Graph, order: number, budget: number) => Found>> = {
  G0: (list, graph, order) => through(list, graph, WW, WW | order),
  G1c: (list, graph, order) => through(list, graph, WR, WW | WR | order),
  'G-single': (list, graph, order, budget) => single(list, graph, WW | WR | order, budget),
  'G-nonadjacent': (list, graph, order) => nonadjacent(list, graph, WW | WR | order),
  'G2-item': (list, graph, order) => through(list, graph, RW, WW | WR | RW | RELAY | order)
}

const masks: Readonly<Record<CycleSuffix, number>> = { '': 0, '-process': PROCESS, '-realtime': PROCESS | REALTIME }

/** What each kind of cycle includes: where one was found, the others need no search. */
const includes: Readonly<Record<CycleKind, ReadonlyArray<CycleKind>>> = {
  G0: ['G0', 'G1c'],
  G1c: ['G1c'],
  'G-single': ['G-single', 'G-nonadjacent', 'G2-item'],
  'G-nonadjacent': ['G-nonadjacent', 'G2-item'],
  'G2-item': ['G2-item']
}

/** The cycles of one component: of each kind the first, unless one that includes it was found before. */
const inComponent = (
  list: Edges,
  graph: Graph,
  suffixes: ReadonlyArray<CycleSuffix>,
  isEnough: (name: CycleAnomaly) => boolean,
  budget: number
): CycleSearch => {
  const cycles: Array<NamedCycle> = []
  const undecided: Array<CycleAnomaly> = []
  const covered = new Set<CycleKind>()
  for (const suffix of suffixes)
    for (const kind of cycleKinds) {
      const name: CycleAnomaly = `${kind}${suffix}`
      if (covered.has(kind) || isEnough(name)) continue
      const found = sought[kind](list, graph, masks[suffix], budget)
      if (found === 'undecided') undecided.push(name)
      else if (found !== null) {
        cycles.push(found)
        const named = cycleKinds.find((each) => isKind(each)(found.name))!
        for (const each of includes[named]) covered.add(each)
      }
    }
  return { cycles, undecided }
}

/**
 * The cycles among transactions: of each component and kind one, with the suffixes that are asked for.
 *
 * @param limit how many cycles of one name are enough
 * @param budget how many edges the search for one kind in one component may look at
 */
export const findCycles = (
  list: Edges,
  suffixes: ReadonlyArray<CycleSuffix>,
  limit: number,
  budget: number
): CycleSearch => {
  const graph = graphOf(list)
  const everything = WW | WR | RW | RELAY | PROCESS | REALTIME
  const numbers = new Int32Array(graph.nodes).fill(-1)
  const cycles: Array<NamedCycle> = []
  const undecided = new Set<CycleAnomaly>()
  const counts = new Map<CycleAnomaly, number>()
  const isEnough = (name: CycleAnomaly): boolean => (counts.get(name) ?? 0) >= limit
  for (const nodes of cyclic(components(graph, everything))) {
    const part = inComponent(list, induced(graph, nodes, numbers), suffixes, isEnough, budget)
    for (const name of part.undecided) undecided.add(name)
    for (const found of part.cycles) {
      cycles.push(found)
      counts.set(found.name, (counts.get(found.name) ?? 0) + 1)
    }
  }
  return { cycles, undecided: [...undecided] }
}

/** The suffixes that a search must cover so that a level can be judged. */
export const suffixesFor = (order: Order): ReadonlyArray<CycleSuffix> =>
  cycleSuffixes.slice(0, orders.indexOf(order) + 1)
