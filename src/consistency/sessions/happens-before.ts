/**
 * Causal order over reads and writes alike, and what one session may conclude from it.
 *
 * For causal memory each session orders all writes it knows of by itself: what happened before its reads grows until
 * nothing more follows ([Bouajjani17], the relation HB of the last operation of the session).
 */
import type { Access, Accesses } from './accesses.ts'
import { addBits, hasBit, noBits, setBit } from './bits.ts'
import type { Bits } from './bits.ts'
import type { Visibility } from './visibility.ts'

/**
 * By access: all accesses before it in causal order, the closure of session order and reads-from. The order must have
 * no cycle.
 */
export const causalPast = ({ all, sessions, writes, readFrom }: Accesses): ReadonlyArray<Bits> => {
  const past: Array<Bits | undefined> = Array.from({ length: all.length })
  const next = sessions.map(() => 0)
  const complete = (access: Access, before: Access | undefined, from: Access | undefined): void => {
    const bits = noBits(all.length)
    for (const one of [before, from]) {
      if (one === undefined) continue
      setBit(bits, one.number)
      addBits(bits, past[one.number]!)
    }
    past[access.number] = bits
  }
  const step = (session: number): boolean => {
    const access = sessions[session]![next[session]!]
    if (access === undefined) return false
    const from = writes[readFrom[access.number]!]
    if (from !== undefined && past[from.number] === undefined) return false
    complete(access, sessions[session]![next[session]! - 1], from)
    next[session]! += 1
    return true
  }
  for (let moved = true; moved;) {
    moved = false
    for (const session of sessions.keys()) while (step(session)) moved = true
  }
  return past.map((bits) => bits ?? noBits(all.length))
}

/** Two writes, or a write and a read of the initial value, that one session must order both ways. */
export interface Contradiction {
  readonly write: Access
  readonly other: Access
  /** The read at which it shows. */
  readonly read: Access
}

/** What the session of `sessions[session]` cannot order, if anything. */
export const sessionContradiction = (
  accesses: Accesses,
  past: ReadonlyArray<Bits>,
  session: number
): Contradiction | null => {
  const { all, sessions, writes, readFrom } = accesses
  const own = sessions[session]!
  const last = own.at(-1)!
  const known = [...all.filter(({ number }) => hasBit(past[last.number]!, number)), last]
  const before = new Map(known.map(({ number }) => [number, Uint32Array.from(past[number]!)]))
  const knownWrites = known.filter(({ kind }) => kind === 'write')
  const reads = own.filter(({ kind }) => kind === 'read')

  const put = (first: Access, second: Access): void => {
    const bits = noBits(all.length)
    addBits(bits, before.get(first.number)!)
    setBit(bits, first.number)
    for (const [number, later] of before)
      if (number === second.number || hasBit(later, second.number)) addBits(later, bits)
  }

  for (let changed = true; changed;) {
    changed = false
    for (const read of reads) {
      const from = writes[readFrom[read.number]!]
      for (const write of knownWrites) {
        if (write.key !== read.key || write === from || !hasBit(before.get(read.number)!, write.number)) continue
        if (from === undefined) return { write, other: read, read }
        if (hasBit(before.get(write.number)!, from.number)) return { write, other: from, read }
        if (hasBit(before.get(from.number)!, write.number)) continue
        put(write, from)
        changed = true
      }
    }
  }
  return null
}

/** A read of a value although it saw a write that had already seen it: the first one found. */
export const overwrittenRead = (
  { all, writes, writeNumber, readFrom }: Accesses,
  { seen }: Visibility
): { readonly read: Access; readonly write: Access; readonly from: Access } | null => {
  for (const read of all) {
    const from = writes[readFrom[read.number]!]
    if (from === undefined) continue
    const replacing = ({ number, key }: Access): boolean =>
      key === read.key &&
      number !== from.number &&
      hasBit(seen[read.number]!, writeNumber[number]!) &&
      hasBit(seen[number]!, writeNumber[from.number]!)
    const write = writes.find(replacing)
    if (write !== undefined) return { read, write, from }
  }
  return null
}
