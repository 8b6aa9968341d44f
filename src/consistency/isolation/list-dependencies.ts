/** Dependencies between transactions that append to lists, from the traces of the lists. */
import { connect, connectAll, RW, WR, WW } from './graph/edges.ts'
import type { Edges } from './graph/edges.ts'
import { seenBy } from './lists.ts'
import type { Lists, Trace } from './lists.ts'
import type { MicroOperation } from './transactions.ts'
import type { Workload } from './workload.ts'

const none = -1

/** By key: the places of the appends that are versions (not aborted, invented or repeated), in order. */
interface Versions {
  /** By place, one more than the trace has: the first version at this place or after it; -1 where there is none. */
  readonly next: Int32Array
  /** The last version; -1 where there is none. */
  readonly last: number
  /** Appends that nobody read, one for each transaction. They come after the trace, in an unknown order. */
  readonly unread: Array<number>
  /** Reads that show every version that was read. */
  readonly complete: Array<number>
}

const isAborted = (load: Workload, operation: number): boolean =>
  load.transactions[load.owner[operation]!]!.status === 'fail'

const link = (list: Edges, load: Workload, type: number, cause: number, effect: number): void =>
  connect(list, type, load.owner[cause]!, load.owner[effect]!, cause, effect)

const versionsOf = (load: Workload, list: Edges, { appends }: Trace): Versions => {
  const next = new Int32Array(appends.length + 1).fill(none)
  let last = none
  for (let place = appends.length - 1; place >= 0; place -= 1) {
    const append = appends[place]!
    const isVersion = append !== none && !isAborted(load, append)
    next[place] = isVersion ? append : next[place + 1]!
    if (!isVersion) continue
    const after = next[place + 1]!
    if (after === none) last = append
    else link(list, load, WW, append, after)
  }
  return { next, last, unread: [], complete: [] }
}

const dependenciesOfRead = (
  load: Workload,
  traced: Lists,
  all: ReadonlyArray<Versions>,
  list: Edges,
  read: number
): void => {
  const key = load.key[read]!
  const { next, complete } = all[key]!
  const seen = seenBy(load, read)
  const writer = seen.length === 0 ? undefined : load.writes[key]!.get(seen.at(-1)!)
  if (writer !== undefined && !isAborted(load, writer)) link(list, load, WR, writer, read)
  // What follows a read that contradicts the trace, or that shows an element twice, is anybody's guess.
  if (traced.compatible[read] !== 1 || seen.length >= traced.traces[key]!.repeated) return
  const overwriter = next[seen.length]!
  if (overwriter === none) complete.push(read)
  else link(list, load, RW, read, overwriter)
}

/**
 * Adds the ww, wr and rw edges of a list-append workload.
 *
 * @returns the number of keys whose versions are not all in one known order
 */
export const listDependencies = (load: Workload, traced: Lists, list: Edges): number => {
  const all = traced.traces.map((trace) => versionsOf(load, list, trace))
  const happened = load.transactions.map(({ status }) => status === 'ok')
  load.operations.forEach(([name], at) => {
    if (name === 'append' && traced.place[at] !== none) happened[load.owner[at]!] = true
  })
  load.operations.forEach(([name]: MicroOperation, at) => {
    const number = load.owner[at]!
    const { status } = load.transactions[number]!
    if (name === 'r') {
      if (status === 'ok') dependenciesOfRead(load, traced, all, list, at)
      return
    }
    if (status === 'fail' || traced.place[at] !== none) return
    const { unread } = all[load.key[at]!]!
    if (unread.length === 0 || load.owner[unread.at(-1)!] !== number) unread.push(at)
  })
  let undetermined = 0
  for (const { last, unread, complete } of all) {
    if (last !== none) for (const append of unread) link(list, load, WW, last, append)
    connectAll(list, complete, unread, load.owner)
    if (unread.filter((append) => happened[load.owner[append]!]).length > 1) undetermined += 1
  }
  return undetermined
}
