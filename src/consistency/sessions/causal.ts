/**
 * Causal consistency, in its three strengths ([Bouajjani17]), on histories of registers in which no value is written
 * to a key twice. There each is the absence of a few patterns, and judged in polynomial time.
 *
 * Weak causal consistency: no read goes back behind what it causally knows. Causal convergence adds that replicas
 * agree on one order of writes; causal memory adds that each session sees one order of its own. Neither of the two
 * implies the other.
 */
import { either } from 'fp-ts'
import type { Judge } from '../verdict.ts'
import type { Accesses } from './accesses.ts'
import { contradiction, explained, found, judgeAccesses } from './guarantees.ts'
import type { Found, SessionViolation } from './guarantees.ts'
import { causalPast, overwrittenRead, sessionContradiction } from './happens-before.ts'
import { nameOf, whySeen } from './reasons.ts'
import { guarantees } from './visibility.ts'

const everything = new Set(guarantees)

/** CyclicCO, WriteCOInitRead and WriteCORead of the paper; ThinAirRead is found before. */
const weakly = (accesses: Accesses): Found | null => {
  const visibility = explained(accesses, everything)
  if (either.isLeft(visibility)) return visibility.left
  const stale = overwrittenRead(accesses, visibility.right)
  if (stale === null) return null
  const { read, write, from } = stale
  const why = (one: typeof read, seen: typeof read) =>
    whySeen(accesses, visibility.right, everything, one, seen).map((reason) => `  ${reason}`)
  return found(
    'overwritten-read',
    [read, write, from],
    [
      `${nameOf(read)} answers ${nameOf(from)}, which ${nameOf(write)} replaced:`,
      ...why(write, from),
      `${nameOf(read)} had seen the latter:`,
      ...why(read, write)
    ]
  )
}

/** CyclicHB and WriteHBInitRead of the paper. */
const inSession = (accesses: Accesses): Found | null => {
  const past = causalPast(accesses)
  for (const session of accesses.sessions.keys()) {
    const wrong = sessionContradiction(accesses, past, session)
    if (wrong === null) continue
    const { write, other, read } = wrong
    return found(
      'conflicting-order',
      [write, other, read],
      [`at ${nameOf(read)} its session has to order ${nameOf(write)} both before and after ${nameOf(other)}`]
    )
  }
  return null
}

const judge = (
  name: string,
  initial: unknown,
  judged: (accesses: Accesses) => Found | null
): Judge<SessionViolation> => ({
  name,
  judge: (history) =>
    judgeAccesses(history, initial, (accesses) => {
      const evidence = judged(accesses)
      return evidence === null ? null : { ...evidence, guarantees }
    })
})

/**
 * The judge of weak causal consistency. Histories, problems and memory as for `sessionGuarantees`, and so for the
 * other two.
 *
 * @param initial what a register that was never written holds
 */
export const causallyConsistent = (initial: unknown = null): Judge<SessionViolation> => judge('causal', initial, weakly)

/** The judge of causal convergence: all four session guarantees at once. */
export const causallyConvergent = (initial: unknown = null): Judge<SessionViolation> =>
  judge('causal-convergence', initial, (accesses) => contradiction(accesses, everything))

/** The judge of causal memory. Time: up to the cube of the number of calls, so for histories of some thousand calls. */
export const causalMemory = (initial: unknown = null): Judge<SessionViolation> =>
  judge('causal-memory', initial, (accesses) => weakly(accesses) ?? inSession(accesses))
