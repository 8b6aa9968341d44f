/** A session: runs one transaction at a time for a client, operation after operation, and tells how it ended. */
import { match, P } from 'ts-pattern'
import { fired, reply, send, stay, type RequestId } from '../kernel/index.ts'
import type { Answer, Operation, Question, Request, Response, Result } from './messages.ts'
import type { Happening, Move, Rule } from './rules.ts'
import type { Running, Session } from './state.ts'

/** What happens at a session. */
export const sessionStep = (session: Session, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'request' }, ({ id, request }) =>
      session.running === null
        ? begin(session, id, request)
        : fired('refuse-while-busy', session, reply<Response>(id, { type: 'busy' }))
    )
    .with(
      { type: 'deliver', message: { type: P.union('began', 'found', 'listed', 'kept', 'committed', 'aborted') } },
      ({ message }) =>
        session.running === null || session.running.id !== message.transaction
          ? stay('ignore-stray', session)
          : answered(session, session.running, message)
    )
    .with({ type: 'deliver' }, () => stay('ignore-stray', session))
    .with({ type: 'timeout' }, () => stay('ignore-vacuum', session))
    .exhaustive()

const ask = (rule: Rule, session: Session, running: Running, question: Question): Move =>
  fired(rule, { ...session, running }, send(session.store, question))

const begin = (session: Session, id: RequestId, { operations, end }: Request): Move =>
  ask(
    'begin-transaction',
    session,
    { id, phase: 'beginning', done: [], todo: operations, end },
    { type: 'begin', transaction: id }
  )

const answered = (session: Session, running: Running, answer: Answer): Move => {
  const { id, phase, done, todo } = running
  const [operation] = todo
  return match([phase, answer] as const)
    .returnType<Move>()
    .with([P._, { type: 'aborted' }], ([, { reason }]) =>
      fired('tell-aborted', { ...session, running: null }, reply<Response>(id, { type: 'aborted', reason }))
    )
    .with(['beginning', { type: 'began' }], () => goOn(session, running))
    .with(['ending', { type: 'committed' }], () =>
      fired('tell-committed', { ...session, running: null }, reply<Response>(id, { type: 'committed', results: done }))
    )
    .with(['operating', { type: P.union('found', 'listed', 'kept') }], ([, found]) => {
      const result = operation === undefined ? null : resultOf(operation, found)
      return result === null
        ? stay('ignore-stray', session)
        : goOn(session, { ...running, done: [...done, result], todo: todo.slice(1) })
    })
    .with(['beginning', { type: P.union('found', 'listed', 'kept', 'committed') }], () => stay('ignore-stray', session))
    .with(['operating', { type: P.union('began', 'committed') }], () => stay('ignore-stray', session))
    .with(['ending', { type: P.union('began', 'found', 'listed', 'kept') }], () => stay('ignore-stray', session))
    .exhaustive()
}

/** Null where the answer is to something else. */
const resultOf = (operation: Operation, answer: Answer): Result | null =>
  match([operation, answer] as const)
    .returnType<Result | null>()
    .with([{ type: 'read' }, { type: 'found' }], ([{ key }, found]) =>
      found.key === key ? { type: 'read', key, value: found.value } : null
    )
    .with([{ type: 'scan' }, { type: 'listed' }], ([, { items }]) => ({ type: 'scan', items }))
    .with([{ type: 'write' }, { type: 'kept' }], ([{ key, value }]) => ({ type: 'write', key, value }))
    .with(P._, () => null)
    .exhaustive()

/** The next operation, or the end. */
const goOn = (session: Session, running: Running): Move => {
  const { id, todo, end } = running
  const [operation] = todo
  return operation === undefined
    ? ask('end-transaction', session, { ...running, phase: 'ending' }, { type: end, transaction: id })
    : ask('next-operation', session, { ...running, phase: 'operating' }, { ...operation, transaction: id })
}
