/**
 * Session guarantees ([Terry94]): what a client may count on that talks now to one replica and now to another.
 *
 * They are judged as in [Viotti16]: there is one order of all writes, each read saw some of them, and it answers the
 * last one to its key among those it saw; the guarantees say what it must have seen. Single reads say little about
 * what else a replica held, so monotonic writes and writes follow reads show only together with a guarantee that
 * binds reads: asked for alone they always hold.
 */
import { either } from 'fp-ts'
import { guarded } from '../guarded.ts'
import type { Call, History } from '../history.ts'
import type { Judge, Judged } from '../verdict.ts'
import { accessesOf } from './accesses.ts'
import type { Access, Accesses } from './accesses.ts'
import { conflictCycle, writesByKey } from './arbitration.ts'
import type { Precedes } from './arbitration.ts'
import { numbersIn } from './bits.ts'
import { nameOf, whySeen } from './reasons.ts'
import { visibilityOf } from './visibility.ts'
import type { Guarantee, Visibility } from './visibility.ts'

/**
 * - `thin-air-read`: a value was read that nobody wrote
 * - `aborted-read`: a value was read whose write failed
 * - `cyclic-causality`: something was read before it could be there
 * - `initial-read`: the initial value was read after a write to the key was seen
 * - `overwritten-read`: a value was read after a write was seen that had itself seen and replaced it
 * - `conflicting-order`: the reads need the writes in an order that runs in a circle
 */
export type SessionAnomaly =
  'thin-air-read' | 'aborted-read' | 'cyclic-causality' | 'initial-read' | 'overwritten-read' | 'conflicting-order'

export interface SessionViolation {
  readonly anomaly: SessionAnomaly
  /** The fewest of the guarantees asked for that do not hold together; none where nothing can explain the history. */
  readonly guarantees: ReadonlyArray<Guarantee>
  /** The calls that are named. */
  readonly calls: ReadonlyArray<Call<unknown, unknown>>
  /** How it follows, a sentence each. */
  readonly steps: ReadonlyArray<string>
}

export type Found = Omit<SessionViolation, 'guarantees'>

export const found = (anomaly: SessionAnomaly, named: ReadonlyArray<Access>, steps: ReadonlyArray<string>): Found => ({
  anomaly,
  calls: [...new Set(named)].map(({ call }) => call),
  steps
})

/** What no guarantee is needed to rule out. */
const impossible = ({ thinAir, aborted }: Accesses): Found | null => {
  const [read] = thinAir
  if (read !== undefined) return found('thin-air-read', [read], [`${nameOf(read)} answers what nobody wrote`])
  const [other] = aborted
  if (other !== undefined) return found('aborted-read', [other], [`${nameOf(other)} answers what failed to be written`])
  return null
}

const pairsOf = (cycle: ReadonlyArray<Access>): ReadonlyArray<string> =>
  cycle.flatMap((access, i) => {
    if (access.kind === 'write') return []
    const from = cycle[i + 1]!
    const next = cycle[(i + 2) % cycle.length]!
    return [`${nameOf(access)} read from ${nameOf(from)}, which its session made after ${nameOf(next)}`]
  })

/** A read of the initial value of a key, of which it must have seen a write. */
const initialRead = (accesses: Accesses, visibility: Visibility, asked: ReadonlySet<Guarantee>): Found | null => {
  const byKey = writesByKey(accesses)
  for (const read of accesses.all) {
    const mask = byKey.get(read.key)
    if (read.kind === 'write' || accesses.readFrom[read.number] !== -1 || mask === undefined) continue
    const [place] = numbersIn(visibility.seen[read.number]!, mask)
    if (place === undefined) continue
    const write = accesses.writes[place]!
    return found(
      'initial-read',
      [read, write],
      [`${nameOf(read)} answers the initial value`, ...whySeen(accesses, visibility, asked, read, write)]
    )
  }
  return null
}

const conflict = (
  accesses: Accesses,
  visibility: Visibility,
  asked: ReadonlySet<Guarantee>,
  cycle: ReadonlyArray<Precedes>
): Found => {
  const named = cycle.flatMap(({ first, second, read }) => [first, second, ...(read === null ? [] : [read])])
  const steps = cycle.flatMap(({ first, second, read }) => [
    `${nameOf(first)} is ordered before ${nameOf(second)}:`,
    ...(read === null ? [] : [`  ${nameOf(read)} answers the second and saw the first`]),
    ...whySeen(accesses, visibility, asked, read ?? second, first).map((reason) => `  ${reason}`)
  ])
  return found('conflicting-order', named, steps)
}

/** What each read must have seen, or what contradicts these guarantees before the order of writes comes into it. */
export const explained = (accesses: Accesses, asked: ReadonlySet<Guarantee>): either.Either<Found, Visibility> => {
  const visibility = visibilityOf(accesses, asked)
  if ('cycle' in visibility) return either.left(found('cyclic-causality', visibility.cycle, pairsOf(visibility.cycle)))
  const initial = initialRead(accesses, visibility, asked)
  return initial === null ? either.right(visibility) : either.left(initial)
}

/** What contradicts these guarantees, if anything does. */
export const contradiction = (accesses: Accesses, asked: ReadonlySet<Guarantee>): Found | null => {
  const visibility = explained(accesses, asked)
  if (either.isLeft(visibility)) return visibility.left
  const cycle = conflictCycle(accesses, visibility.right)
  return cycle === null ? null : conflict(accesses, visibility.right, asked, cycle)
}

/** All subsets, the smallest first. */
const subsets = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  items
    .reduce<ReadonlyArray<ReadonlyArray<A>>>((all, item) => [...all, ...all.map((some) => [...some, item])], [[]])
    .toSorted((a, b) => a.length - b.length)

const explain = ({ anomaly, guarantees, steps }: SessionViolation): string => {
  const broken = guarantees.length === 0 ? 'no guarantee is needed to rule it out' : guarantees.join(' and ')
  return [`${anomaly}: ${broken}`, ...steps.map((step) => `  ${step}`)].join('\n')
}

const violated = (evidence: SessionViolation) =>
  ({ verdict: 'violation', evidence, explanation: explain(evidence) }) as const

/** Reads the accesses and judges them. */
export const judgeAccesses = (
  history: History<unknown, unknown>,
  initial: unknown,
  judge: (accesses: Accesses) => SessionViolation | null
): Judged<SessionViolation> =>
  guarded(() =>
    either.map((accesses: Accesses) => {
      const ruledOut = impossible(accesses)
      const evidence = ruledOut === null ? judge(accesses) : { ...ruledOut, guarantees: [] }
      return evidence === null ? ({ verdict: 'ok', witness: null } as const) : violated(evidence)
    })(accessesOf(history, initial))
  )

/**
 * The judge of session guarantees, each process being a session, on histories of registers or maps in which no value is
 * written to a key twice. Memory: the square of the number of writes, in bits, and reads times writes.
 *
 * Problems: Q601 to Q603 for records that do not pair up, Q605 for what is not plain data, Q607 for an operation that
 * is neither read nor write, Q652 for a value written twice.
 *
 * @param initial what a register that was never written holds
 */
export const sessionGuarantees = (
  asked: ReadonlyArray<Guarantee>,
  initial: unknown = null
): Judge<SessionViolation> => ({
  name: `session:${asked.join('+')}`,
  judge: (history) =>
    judgeAccesses(history, initial, (accesses) => {
      if (contradiction(accesses, new Set(asked)) === null) return null
      for (const guarantees of subsets(asked)) {
        const evidence = contradiction(accesses, new Set(guarantees))
        if (evidence !== null) return { ...evidence, guarantees }
      }
      return null
    })
})
