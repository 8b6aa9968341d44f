/** What a client asked and was answered, as a history that `src/consistency` and `quorate validate` can judge. */
import { either } from 'fp-ts'
import type { Answer } from '../host/requests.ts'
import type { Clock } from '../ports.ts'

/** How a request and its response are said to a judge. */
export interface Terms<Request, Response> {
  /** Null for what the judge need not know. */
  readonly operation: (request: Request) => unknown
  readonly response: (response: Response, request: Request) => unknown
}

/** Takes a history down. Calls may overlap: each process of the history makes one at a time. */
export interface Observer {
  readonly observe: <Request, Response>(
    request: Request,
    terms: Terms<Request, Response>,
    call: () => Promise<Answer<Response>>
  ) => Promise<Answer<Response>>
}

/**
 * An observer that writes JSON lines, in the format of `quorate judge`.
 *
 * @param write takes a line, with its line feed
 * @param name tells processes of one observer from those of others in the same file
 */
export const observerTo = (write: (line: string) => void, clock: Clock, name: string): Observer => {
  const free: string[] = []
  let processes = 0
  return {
    observe: async (request, { operation, response }, call) => {
      const asked = operation(request)
      if (asked === null) return call()
      let process = free.pop()
      if (process === undefined) {
        processes += 1
        process = `${name}/${processes}`
      }
      const say = (record: object) =>
        write(`${JSON.stringify({ ...record, process, time: Math.round(clock.now() * 1e6) })}\n`)
      say({ type: 'invoke', operation: asked })
      const answer = await call()
      if (either.isRight(answer)) say({ type: 'ok', response: response(answer.right, request) })
      else say({ type: answer.left.mayHaveHappened ? 'info' : 'fail', reason: answer.left.type })
      // Whoever does not know what became of a call never calls again: it may still take effect.
      if (either.isRight(answer) || !answer.left.mayHaveHappened) free.push(process)
      return answer
    }
  }
}
