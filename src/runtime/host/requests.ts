/** Requests of clients inside the process, and what becomes of them. */
import { either } from 'fp-ts'
import type { RequestId } from '../../../spec/kernel/index.ts'
import type { Problem } from '../../model/problem.ts'
import type { Clock } from '../ports.ts'

/**
 * Why a request was not answered. `mayHaveHappened` tells an indefinite error from a definite one: false means that the
 * request reached no reducer and never will.
 */
export type RequestError =
  /** Too many wait already: try again later, or elsewhere. */
  | { readonly type: 'overloaded'; readonly mayHaveHappened: false }
  /** No answer by the deadline. It may still happen later, if it may have happened at all. */
  | { readonly type: 'timeout'; readonly mayHaveHappened: boolean }
  /** The node gave up the office that it was asked in, and will not answer: {@link HostOptions.office}. */
  | { readonly type: 'deposed'; readonly mayHaveHappened: true }
  /** The node is stopping or has stopped; with the reason where something went wrong. */
  | { readonly type: 'stopped'; readonly mayHaveHappened: boolean; readonly problem: Problem | null }
  /** The request itself is wrong. */
  | { readonly type: 'refused'; readonly mayHaveHappened: false; readonly problem: Problem }

export type Answer<Response> = either.Either<RequestError, Response>

export const refused = (found: Problem): Promise<Answer<never>> =>
  Promise.resolve(either.left({ type: 'refused', mayHaveHappened: false, problem: found }))

/** Which office a node holds, as {@link HostOptions.office} has it. */
export type Office = string | number | null

interface Open {
  /** Whether a reducer has seen it. */
  stepped: boolean
  /** Held when a reducer saw it. */
  office: Office
  readonly settle: (answer: Answer<unknown>) => void
  readonly cancel: () => void
}

export interface Requests {
  readonly count: () => number
  readonly has: (id: RequestId) => boolean
  /** The answer to come. */
  readonly open: (id: RequestId, deadline: number) => Promise<Answer<any>>
  /** Whether somebody still waits for the answer; from now on it may have happened, to a node in this office. */
  readonly step: (id: RequestId, office: Office) => boolean
  /** Answers it; false where nobody waits any more. */
  readonly reply: (id: RequestId, response: unknown) => boolean
  /** Ends those that were asked in another office than this, if in any: nobody will answer them. */
  readonly hold: (office: Office) => void
  /** Ends all that are open. */
  readonly stop: (found: Problem | null) => void
}

/** An answer that did not come in time. */
const late = ({ stepped }: Open): Answer<unknown> => either.left({ type: 'timeout', mayHaveHappened: stepped })

const deposed = (): Answer<unknown> => either.left({ type: 'deposed', mayHaveHappened: true })

/** @param onIdle called whenever the last open request is settled */
export const requestsWith = (clock: Clock, onIdle: () => void): Requests => {
  const all = new Map<RequestId, Open>()
  let held: Office = null
  /** Whether one was asked in an office that was taken since it was last looked at. */
  let isNew = false

  const settle = (id: RequestId, answer: (open: Open) => Answer<unknown>): boolean => {
    const open = all.get(id)
    if (open === undefined) return false
    all.delete(id)
    open.cancel()
    open.settle(answer(open))
    if (all.size === 0) onIdle()
    return true
  }

  return {
    count: () => all.size,
    has: (id) => all.has(id),
    open: (id, deadline) =>
      new Promise((resolve) => {
        const cancel = clock.schedule(deadline, () => settle(id, late))
        all.set(id, { stepped: false, office: null, settle: resolve, cancel })
      }),
    step: (id, office) => {
      const open = all.get(id)
      if (open === undefined) return false
      open.stepped = true
      open.office = office
      isNew ||= office !== held
      return true
    },
    reply: (id, response) => settle(id, () => either.right(response)),
    hold: (office) => {
      if (office === held && !isNew) return
      held = office
      isNew = false
      for (const [id, open] of all) if (open.office !== null && open.office !== office) settle(id, deposed)
    },
    stop: (found) => {
      for (const id of all.keys())
        settle(id, ({ stepped }) => either.left({ type: 'stopped', mayHaveHappened: stepped, problem: found }))
    }
  }
}
