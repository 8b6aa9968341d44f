/** What makes one thread stop makes them all stop, each with the same error. */
import { Refusal, type Problem } from '../model/problem.ts'
import { OutOfMemory } from './engine/packed-set.ts'
import { OutOfRoom } from './engine/shared-set.ts'
import { TeamStopped, type Team } from './engine/team.ts'
import { ReadsNetwork } from './state-views.ts'

/** Thrown where a run ends before it is complete; the message says why. */
export class LimitReached extends Error {}

/** An error as threads tell it to each other. */
interface Said {
  readonly limit?: string
  readonly problem?: Problem
  readonly readsNetwork?: true
  readonly bug?: string
}

export const saidOf = (error: unknown): Said => {
  if (error instanceof LimitReached) return { limit: error.message }
  if (error instanceof Refusal) return { problem: error.problem }
  if (error instanceof ReadsNetwork) return { readsNetwork: true }
  return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}

const heard = ({ limit, problem, readsNetwork, bug }: Said): Error => {
  if (limit !== undefined) return new LimitReached(limit)
  if (problem !== undefined) return new Refusal(problem)
  return readsNetwork === true ? new ReadsNetwork() : new Error(`in another thread: ${bug}`)
}

/** The error that all threads meet when this one has met `error`. */
export const together = (error: unknown, team: Team): unknown => {
  // Met by all threads at once.
  if (error instanceof OutOfRoom) return new LimitReached('the memory set apart for states')
  if (error instanceof TeamStopped) return heard(error.said as Said)
  const met = error instanceof OutOfMemory ? new LimitReached(error.message) : error
  team.stop(saidOf(met))
  return met
}
