/**
 * Version orders of lists. The longest read of a key is the trace of its versions: every shorter read must be a prefix of
 * it, and the elements that nobody read come after it. [Elle], traceability.
 */
import { report } from './anomalies.ts'
import type { Findings } from './anomalies.ts'
import { directAnomaly, showName, showReading } from './explain.ts'
import { elementsOf } from './transactions.ts'
import type { Key, Transaction, Value } from './transactions.ts'
import type { Externals, Workload } from './workload.ts'

const none = -1

/** The trace of one key. */
export interface Trace {
  /** The longest read, as it was read. */
  readonly elements: ReadonlyArray<Value>
  /** By place in the trace: the append; -1 where nobody appended the element, or where it stands a second time. */
  readonly appends: Int32Array
  /** The shortest length at which a read shows a repeated, an aborted, or an invented element; Infinity where none does. */
  readonly repeated: number
  readonly aborted: number
  readonly invented: number
}

export interface Lists {
  /** By key number. */
  readonly traces: ReadonlyArray<Trace>
  /** By micro-operation: for an append, its first place in the trace of its key; -1 for one that nobody read. */
  readonly place: Int32Array
  /** By micro-operation: 1 for a committed read that is a prefix of the trace. */
  readonly compatible: Uint8Array
  /** By key: a committed read that shows the whole trace; -1 where the key was never read as more than empty. */
  readonly longest: Int32Array
}

/** What a read of a list saw. */
export const seenBy = (load: Workload, read: number): ReadonlyArray<Value> => elementsOf(load.operations[read]![2])

const statusOf = (load: Workload, operation: number): Transaction['status'] =>
  load.transactions[load.owner[operation]!]!.status

const longestReads = (load: Workload): Int32Array => {
  const longest = new Int32Array(load.keys.length).fill(none)
  const length = new Int32Array(load.keys.length)
  load.operations.forEach(([name, , value], at) => {
    if (name !== 'r' || statusOf(load, at) !== 'ok') return
    const key = load.key[at]!
    const size = elementsOf(value).length
    if (size <= length[key]!) return
    length[key] = size
    longest[key] = at
  })
  return longest
}

const traceOf = (load: Workload, key: number, read: number, place: Int32Array): Trace => {
  const elements = read === none ? [] : seenBy(load, read)
  const written = load.writes[key]!
  const appends = new Int32Array(elements.length).fill(none)
  const invented = new Set<Value>()
  const first = { repeated: Infinity, aborted: Infinity, invented: Infinity }
  const note = (kind: keyof typeof first, at: number): void => {
    if (first[kind] === Infinity) first[kind] = at + 1
  }
  elements.forEach((element, at) => {
    const append = written.get(element)
    if (append === undefined) {
      note(invented.has(element) ? 'repeated' : 'invented', at)
      invented.add(element)
    } else if (place[append] !== none) note('repeated', at)
    else {
      place[append] = at
      appends[at] = append
      if (statusOf(load, append) === 'fail') note('aborted', at)
    }
  })
  return { elements, appends, ...first }
}

const isPrefix = (list: ReadonlyArray<Value>, of: ReadonlyArray<Value>): boolean => {
  for (let at = 0; at < list.length; at += 1) if (list[at] !== of[at]) return false
  return true
}

/** Finds the traces. */
export const lists = (load: Workload): Lists => {
  const longest = longestReads(load)
  const place = new Int32Array(load.operations.length).fill(none)
  const traces = load.keys.map((_, key) => traceOf(load, key, longest[key]!, place))
  const compatible = new Uint8Array(load.operations.length)
  load.operations.forEach(([name], at) => {
    if (name !== 'r' || statusOf(load, at) !== 'ok') return
    const { elements } = traces[load.key[at]!]!
    if (isPrefix(seenBy(load, at), elements)) compatible[at] = 1
  })
  return { traces, place, compatible, longest }
}

type Namer = (number: number) => string

/** Reports what one committed read shows that no read may show. */
const readAnomalies = (
  load: Workload,
  { final }: Externals,
  { traces, compatible, longest }: Lists,
  found: Findings,
  read: number
): void => {
  const seen = seenBy(load, read)
  if (seen.length === 0) return
  const key = load.key[read]!
  const { elements, repeated, aborted, invented } = traces[key]!
  const written = load.writes[key]!
  const reader = load.owner[read]!
  const name = load.keys[key]!
  const saw = (nameOf: Namer): string => `${nameOf(reader)} read ${showName(name)} = ${showReading(seen)}`
  const fits = compatible[read] === 1
  const isAborted = (element: Value): boolean => {
    const append = written.get(element)
    return append !== undefined && statusOf(load, append) === 'fail'
  }

  if (!fits) {
    const other = load.owner[longest[key]!]!
    const says = (nameOf: Namer): string =>
      `${saw(nameOf)}, and ${nameOf(other)} read it as ${showReading(elements)}: neither is a prefix of the other`
    report(found, 'incompatible-order', () => directAnomaly(load, 'incompatible-order', [reader, other], name, says))
  }
  if (fits ? seen.length >= repeated : new Set(seen).size < seen.length) {
    const twice = seen.find((element, at) => seen.indexOf(element) < at)!
    const says = (nameOf: Namer): string => `${saw(nameOf)}, with ${showName(twice)} more than once`
    report(found, 'duplicate-elements', () => directAnomaly(load, 'duplicate-elements', [reader], name, says))
  }
  if (fits ? seen.length >= invented : seen.some((element) => !written.has(element))) {
    const unknown = seen.find((element) => !written.has(element))!
    const says = (nameOf: Namer): string => `${saw(nameOf)}, but nobody appended ${showName(unknown)}`
    report(found, 'garbage-read', () => directAnomaly(load, 'garbage-read', [reader], name, says))
  }
  if (fits ? seen.length >= aborted : seen.some(isAborted)) {
    const dirty = seen.find(isAborted)!
    const writer = load.owner[written.get(dirty)!]!
    const says = (nameOf: Namer): string =>
      `${saw(nameOf)}, but ${nameOf(writer)}, which appended ${showName(dirty)}, was aborted`
    report(found, 'G1a', () => directAnomaly(load, 'G1a', [reader, writer], name, says))
  }
  const last = written.get(seen.at(-1)!)
  if (last !== undefined && load.owner[last] !== reader && statusOf(load, last) !== 'fail' && final[last] === 0) {
    const writer = load.owner[last]!
    const says = (nameOf: Namer): string =>
      `${saw(nameOf)}, which ends in an intermediate state of ${nameOf(writer)}: it appended to ${showName(name)} again`
    report(found, 'G1b', () => directAnomaly(load, 'G1b', [reader, writer], name, says))
  }
}

/** Reports where the trace of a key shows a committed append on top of an aborted one. */
const dirtyUpdates = (load: Workload, { appends }: Trace, key: Key, found: Findings): void => {
  let dirty = none
  for (const append of appends) {
    if (append === none) continue
    const status = statusOf(load, append)
    if (status === 'fail') dirty = append
    if (status !== 'ok' || dirty === none) continue
    const [aborted, committed] = [load.owner[dirty]!, load.owner[append]!]
    const [under, over] = [dirty, append].map((at) => showReading(load.operations[at]![2]))
    const says = (nameOf: Namer): string =>
      `${nameOf(committed)}'s ${over} stands in ${showName(key)} behind ${under}, which ${nameOf(aborted)} appended, and that was aborted`
    report(found, 'dirty-update', () => directAnomaly(load, 'dirty-update', [aborted, committed], key, says))
    dirty = none
  }
}

/** Reports appends of one transaction to one key that the trace shows in another order, or the later without the earlier. */
const brokenProgramOrder = (load: Workload, { place, longest }: Lists, number: number, found: Findings): void => {
  const [start, end] = [load.first[number]!, load.first[number + 1]!]
  for (let later = start + 1; later < end; later += 1) {
    if (place[later] === none) continue
    for (let earlier = start; earlier < later; earlier += 1) {
      const [name, key, value] = load.operations[earlier]!
      if (name !== 'append' || load.key[earlier] !== load.key[later]) continue
      if (place[earlier] !== none && place[earlier]! < place[later]!) continue
      const reader = load.owner[longest[load.key[later]!]!]!
      const after = showReading(load.operations[later]![2])
      const says = (nameOf: Namer): string =>
        `${nameOf(number)} appended ${showReading(value)} to ${showName(key)} before ${after}, but ${nameOf(reader)} read ${after} ` +
        (place[earlier] === none ? `without it` : `first`)
      report(found, 'incompatible-order', () => directAnomaly(load, 'incompatible-order', [number, reader], key, says))
    }
  }
}

/** Reports what is wrong with single reads and with single traces. */
export const listAnomalies = (load: Workload, external: Externals, traced: Lists, found: Findings): void => {
  load.operations.forEach(([name], at) => {
    if (name === 'r' && statusOf(load, at) === 'ok') readAnomalies(load, external, traced, found, at)
  })
  traced.traces.forEach((trace, key) => dirtyUpdates(load, trace, load.keys[key]!, found))
  load.transactions.forEach(({ status }, number) => {
    if (status !== 'fail') brokenProgramOrder(load, traced, number, found)
  })
}
