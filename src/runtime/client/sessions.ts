/**
 * Exactly once: a client numbers its commands within a session, and the replicated state machine remembers, for each
 * session, the last number and its response. A command that comes again is answered and not applied again. The sessions are
 * part of the machine's content, so that every replica decides alike and snapshots carry them. [Ongaro] §6.3
 */
import { either } from 'fp-ts'
import type { AnySignature, RequestId } from '../../../spec/kernel/index.ts'
import type { Machine } from '../host/machine.ts'
import type { Answer } from '../host/requests.ts'
import type { Asking, Client } from './client.ts'

/** A command of a session. Number 0 opens it and carries nothing. */
export interface Numbered {
  readonly session: string
  /** >= 0; goes up by one with each command, which is asked again until it is answered. */
  readonly number: number
}

interface Last {
  readonly number: number
  readonly response: unknown
}

export interface SessionContent {
  readonly content: unknown
  /** The longest unused first. */
  readonly sessions: ReadonlyArray<readonly [session: string, number: number, response: unknown]>
}

export interface Sessions<P extends AnySignature> {
  /** What an entry is numbered; null for one that belongs to no session. */
  readonly numbered: (entry: P['entry']) => Numbered | null
  /** What answers a session that was opened. */
  readonly opened: P['response']
  /** What answers a command whose session is not known, or forgotten by now: it was not applied. */
  readonly expired: P['response']
  /** How many sessions are remembered; beyond, the one longest unused is forgotten. Alike on all nodes. */
  readonly most: number
}

/** A machine that applies each numbered entry once. Its content is that of the machine within, and the sessions. */
export const withSessions = <P extends AnySignature>(
  within: Machine<P>,
  { numbered, opened, expired, most }: Sessions<P>
): Machine<P> => {
  /** In the order of their last use. */
  const all = new Map<string, Last>()

  const remember = (session: string, last: Last): unknown => {
    all.delete(session)
    all.set(session, last)
    const [oldest] = all.keys()
    if (all.size > most && oldest !== undefined) all.delete(oldest)
    return last.response
  }

  const apply = (entry: P['entry'], request: RequestId | null): P['response'] => {
    const given = numbered(entry)
    if (given === null) return within.apply(entry, request)
    const { session, number } = given
    const last = all.get(session)
    if (number === 0) return remember(session, last ?? { number, response: opened })
    // A number that is older than the last was answered: nobody waits for it any more.
    if (last === undefined || number < last.number) return expired
    return remember(session, number === last.number ? last : { number, response: within.apply(entry, request) })
  }

  return {
    apply,
    snapshot: () => {
      const sessions = [...all].map(([session, { number, response }]) => [session, number, response] as const)
      const content: unknown = within.snapshot()
      return content instanceof Promise
        ? content.then((settled: unknown): SessionContent => ({ content: settled, sessions }))
        : ({ content, sessions } satisfies SessionContent)
    },
    restore: ({ content, sessions }: SessionContent) => {
      within.restore(content)
      all.clear()
      for (const [session, number, response] of sessions) all.set(session, { number, response })
    }
  }
}

/** A client whose commands happen once, however often they are asked. */
export interface SessionClient<Command, Response> {
  readonly request: (command: Command, asking?: Pick<Asking, 'deadline'>) => Promise<Answer<Response>>
}

export interface SessionTerms<Command, Request, Response> {
  /** A command of a session as a request of the protocol; null for the one that opens it. */
  readonly wrap: (numbered: Numbered, command: Command | null) => Request
  /** Whether this is {@link Sessions.expired}. */
  readonly isExpired: (response: Response) => boolean
}

/**
 * Puts commands into sessions, and asks until they are answered. Commands that overlap in time go in different sessions,
 * which are opened as they are needed and used again. Whether a command whose session expired was applied, by an earlier
 * attempt, nobody can tell: that is an error.
 */
export const sessionsOver = <Command, Request, Response>(
  client: Client<Request, Response>,
  { wrap, isExpired }: SessionTerms<Command, Request, Response>
): SessionClient<Command, Response> => {
  const free: Numbered[] = []
  let made = 0

  const opened = async (deadline: Pick<Asking, 'deadline'>): Promise<either.Either<Answer<Response>, Numbered>> => {
    const idle = free.pop()
    if (idle !== undefined) return either.right(idle)
    made += 1
    const session: Numbered = { session: `${client.name}/${made}`, number: 0 }
    const answer = await client.request(wrap(session, null), { ...deadline, repeatable: true })
    return either.isRight(answer) ? either.right(session) : either.left(answer)
  }

  return {
    request: async (command, deadline = {}) => {
      const session = await opened(deadline)
      // Nothing but a session may have been opened, so the command has certainly not happened.
      if (either.isLeft(session)) return either.left({ type: 'timeout', mayHaveHappened: false })
      const numbered = { ...session.right, number: session.right.number + 1 }
      const answer = await client.request(wrap(numbered, command), { ...deadline, repeatable: true })
      if (either.isRight(answer) && isExpired(answer.right))
        return either.left({ type: 'timeout', mayHaveHappened: true })
      // Without an answer the number is not to be used for anything else: the session is given up.
      if (either.isRight(answer)) free.push(numbered)
      return answer
    }
  }
}
