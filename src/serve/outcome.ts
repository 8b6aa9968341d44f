/** What became of commands that were sent to be run. */
import { either } from 'fp-ts'
import { errorOf, type Reply } from './resp/reply.ts'

/** Why there are no replies. */
export interface Failure {
  /** Whether the commands may have run all the same, or may yet. */
  readonly mayHaveHappened: boolean
  readonly why: string
}

/** A reply for each item, in their order. */
export type Outcome = either.Either<Failure, ReadonlyArray<Reply>>

export const failed = (mayHaveHappened: boolean, why: string): either.Either<Failure, never> =>
  either.left({ mayHaveHappened, why })

/** The words that errors begin with, for clients and for nodes that forward. */
export const errors = {
  /** Nothing has happened: ask again. */
  definite: 'TRYAGAIN',
  /** A write may have happened or not, or may happen yet. */
  indefinite: 'INDETERMINATE',
  /** Nothing has happened: this node does not lead, and was told not to forward. */
  notLeader: 'NOTLEADER'
} as const

export const errorReply = ({ mayHaveHappened, why }: Failure): Reply =>
  errorOf(
    mayHaveHappened
      ? `${errors.indefinite} it may have happened: ${why}`
      : `${errors.definite} nothing has happened: ${why}`
  )

/** Reads what another node answered in place of replies. What it does not know may have happened. */
export const failureIn = (error: string): Failure => ({
  mayHaveHappened: !error.startsWith(errors.definite) && !error.startsWith(errors.notLeader),
  why: error
})
