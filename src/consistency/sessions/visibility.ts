/**
 * Which writes each read must have seen, given some session guarantees ([Terry94]).
 *
 * A read saw the write it read from. Each guarantee adds to that, and all of them only ever add, so the least sets
 * that satisfy them are computed in one pass along session order and reads-from. Whatever contradicts the least sets
 * contradicts any.
 */
import type { Access, Accesses } from './accesses.ts'
import { addBits, noBits, setBit } from './bits.ts'
import type { Bits } from './bits.ts'

/**
 * - `read-your-writes`: a read sees the earlier writes of its session
 * - `monotonic-reads`: a read sees what earlier reads of its session saw
 * - `monotonic-writes`: who sees a write sees the earlier writes of its session, and orders them so
 * - `writes-follow-reads`: who sees a write sees what earlier reads of its session saw, and orders them so
 */
export type Guarantee = 'read-your-writes' | 'monotonic-reads' | 'monotonic-writes' | 'writes-follow-reads'

export const guarantees: ReadonlyArray<Guarantee> = [
  'read-your-writes',
  'monotonic-reads',
  'monotonic-writes',
  'writes-follow-reads'
]

export interface Visibility {
  /**
   * By access: the writes that a read must have seen; for a write, the writes that whoever sees it must have seen,
   * itself included.
   */
  readonly seen: ReadonlyArray<Bits>
}

/** What a session has come to. */
interface Progress {
  next: number
  /** All that its reads saw, and all that comes with its writes. */
  readonly byReads: Bits
  readonly byWrites: Bits
}

/**
 * @returns the visibility, or the accesses of a cycle in session order and reads-from: each read in it comes, by that
 *   order, before the write that it read from
 */
export const visibilityOf = (
  { all, sessions, writes, writeNumber, readFrom }: Accesses,
  asked: ReadonlySet<Guarantee>
): Visibility | { readonly cycle: ReadonlyArray<Access> } => {
  const size = writes.length
  const seen: Array<Bits | undefined> = Array.from({ length: all.length })
  const progress = sessions.map((): Progress => ({ next: 0, byReads: noBits(size), byWrites: noBits(size) }))
  const source = ({ number }: Access): Access | undefined => writes[readFrom[number]!]

  const see = (access: Access, { byReads, byWrites }: Progress): void => {
    const bits = noBits(size)
    const from = source(access)
    if (access.kind === 'write') {
      setBit(bits, writeNumber[access.number]!)
      if (asked.has('monotonic-writes')) addBits(bits, byWrites)
      if (asked.has('writes-follow-reads')) addBits(bits, byReads)
      addBits(byWrites, bits)
    } else {
      if (from !== undefined) addBits(bits, seen[from.number]!)
      if (asked.has('monotonic-reads')) addBits(bits, byReads)
      if (asked.has('read-your-writes')) addBits(bits, byWrites)
      addBits(byReads, bits)
    }
    seen[access.number] = bits
  }

  /** Goes along one session until it is through or waits for a write of another; that write, or none. */
  const follow = (session: number): Access | undefined => {
    const own = progress[session]!
    for (;;) {
      const access = sessions[session]![own.next]
      if (access === undefined) return undefined
      const from = source(access)
      if (from !== undefined && seen[from.number] === undefined) return from
      see(access, own)
      own.next += 1
    }
  }

  const waiting = new Map<number, Array<number>>()
  const ready = [...sessions.keys()]
  for (let session = ready.pop(); session !== undefined; session = ready.pop()) {
    const before = progress[session]!.next
    const awaited = follow(session)
    if (awaited !== undefined) waiting.set(awaited.session, [...(waiting.get(awaited.session) ?? []), session])
    if (progress[session]!.next > before) {
      ready.push(...(waiting.get(session) ?? []))
      waiting.delete(session)
    }
  }
  if (seen.every((bits) => bits !== undefined)) return { seen }
  return { cycle: causalCycle() }

  /** Every session that is not through waits for one that is not through. */
  function causalCycle(): ReadonlyArray<Access> {
    const path: Array<number> = []
    const stuckRead = (session: number): Access => sessions[session]![progress[session]!.next]!
    let session = progress.findIndex(({ next }, s) => next < sessions[s]!.length)
    while (!path.includes(session)) {
      path.push(session)
      session = source(stuckRead(session))!.session
    }
    return path.slice(path.indexOf(session)).flatMap((s) => [stuckRead(s), source(stuckRead(s))!])
  }
}
