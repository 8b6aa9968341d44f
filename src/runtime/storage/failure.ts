/** What a storage rejects with, and that it does so for good once it has. */
import { problem, Refusal } from '../../model/problem.ts'

interface SystemError {
  readonly code: unknown
  readonly message: string
}

/** Whether the operating system said this. Not `instanceof`: within jest such errors are of another realm. */
const isSystemError = (error: unknown): error is SystemError =>
  typeof error === 'object' && error !== null && 'code' in error && 'message' in error

/** Whether the operating system said just this: `ENOENT`, `EEXIST` … */
export const isErrno = (error: unknown, code: string): boolean => isSystemError(error) && error.code === code

/** What the operating system says, as a problem. Anything else is our bug and stays what it is. */
const asRefusal = (error: unknown, folder: string): unknown => {
  if (error instanceof Refusal || !isSystemError(error)) return error
  return new Refusal(problem('Q807', `the disk failed: ${error.message}`, [folder]))
}

export interface FailureLatch {
  readonly hasFailed: () => boolean
  /**
   * Runs some work, unless earlier work failed: then, and when it fails itself, rejects with the first failure. After a
   * failed sync nobody knows what is on the disk, so nothing is tried again ([Rebello20]).
   */
  readonly guard: <A>(work: () => Promise<A>) => Promise<A>
}

/** Remembers the first failure. */
export const failureLatch = (folder: string): FailureLatch => {
  let failure: { readonly error: unknown } | null = null
  return {
    hasFailed: () => failure !== null,
    guard: async (work) => {
      if (failure !== null) throw failure.error
      try {
        return await work()
      } catch (error) {
        failure ??= { error: asRefusal(error, folder) }
        throw failure.error
      }
    }
  }
}
