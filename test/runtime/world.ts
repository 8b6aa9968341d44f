/** A world for hosts that is all memory and virtual time: disks that fail, links that are cut, nodes that are killed. */
import type { NodeId } from '../../spec/kernel/index.ts'
import { randomFrom } from '../../src/consistency/index.ts'
import type { Change, Clock, Inbound, Packet, Random, Storage, Stored, Transport } from '../../src/runtime/index.ts'

const copied = <A>(value: A): A => JSON.parse(JSON.stringify(value)) as A

interface StoredLog {
  readonly first: number
  readonly entries: ReadonlyArray<unknown>
}

const applied = (stored: Stored, change: Change): Stored => {
  const { field } = change
  if (change.type === 'set') return { ...stored, [field]: change.value }
  if (change.type === 'unset') return Object.fromEntries(Object.entries(stored).filter(([name]) => name !== field))
  const { first, entries } = stored[field] as StoredLog
  if (change.type === 'append') {
    if (change.from < first || change.from > first + entries.length) throw new Error('an append leaves a gap')
    return { ...stored, [field]: { first, entries: [...entries.slice(0, change.from - first), ...change.entries] } }
  }
  return { ...stored, [field]: { first: change.first, entries: entries.slice(Math.max(0, change.first - first)) } }
}

export const changed = (stored: Stored | null, changes: ReadonlyArray<Change>): Stored =>
  copied(changes.reduce(applied, stored ?? {}))

/** A process: what it scheduled, wrote and sent ends with it. */
export interface Life {
  isOver: boolean
}

/** The clock as a process sees it. */
export const clockOf = (clock: Clock, life: Life): Clock => ({
  now: clock.now,
  schedule: (after, run) => clock.schedule(after, () => (life.isOver ? undefined : run()))
})

export interface Disk {
  /** For one process. */
  readonly storage: (life: Life) => Storage
  readonly kept: () => Stored | null
  readonly commits: () => ReadonlyArray<ReadonlyArray<Change>>
  /** Loses the last so many commits, as a disk does that says it wrote and did not. */
  readonly lose: (count: number) => void
}

/** @param failAt the number of the commit that fails, from 1; `latency` draws how long each takes */
export const disk = (clock: Clock, latency: () => number, failAt = Infinity): Disk => {
  let kept: Stored | null = null
  const before: Array<Stored | null> = []
  const commits: Array<ReadonlyArray<Change>> = []
  return {
    kept: () => kept,
    commits: () => commits,
    lose: (count) => {
      kept = count === 0 ? kept : (before.at(-count) ?? null)
    },
    storage: (life) => ({
      open: () => Promise.resolve(kept === null ? null : copied(kept)),
      close: () => Promise.resolve(),
      commit: (changes) =>
        new Promise((resolve, reject) => {
          const number = commits.push(changes)
          clock.schedule(latency(), () => {
            // A process that was killed may have written it or not, and is told nothing: here, the later the less.
            if (number >= failAt) return reject(new Error('planted: no space left'))
            if (!life.isOver || latency() < 0.5) {
              before.push(kept)
              kept = changed(kept, changes)
            }
            if (!life.isOver) resolve()
          })
        })
    })
  }
}

export interface Network {
  readonly transport: (node: NodeId, life: Life) => Transport
  /** All that was handed over, in order. */
  readonly sent: () => ReadonlyArray<Packet & { readonly from: NodeId }>
  /** How many each time. */
  readonly batches: () => ReadonlyArray<number>
  /** Cuts the directed links for which this holds. */
  readonly cut: (isCut: (from: NodeId, to: NodeId) => boolean) => void
}

/** @param lose how likely a message is lost, and as likely doubled; `delay` draws how long one travels */
export const network = (clock: Clock, random: Random, delay: () => number, lose = 0): Network => {
  const inbound = new Map<NodeId, Inbound>()
  const sent: Array<Packet & { readonly from: NodeId }> = []
  const batches: number[] = []
  let isCut: (from: NodeId, to: NodeId) => boolean = () => false
  return {
    sent: () => sent,
    batches: () => batches,
    cut: (links) => {
      isCut = links
    },
    transport: (node, life) => ({
      open: (given) => {
        inbound.set(node, {
          ...given,
          deliver: (from, message) => (life.isOver ? undefined : given.deliver(from, message))
        })
        return Promise.resolve()
      },
      close: () => {
        inbound.delete(node)
        return Promise.resolve()
      },
      send: (batch) => {
        batches.push(batch.length)
        for (const { to, message } of batch) {
          if (life.isOver) return
          sent.push({ from: node, to, message: copied(message) })
          const copies = random() < lose ? 0 : random() < lose ? 2 : 1
          for (let copy = 0; copy < copies; copy++)
            clock.schedule(delay(), () => {
              if (!isCut(node, to)) inbound.get(to)?.deliver(node, copied(message))
            })
        }
      }
    })
  }
}

/** Numbers in [0, 1) that are the same for the same seed. */
export const randomOf = (seed: number): Random => {
  const draw = randomFrom(seed)
  return () => draw(2 ** 30) / 2 ** 30
}
