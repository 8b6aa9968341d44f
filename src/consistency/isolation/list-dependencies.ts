/** Dependencies between transactions that append to lists, from the traces of the lists. */
import { connect, connectAll, WR, WW } from './graph/edges.ts'
import type { Edges } from './graph/edges.ts'
import { seenBy } from './lists.ts'
import type { Lists, Trace } from './lists.ts'
import type { MicroOperation, Transaction, Value } from './transactions.ts'
import type { Workload } from './workload.ts'
import { RW } from './graph/edges.ts'

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
  (load.transactions[load.owner[operation] as number] as Transaction).status === 'fail'

const link = (list: Edges, load: Workload, type: number, cause: number, effect: number): void =>
  connect(list, type, load.owner[cause] as number, load.owner[effect] as number, cause, effect)

const versionsOf = (load: Workload, list: Edges, { appends }: Trace): Versions => {
  const next = new Int32Array(appends.length + 1).fill(none)
  let last = none
  for (let place = appends.length - 1; place >= 0; place -= 1) {
    const append = appends[place] as number
    const isVersion = append !== none && !isAborted(load, append)
    next[place] = isVersion ? append : (next[place + 1] as number)
    if (!isVersion) continue
    const after = next[place + 1] as number
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
  const key = load.key[read] as number
  const { next, complete } = all[key] as Versions
  const seen = seenBy(load, read)
  const writer =
    seen.length === 0 ? undefined : (load.writes[key] as ReadonlyMap<Value, number>).get(seen.at(-1) as Value)
  if (writer !== undefined && !isAborted(load, writer)) link(list, load, WR, writer, read)
  // What follows a read that contradicts the trace, or that shows an element twice, is anybody's guess.
  if (traced.compatible[read] !== 1 || seen.length >= (traced.traces[key] as Trace).repeated) return
  const overwriter = next[seen.length] as number
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
    if (name === 'append' && traced.place[at] !== none) happened[load.owner[at] as number] = true
  })
  load.operations.forEach(([name]: MicroOperation, at) => {
    const number = load.owner[at] as number
    const { status } = load.transactions[number] as Transaction
    if (name === 'r') {
      if (status === 'ok') dependenciesOfRead(load, traced, all, list, at)
      return
    }
    if (status === 'fail' || traced.place[at] !== none) return
    const { unread } = all[load.key[at] as number] as Versions
    if (unread.length === 0 || load.owner[unread.at(-1) as number] !== number) unread.push(at)
  })
  let undetermined = 0
  for (const { last, unread, complete } of all) {
    if (last !== none) for (const append of unread) link(list, load, WW, last, append)
    connectAll(list, complete, unread, load.owner)
    if (unread.filter((append) => happened[load.owner[append] as number]).length > 1) undetermined += 1
  }
  return undetermined
}
