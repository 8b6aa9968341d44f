/**
 * Version orders of registers, as far as they can be inferred. [Elle] on registers.
 *
 * A version is the final write of a transaction, known by its micro-operation; the initial state of a key, which precedes
 * every version, is a node of its own. Between versions there are three sources of order, in this sequence:
 *
 * - writes follow reads: a transaction that read a version and wrote the key wrote a later version. (Were it an earlier
 *   one, the two transactions would be a G1c cycle, so nothing is lost by this for levels from read committed on.)
 * - sequential keys (an assumption, if asked for): what a process touches later is the same version or a later one.
 * - linearizable keys (an assumption, if asked for): so is what is touched later in real time.
 *
 * A source that contradicts what is known of a key is not used for this key. For an assumption that is the anomaly
 * `cyclic-versions`; for the first source it needs no report, since the transactions form a G1c cycle.
 */
import { report } from './anomalies.ts'
import type { Findings } from './anomalies.ts'
import { directAnomaly, showName, showReading } from './explain.ts'
import { components, cyclic } from './graph/components.ts'
import { connect, edges, graphOf, PROCESS, REALTIME, WR, WW } from './graph/edges.ts'
import type { Edges, Graph } from './graph/edges.ts'
import { afterCompletion, sweep } from './orders.ts'
import type { Transaction } from './transactions.ts'
import type { Externals, Workload } from './workload.ts'

const none = -1

/** What may be assumed of each key by itself. */
export interface Assumptions {
  /** Each key is sequentially consistent. */
  readonly sequentialKeys: boolean
  /** Each key is linearizable. */
  readonly linearizableKeys: boolean
}

/** The node of a key's initial state. */
export const initialOf = (load: Workload, key: number): number => load.operations.length + key

/**
 * The version that a read of a register shows: a node; -1 where it shows no version of a committed transaction.
 */
export const versionRead = (load: Workload, { final }: Externals, read: number): number => {
  const key = load.key[read]!
  const value = load.operations[read]![2]
  if (value === null) return initialOf(load, key)
  const write = load.writes[key]!.get(value)
  if (write === undefined || final[write] === 0) return none
  return load.transactions[load.owner[write]!]!.status === 'fail' ? none : write
}

/** The first and the last version of a key that a transaction touched. */
interface Touch {
  readonly key: number
  readonly first: number
  readonly last: number
}

const touchesOf = (load: Workload, external: Externals, number: number): ReadonlyArray<Touch> => {
  const { status } = load.transactions[number]!
  const touches = new Map<number, Touch>()
  if (status === 'fail') return []
  for (let at = load.first[number]!; at < load.first[number + 1]!; at += 1) {
    const key = load.key[at]!
    const isRead = external.outside[at] === 1 && status === 'ok'
    if (!isRead && external.final[at] === 0) continue
    const version = isRead ? versionRead(load, external, at) : at
    if (version !== none) touches.set(key, { key, first: touches.get(key)?.first ?? version, last: version })
  }
  return [...touches.values()]
}

const writesFollowReads = (load: Workload, external: Externals, list: Edges): void => {
  external.readBefore.forEach((read, write) => {
    if (read === none || load.transactions[load.owner[write]!]!.status !== 'ok') return
    const version = versionRead(load, external, read)
    if (version !== none && version < load.operations.length) connect(list, WR, version, write)
  })
}

const sequential = (load: Workload, touches: ReadonlyArray<ReadonlyArray<Touch>>, list: Edges): void => {
  const last = new Map<Transaction['process'], Map<number, number>>()
  load.transactions.forEach(({ process }, number) => {
    const mine = last.get(process) ?? new Map<number, number>()
    last.set(process, mine)
    for (const touch of touches[number]!) {
      const before = mine.get(touch.key)
      if (before !== undefined) connect(list, PROCESS, before, touch.first)
      mine.set(touch.key, touch.last)
    }
  })
}

const linearizable = (load: Workload, touches: ReadonlyArray<ReadonlyArray<Touch>>, list: Edges): void => {
  const latest = load.keys.map((): Array<{ readonly completed: number; readonly item: number }> => [])
  const of = (number: number): ReadonlyArray<Touch> => touches[number]!
  // By version: the one that was last said to follow it. Many transactions touch a version, and one edge is enough.
  const follower = new Int32Array(list.nodes).fill(none)
  sweep(
    load.transactions,
    (number) => {
      for (const { key, first } of of(number))
        for (const { item } of latest[key]!) {
          if (follower[item] === first) continue
          follower[item] = first
          connect(list, REALTIME, item, first)
        }
    },
    (number) => {
      for (const { key, last } of of(number)) {
        const buffer = latest[key]!
        const known = buffer.findIndex(({ item }) => item === last)
        // Of the transactions that touched one version the last to complete is enough: it stays the longest.
        if (known >= 0) buffer.splice(known, 1)
        afterCompletion(buffer, load.transactions[number]!, last)
      }
    }
  )
}

const keyOf = (load: Workload, version: number): number =>
  version < load.operations.length ? load.key[version]! : version - load.operations.length

const reportCycle = (load: Workload, found: Findings, source: string, versions: ReadonlyArray<number>): void => {
  const key = load.keys[keyOf(load, versions[0]!)]!
  const writers = versions.filter((version) => version < load.operations.length).map((version) => load.owner[version]!)
  const shown = versions.map((version) => showReading(load.operations[version]?.[2] ?? null))
  report(found, 'cyclic-versions', () =>
    directAnomaly(
      load,
      'cyclic-versions',
      writers,
      key,
      () => `with ${source}, each of the versions ${shown.join(', ')} of ${showName(key)} would come before the others`
    )
  )
}

/** The inferred orders: WW edges from the initial states, WR from reads, PROCESS and REALTIME from the assumptions. */
export const registerVersions = (
  load: Workload,
  external: Externals,
  { sequentialKeys, linearizableKeys }: Assumptions,
  found: Findings
): Graph => {
  const nodes = load.operations.length + load.keys.length
  const known = edges(nodes)
  external.final.forEach((final, write) => {
    if (final === 0 || load.transactions[load.owner[write]!]!.status === 'fail') return
    connect(known, WW, initialOf(load, load.key[write]!), write)
  })
  const touches =
    sequentialKeys || linearizableKeys ? load.transactions.map((_, number) => touchesOf(load, external, number)) : []
  const sources = [
    { name: null, add: (list: Edges) => writesFollowReads(load, external, list) },
    ...(sequentialKeys ? [{ name: 'sequential keys', add: (list: Edges) => sequential(load, touches, list) }] : []),
    ...(linearizableKeys
      ? [{ name: 'linearizable keys', add: (list: Edges) => linearizable(load, touches, list) }]
      : [])
  ]
  let graph = graphOf(known)
  for (const { name, add } of sources) {
    const before = known.count
    add(known)
    graph = graphOf(known)
    const cycles = cyclic(components(graph, WW | WR | PROCESS | REALTIME))
    if (cycles.length === 0) continue
    if (name !== null) for (const versions of cycles) reportCycle(load, found, name, versions)
    const broken = new Set(cycles.map((versions) => keyOf(load, versions[0]!)))
    let kept = before
    for (let at = before; at < known.count; at += 1) {
      if (broken.has(keyOf(load, known.from[at]!))) continue
      known.from[kept] = known.from[at]!
      known.to[kept] = known.to[at]!
      known.type[kept] = known.type[at]!
      kept += 1
    }
    known.count = kept
    graph = graphOf(known)
  }
  return graph
}
