/** Dependencies between transactions that write registers, from the versions and their inferred orders. */
import { components } from './graph/components.ts'
import { connect, connectAll, PROCESS, REALTIME, WR, WW } from './graph/edges.ts'
import type { Edges, Graph } from './graph/edges.ts'
import { initialOf, versionRead } from './register-versions.ts'
import type { Transaction } from './transactions.ts'
import type { Externals, Workload } from './workload.ts'

const assumed = PROCESS | REALTIME
const inferred = WR | assumed

const statusOf = (load: Workload, operation: number): Transaction['status'] =>
  load.transactions[load.owner[operation]!]!.status

/** By node of a version: the outside reads that show it. */
const readersOf = (load: Workload, external: Externals): ReadonlyMap<number, ReadonlyArray<number>> => {
  const readers = new Map<number, Array<number>>()
  load.operations.forEach(([name], read) => {
    if (name !== 'r' || external.outside[read] === 0 || statusOf(load, read) !== 'ok') return
    const version = versionRead(load, external, read)
    if (version < 0) return
    const known = readers.get(version)
    if (known === undefined) readers.set(version, [read])
    else known.push(read)
  })
  return readers
}

const writeReads = (load: Workload, list: Edges): void => {
  load.operations.forEach(([name, , value], read) => {
    if (name !== 'r' || value === null || statusOf(load, read) !== 'ok') return
    const write = load.writes[load.key[read]!]!.get(value)
    if (write === undefined || statusOf(load, write) === 'fail') return
    connect(list, WR, load.owner[write]!, load.owner[read]!, write, read)
  })
}

/** By key: the versions that certainly were written. */
const committedVersions = (
  load: Workload,
  { final }: Externals,
  readers: ReadonlyMap<number, ReadonlyArray<number>>
): ReadonlyArray<ReadonlyArray<number>> => {
  const happened = load.transactions.map(({ status }) => status === 'ok')
  for (const version of readers.keys()) {
    const writer = load.owner[version]
    if (writer !== undefined) happened[writer] = true
  }
  const versions = load.keys.map((): Array<number> => [])
  final.forEach((isFinal, write) => {
    if (isFinal === 1 && happened[load.owner[write]!]) versions[load.key[write]!]!.push(write)
  })
  return versions
}

/** Whether the orders relate each of these versions to the next one, in the only order that they leave. */
const isChain = ({ start, to }: Graph, place: Int32Array, versions: ReadonlyArray<number>): boolean => {
  const sorted = versions.toSorted((a, b) => place[b]! - place[a]!)
  return sorted.every((version, at) => {
    const next = sorted[at + 1]
    return next === undefined || to.subarray(start[version], start[version + 1]).includes(next)
  })
}

/**
 * Adds the ww, wr and rw edges of an rw-register workload.
 *
 * A ww edge is added for the assumed orders alone: where writes follow reads, the wr edge between the same two
 * transactions says it already, and a cycle of such edges is a G1c, not a G0.
 *
 * @returns the number of keys whose versions are not all in one known order
 */
export const registerDependencies = (load: Workload, external: Externals, versions: Graph, list: Edges): number => {
  writeReads(load, list)
  const readers = readersOf(load, external)
  const preceded = new Uint8Array(versions.nodes)
  // By version: the version whose followers it was last counted among, so that several sources of one order count once.
  const counted = new Int32Array(versions.nodes).fill(-1)
  for (let version = 0; version < load.operations.length; version += 1) {
    const readings = readers.get(version)
    const followers: Array<number> = []
    for (let at = versions.start[version]!; at < versions.start[version + 1]!; at += 1) {
      const follower = versions.to[at]!
      preceded[follower] = 1
      if ((versions.type[at]! & assumed) !== 0)
        connect(list, WW, load.owner[version]!, load.owner[follower]!, version, follower)
      if (readings === undefined || counted[follower] === version) continue
      counted[follower] = version
      followers.push(follower)
    }
    if (readings !== undefined && followers.length > 0) connectAll(list, readings, followers, load.owner)
  }
  // From the initial state, edges lead only to versions that nothing else precedes: the others follow one of these.
  load.keys.forEach((_, key) => {
    const initial = initialOf(load, key)
    const earliest = [...versions.to.subarray(versions.start[initial], versions.start[initial + 1])]
    connectAll(
      list,
      readers.get(initial) ?? [],
      earliest.filter((version) => preceded[version] === 0),
      load.owner
    )
  })
  const place = components(versions, inferred).of
  return committedVersions(load, external, readers).filter((of) => !isChain(versions, place, of)).length
}
