/** Anomalies: what a history may show that some level of isolation forbids. */
import type { Process } from '../history.ts'
import type { Key } from './transactions.ts'

/** Seen in single transactions and values, without a graph. */
export const directAnomalies = [
  /** A read contradicts what its own transaction read or wrote before. [Cerone15] INT; [Elle]. */
  'internal',
  /** A read shows what its own transaction writes only later. [Elle]. */
  'future-read',
  /** A read shows what an aborted transaction wrote. G1a of [Adya99] §3.2. */
  'G1a',
  /** A read shows what its writer overwrote itself. G1b of [Adya99] §3.2. */
  'G1b',
  /** A committed write builds on a write that was aborted. [Elle]. */
  'dirty-update',
  /** Two transactions read the same version of a key and both write the key. [Adya99], H_lost-update. */
  'lost-update',
  /** A read shows what nobody wrote. [Elle]. */
  'garbage-read',
  /** A list shows the same element twice though it was appended once. [Elle]. */
  'duplicate-elements',
  /** Two reads of a list, or a read and the order of appends in a transaction, fit no one order of appends. [Elle]. */
  'incompatible-order',
  /** The orders that were inferred for the versions of a register contradict each other. [Elle]. */
  'cyclic-versions'
] as const

/** The kinds of cycles, the worst first. G0 and G1c of [Adya99]; the others as [Elle] tells them apart. */
export const cycleKinds = [
  /** Only ww: write cycles. */
  'G0',
  /** ww and wr, at least one wr: circular information flow. */
  'G1c',
  /** Exactly one rw: read skew. */
  'G-single',
  /** Several rw, never two in a row (the last one and the first one count as in a row). */
  'G-nonadjacent',
  /** Several rw, two of them in a row: write skew. */
  'G2-item'
] as const

export type CycleKind = (typeof cycleKinds)[number]

/** Which order besides the data closes a cycle: none, that of a process, or real time (with or without processes). */
export const cycleSuffixes = ['', '-process', '-realtime'] as const

export type CycleSuffix = (typeof cycleSuffixes)[number]

export type CycleAnomaly = `${CycleKind}${CycleSuffix}`

export type AnomalyName = (typeof directAnomalies)[number] | CycleAnomaly

/** Why one transaction precedes another. */
export interface Step {
  /** Numbers of transactions, in the order of invocation. */
  readonly from: number
  readonly to: number
  readonly kind: 'ww' | 'wr' | 'rw' | 'process' | 'realtime'
  /** The key that relates them; null for an order that is not in the data. */
  readonly key: Key | null
  /** The process that relates them; null unless the kind is `process`. */
  readonly process: Process | null
  /** The reason, for a person, with the transactions called by their place in the cycle: T1, T2 … */
  readonly because: string
}

/** One anomaly with its witness. */
export interface Anomaly {
  readonly name: AnomalyName
  /** The transactions that show it, by number; for a cycle, in the order of the cycle. */
  readonly transactions: ReadonlyArray<number>
  /** The key it is about; null for a cycle. */
  readonly key: Key | null
  /** For a cycle, the step from each transaction to the next and from the last to the first; else empty. */
  readonly steps: ReadonlyArray<Step>
  /** The whole case, for a person, in several lines. */
  readonly says: string
}

/** How many anomalies of each name were found, and the first few of each. */
export interface Findings {
  readonly limit: number
  readonly counts: Map<AnomalyName, number>
  readonly examples: Map<AnomalyName, Array<Anomaly>>
}

export const findings = (limit: number): Findings => ({ limit, counts: new Map(), examples: new Map() })

/** Counts an anomaly, and keeps it while there are fewer than the limit: a broken store shows thousands. */
export const report = ({ limit, counts, examples }: Findings, name: AnomalyName, describe: () => Anomaly): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1)
  const kept = examples.get(name) ?? []
  if (kept.length < limit) kept.push(describe())
  examples.set(name, kept)
}
