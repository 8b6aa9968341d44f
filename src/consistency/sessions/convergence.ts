/**
 * Convergence: once nothing is written any more, every session comes to read the same.
 *
 * A finite history shows that only if it ends quiet: after the last write has completed, sessions go on reading. What
 * a session reads last from a key is what it has come to. Replicas may take their time, so earlier reads may differ.
 */
import { either } from 'fp-ts'
import { guarded } from '../guarded.ts'
import type { Call, Process } from '../history.ts'
import type { Judge, Verdict } from '../verdict.ts'
import { accessesOf } from './accesses.ts'
import type { Access, Accesses } from './accesses.ts'
import { nameOf } from './reasons.ts'

export interface Divergence {
  /** The key as canonical text. */
  readonly key: string
  /** What each session read last from it, in the order of invocation. */
  readonly last: ReadonlyArray<{
    readonly process: Process
    readonly value: unknown
    readonly call: Call<unknown, unknown>
  }>
}

const isOpen = ({ call: { completion } }: Access): boolean => completion?.type !== 'ok'

/** The reads that were asked after every write had completed, the last one of each session and key. */
const settled = ({ all, writes }: Accesses): ReadonlyMap<string, ReadonlyArray<Access>> => {
  const quiet = Math.max(
    -1,
    ...writes.map(({ call: { completion } }) => (completion?.type === 'ok' ? completion.index : -1))
  )
  const last = new Map(
    all
      .filter(({ kind, call }) => kind === 'read' && call.invocation.index > quiet)
      .map((read) => [`${read.session} ${read.key}`, read] as const)
  )
  const byKey = new Map<string, Array<Access>>()
  for (const read of last.values()) byKey.set(read.key, [...(byKey.get(read.key) ?? []), read])
  return byKey
}

const explain = (key: string, [first, ...others]: ReadonlyArray<Access>): string => {
  if (first === undefined) return ''
  if (others.length === 0) return `${nameOf(first)} answers what nobody wrote`
  const title = `the sessions do not converge${key === 'null' ? '' : ` at ${key}`}; each read last:`
  return [title, ...[first, ...others].map((read) => `  ${nameOf(read)}`)].join('\n')
}

const judgeSettled = (accesses: Accesses): Verdict<Divergence> => {
  const [strange] = [...accesses.thinAir, ...accesses.aborted]
  const byKey = settled(accesses)
  const compared = [...byKey].filter(([, reads]) => reads.length > 1)
  const diverged = compared.filter(([, reads]) => reads.some(({ value }) => value !== reads[0]!.value))
  const decided = diverged.find(([key]) => !accesses.writes.some((write) => write.key === key && isOpen(write)))
  const wrong = decided ?? (strange === undefined ? undefined : ([strange.key, [strange]] as const))
  if (wrong !== undefined) {
    const [key, reads] = wrong
    const last = reads.map(({ call, value }) => ({ process: call.process, value: JSON.parse(value) as unknown, call }))
    return { verdict: 'violation', evidence: { key, last }, explanation: explain(key, reads) }
  }
  const [open] = diverged
  if (open !== undefined) return { verdict: 'unknown', why: `a write to ${open[0]} is still open, so it is not quiet` }
  if (compared.length > 0) return { verdict: 'ok', witness: null }
  return { verdict: 'unknown', why: 'no two sessions read the same key after the last write' }
}

/**
 * The judge of convergence, on histories of registers or maps in which no value is written to a key twice. `unknown`
 * where the history does not end quiet.
 *
 * @param initial what a register that was never written holds
 */
export const convergent = (initial: unknown = null): Judge<Divergence> => ({
  name: 'convergence',
  judge: (history) => guarded(() => either.map(judgeSettled)(accessesOf(history, initial)))
})
