/**
 * Client sessions: a command that is given again, because its answer was lost, is applied once. [Ongaro] §6.3
 *
 * Raft lets a client that hears nothing ask again, and then a command may be in the log twice. What was answered is known
 * where commands are applied, so that is where sessions live: they are a part of the replicated state machine, the same on
 * every server, and in its snapshots. To the log, what is here is a command like any other.
 */
import * as t from 'io-ts'
import { match } from 'ts-pattern'
import { closed, Natural, Positive } from '../kernel/index.ts'
import type { Applied, Response } from './clients.ts'
import { Command } from './messages.ts'

/** RegisterClient RPC: "the log index of the entry becomes the client's identifier". */
export const Register = closed('Register', { type: t.literal('register') })

/** ClientRequest RPC: one at a time per client; a retry has the serial of the first try. */
export const Call = closed('Call', { type: t.literal('call'), client: Positive, serial: Positive, command: Command })

export const SessionCommand = t.union([Register, Call])
export type SessionCommand = t.TypeOf<typeof SessionCommand>

export const SessionResult = t.union([
  closed('Registered', { type: t.literal('registered'), client: Positive }),
  closed('Done', { type: t.literal('done'), result: t.unknown }),
  /** The session is gone, and nothing has happened now; what an earlier try did is no longer known. */
  closed('Expired', { type: t.literal('expired') }),
  /** The client has made a later call since: it needs no answer to this one. Nothing has happened now. */
  closed('Superseded', { type: t.literal('superseded') }),
  /** This is no {@link SessionCommand}. */
  closed('Malformed', { type: t.literal('malformed') })
])
export type SessionResult = t.TypeOf<typeof SessionResult>

/** The latest call of a client, and its answer. */
const Session = closed('Session', { client: Positive, serial: Natural, result: t.unknown })
type Session = t.TypeOf<typeof Session>

/** A state machine, and the sessions of those that use it: the least recently active first. */
export interface Held<Content> {
  readonly sessions: ReadonlyArray<Session>
  readonly content: Content
}

/** A deterministic state machine. */
export interface StateMachine<Content> {
  readonly initial: Content
  readonly apply: (content: Content, command: unknown) => { readonly content: Content; readonly result: unknown }
  readonly query: (content: Content, query: unknown) => unknown
}

const answer = (result: unknown): Response => ({ type: 'result', result })

/** The session is the latest active one now. */
const touched = (sessions: ReadonlyArray<Session>, session: Session): ReadonlyArray<Session> => [
  ...sessions.filter(({ client }) => client !== session.client),
  session
]

/**
 * The state machine behind sessions. All servers must forget the same ones at the same moment: of more than `limit`, the
 * least recently active one goes. >= 1
 */
export const exactlyOnce = <Content>({ initial, apply, query }: StateMachine<Content>, limit: number) => {
  type Outcome = { readonly held: Held<Content>; readonly result: SessionResult }

  const register = (held: Held<Content>, index: number): Outcome => ({
    held: { ...held, sessions: [...held.sessions, { client: index, serial: 0, result: null }].slice(-limit) },
    result: { type: 'registered', client: index }
  })

  const call = (held: Held<Content>, { client, serial, command }: t.TypeOf<typeof Call>): Outcome => {
    const session = held.sessions.find((known) => known.client === client)
    if (session === undefined) return { held, result: { type: 'expired' } }
    if (serial < session.serial) return { held, result: { type: 'superseded' } }
    if (serial === session.serial)
      return {
        held: { ...held, sessions: touched(held.sessions, session) },
        result: { type: 'done', result: session.result }
      }
    const { content, result } = apply(held.content, command)
    return {
      held: { content, sessions: touched(held.sessions, { client, serial, result }) },
      result: { type: 'done', result }
    }
  }

  const run = (held: Held<Content>, index: number, command: unknown): Outcome => {
    if (!SessionCommand.is(command)) return { held, result: { type: 'malformed' } }
    return command.type === 'register' ? register(held, index) : call(held, command)
  }

  return {
    initial: { sessions: [], content: initial } satisfies Held<Content>,
    /** What an `apply` effect of Raft makes of it, and the answer to who asked. Its commands are {@link SessionCommand}s. */
    apply: (held: Held<Content>, applied: Applied): { readonly content: Held<Content>; readonly response: Response } =>
      match(applied)
        .returnType<{ readonly content: Held<Content>; readonly response: Response }>()
        .with({ type: 'query' }, (asked) => ({ content: held, response: answer(query(held.content, asked.query)) }))
        .with({ type: 'command' }, ({ index, command }) => {
          const outcome = run(held, index, command)
          return { content: outcome.held, response: answer(outcome.result) }
        })
        .exhaustive()
  }
}
