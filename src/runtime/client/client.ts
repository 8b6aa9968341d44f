/**
 * A client that finds the node which answers: it follows redirections, turns elsewhere where a node is down or has too
 * much to do, and never asks a second time what may have happened already, unless that does no harm.
 */
import { either } from 'fp-ts'
import type { NodeId, RequestId } from '../../../spec/kernel/index.ts'
import { systemClock, systemRandom } from '../clock.ts'
import type { Answer, RequestError } from '../host/requests.ts'
import type { Clock, Random } from '../ports.ts'

/** What a response says of who answers instead; `to` is null where the node does not know. It means: nothing happened. */
export interface Redirect {
  readonly to: NodeId | null
}

export interface ClientOptions<Request, Response> {
  readonly nodes: ReadonlyArray<NodeId>
  /** Asks one node. Inside a process: its `request`. */
  readonly ask: (
    node: NodeId,
    request: Request,
    how: { readonly id: RequestId; readonly deadline: number }
  ) => Promise<Answer<Response>>
  /** Reads a response as a redirection; null where it is an answer. */
  readonly redirect: (response: Response) => Redirect | null
  readonly clock?: Clock
  readonly random?: Random
  /** How long a request may take with all its attempts, in milliseconds. 10,000 unless said otherwise. */
  readonly deadline?: number
  /** How long one attempt may take, in milliseconds. 1,000 unless said otherwise. */
  readonly attempt?: number
  /** Before it turns to a node again that could not help: drawn from this range, in milliseconds. */
  readonly pause?: readonly [shortest: number, longest: number]
  /** What this client is called; its request ids begin with it. Drawn unless given. */
  readonly name?: string
}

export interface Asking {
  /** In milliseconds, for all attempts together. */
  readonly deadline?: number
  /** Whether it does no harm if it happens twice: reads, and what a session tells apart. False unless said otherwise. */
  readonly repeatable?: boolean
}

export interface Client<Request, Response> {
  readonly name: string
  /** The answer, or the last error. `mayHaveHappened` is of all attempts together. */
  readonly request: (request: Request, asking?: Asking) => Promise<Answer<Response>>
}

/** How much later than its deadline an answer may come, in milliseconds. */
const grace = 10

const timedOut = (mayHaveHappened: boolean): either.Either<RequestError, never> =>
  either.left({ type: 'timeout', mayHaveHappened })

/** An error that is definite for the last attempt is not for all of them. */
const ofAll = (error: RequestError, mayHaveHappened: boolean): RequestError =>
  mayHaveHappened && !error.mayHaveHappened ? { type: 'timeout', mayHaveHappened } : error

export const clientOf = <Request, Response>({
  nodes,
  ask,
  redirect,
  clock = systemClock,
  random = systemRandom,
  deadline: usually = 10_000,
  attempt = 1_000,
  pause: [shortest, longest] = [10, 50],
  name = `client-${Math.floor(random() * 36 ** 8).toString(36)}`
}: ClientOptions<Request, Response>): Client<Request, Response> => {
  /** Who answered last, or was said to. */
  let favourite: NodeId | null = null
  let attempts = 0

  const waited = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => void clock.schedule(milliseconds, resolve))

  /** A node that is asked knows best what became of a request; but it may be gone without a word. */
  const asked = (node: NodeId, wanted: Request, deadline: number): Promise<Answer<Response>> => {
    attempts += 1
    return new Promise((resolve, reject) => {
      const cancel = clock.schedule(deadline + grace, () => resolve(timedOut(true)))
      ask(node, wanted, { id: `${name}-${attempts}`, deadline })
        .then(resolve, reject)
        .finally(cancel)
    })
  }

  const someOther = (than: NodeId): NodeId => {
    const others = nodes.filter((node) => node !== than)
    return others[Math.floor(random() * others.length)] ?? than
  }

  const request = async (
    wanted: Request,
    { deadline = usually, repeatable = false }: Asking = {}
  ): Promise<Answer<Response>> => {
    const latest = clock.now() + deadline
    let mayHaveHappened = false
    let node = favourite ?? nodes[Math.floor(random() * nodes.length)]
    while (node !== undefined) {
      const left = latest - clock.now()
      if (left <= 0) return timedOut(mayHaveHappened)
      const answer: Answer<Response> = await asked(node, wanted, Math.min(left, attempt))
      if (either.isLeft(answer)) {
        const error = answer.left
        favourite = null
        if (error.type === 'refused') return either.left(ofAll(error, mayHaveHappened))
        mayHaveHappened ||= error.mayHaveHappened
        if (error.mayHaveHappened && !repeatable) return answer
        node = someOther(node)
      } else {
        const redirection = redirect(answer.right)
        if (redirection === null) {
          favourite = node
          return answer
        }
        const hinted: NodeId | null = redirection.to === node ? null : redirection.to
        favourite = hinted
        if (hinted !== null && nodes.includes(hinted)) {
          node = hinted
          continue
        }
        node = someOther(node)
      }
      await waited(Math.min(shortest + random() * (longest - shortest), Math.max(0, latest - clock.now())))
    }
    return timedOut(mayHaveHappened)
  }

  return { name, request }
}
