/**
 * The client library, which coordinates its own transactions: reads from a snapshot, locks what it writes, and commits by
 * committing the primary. [Percolator] §2.2, Figure 6
 */
import { match, P } from 'ts-pattern'
import { fired, reply, send, startTimer, stay, stopTimer, type NodeId, type RequestId } from '../kernel/index.ts'
import type { Answer, Message, Operation, Response, Result } from './messages.ts'
import type { Happening, Move, Rule } from './rules.ts'
import { idle, shardOf, type Client, type Config, type Phase, type Running } from './state.ts'

/** What happens at a client. */
export const clientStep = (config: Config, client: Client, event: Happening): Move => {
  const { running } = client
  if (event.type === 'request')
    return running === null
      ? wait('begin', config, begun(event.id, event.request.operations))
      : fired('refuse-while-busy', client, reply<Response>(event.id, { type: 'busy' }))
  if (event.type === 'timeout')
    return running === null ? stay('ignore-misdirected', client) : wait('resend', config, running)
  return match(event.message)
    .returnType<Move>()
    .with({ type: P.union('ask', 'get', 'prewrite', 'commit', 'resolve', 'settle') }, () =>
      stay('ignore-misdirected', client)
    )
    .with(
      {
        type: P.union('given', 'got', 'locked', 'prewritten', 'refused', 'committed', 'gone', 'resolved', 'settled')
      },
      (answer) => (running === null ? null : answered(config, running, answer)) ?? stay('ignore-late-answer', client)
    )
    .exhaustive()
}

const begun = (id: RequestId, operations: ReadonlyArray<Operation>): Running => ({
  id,
  start: 0,
  done: [],
  todo: operations,
  writes: [],
  phase: { is: 'starting' }
})

/** It waits for an answer, and asks again when that takes too long. */
const wait = (rule: Rule, config: Config, running: Running): Move =>
  fired(
    rule,
    { role: 'client', running },
    questions(config, running).map(([to, message]) => send(to, message)),
    startTimer('resend')
  )

/** What it asks in its phase, and whom. */
const questions = (
  config: Config,
  { id, start, todo, writes, phase }: Running
): ReadonlyArray<readonly [NodeId, Message]> => {
  const primary = writes[0]?.key ?? ''
  const lock = ({ key, value }: Running['writes'][number]): readonly [NodeId, Message] => [
    shardOf(config, key),
    { type: 'prewrite', key, start, value, primary }
  ]
  return match(phase)
    .returnType<ReadonlyArray<readonly [NodeId, Message]>>()
    .with({ is: 'starting' }, () => [[config.oracle, { type: 'ask', transaction: id, purpose: 'start' }]])
    .with({ is: 'reading' }, () =>
      todo.slice(0, 1).map(({ key }) => [shardOf(config, key), { type: 'get', key, at: start }])
    )
    .with({ is: 'resolving' }, (met) => [
      [shardOf(config, met.primary), { type: 'resolve', key: met.primary, start: met.start }]
    ])
    .with({ is: 'settling' }, (met) => [
      [shardOf(config, met.key), { type: 'settle', key: met.key, start: met.start, outcome: met.outcome }]
    ])
    .with({ is: 'locking-primary' }, () => writes.slice(0, 1).map(lock))
    .with({ is: 'locking' }, ({ missing }) => writes.filter(({ key }) => missing.includes(key)).map(lock))
    .with({ is: 'timing' }, () => [[config.oracle, { type: 'ask', transaction: id, purpose: 'commit' }]])
    .with({ is: 'committing' }, ({ commit }) => [
      [shardOf(config, primary), { type: 'commit', key: primary, start, commit }]
    ])
    .exhaustive()
}

const into = (running: Running, phase: Phase): Running => ({ ...running, phase })

/** Null for an answer that it does not wait for. */
const answered = (config: Config, running: Running, answer: Answer): Move | null => {
  const { id, start, todo, writes, phase } = running
  const isMine = 'start' in answer && answer.start === start
  return match([phase, answer] as const)
    .returnType<Move | null>()
    .with([{ is: 'starting' }, { type: 'given', purpose: 'start' }], ([, { transaction, timestamp }]) =>
      transaction === id ? goOn(config, { ...running, start: timestamp }) : null
    )
    .with([{ is: 'reading' }, { type: 'got' }], ([, { key, at, value }]) =>
      at === start && todo[0]?.key === key ? goOn(config, found(running, { type: 'read', key, value })) : null
    )
    .with([{ is: 'reading' }, { type: 'locked' }], ([, { key, at, start: theirs, primary }]) =>
      at === start && todo[0]?.key === key
        ? wait('ask-primary', config, into(running, { is: 'resolving', key, start: theirs, primary }))
        : null
    )
    .with([{ is: 'resolving' }, { type: 'resolved' }], ([met, { key, start: theirs, outcome }]) =>
      key === met.primary && theirs === met.start
        ? wait('settle-lock', config, into(running, { is: 'settling', key: met.key, start: met.start, outcome }))
        : null
    )
    .with([{ is: 'settling' }, { type: 'settled' }], ([met, { key, start: theirs }]) =>
      key === met.key && theirs === met.start ? wait('read-again', config, into(running, { is: 'reading' })) : null
    )
    .with([{ is: 'locking-primary' }, { type: 'prewritten' }], () => (isMine ? lockSecondaries(config, running) : null))
    .with([{ is: 'locking' }, { type: 'prewritten' }], ([{ missing }, { key }]) =>
      isMine && missing.includes(key)
        ? lockRest(
            config,
            running,
            missing.filter((other) => other !== key)
          )
        : null
    )
    .with([{ is: P.union('locking-primary', 'locking') }, { type: 'refused' }], () =>
      isMine ? end('abort-on-conflict', id, { type: 'aborted', reason: 'conflict' }) : null
    )
    .with([{ is: 'timing' }, { type: 'given', purpose: 'commit' }], ([, { transaction, timestamp }]) =>
      transaction === id ? wait('commit-primary', config, into(running, { is: 'committing', commit: timestamp })) : null
    )
    .with([{ is: 'committing' }, { type: 'committed' }], ([{ commit }]) =>
      isMine ? commitSecondaries(config, running, commit) : null
    )
    .with([{ is: 'committing' }, { type: 'gone' }], ([, { key }]) =>
      isMine && key === writes[0]?.key ? end('abort-rolled-back', id, { type: 'aborted', reason: 'rolled-back' }) : null
    )
    .with(P._, () => null)
    .exhaustive()
}

const found = ({ done, todo, ...running }: Running, result: Result): Running => ({
  ...running,
  done: [...done, result],
  todo: todo.slice(1)
})

/** The next read that has to ask somebody; what it wrote itself, it knows. Then the locks. */
const goOn = (config: Config, running: Running): Move => {
  const { id, todo, writes, done } = running
  const [operation] = todo
  if (operation === undefined)
    return writes.length === 0
      ? end('commit-read-only', id, { type: 'committed', results: done })
      : wait('lock-primary', config, into(running, { is: 'locking-primary' }))
  if (operation.type === 'write') {
    const { key, value } = operation
    const place = writes.findIndex((write) => write.key === key)
    const kept = place < 0 ? [...writes, { key, value }] : writes.with(place, { key, value })
    return goOn(config, { ...found(running, operation), writes: kept })
  }
  const own = writes.find(({ key }) => key === operation.key)
  return own === undefined
    ? wait('next-operation', config, into(running, { is: 'reading' }))
    : goOn(config, found(running, { type: 'read', key: own.key, value: own.value }))
}

const lockSecondaries = (config: Config, running: Running): Move => {
  const missing = running.writes.slice(1).map(({ key }) => key)
  return missing.length === 0
    ? wait('ask-for-commit-timestamp', config, into(running, { is: 'timing' }))
    : wait('lock-secondaries', config, into(running, { is: 'locking', missing }))
}

/** The commit timestamp is taken when all locks are there: who starts after it meets them. */
const lockRest = (config: Config, running: Running, missing: ReadonlyArray<string>): Move =>
  missing.length === 0
    ? wait('ask-for-commit-timestamp', config, into(running, { is: 'timing' }))
    : fired('count-lock', { role: 'client', running: into(running, { is: 'locking', missing }) })

/** The transaction is committed: whoever meets one of its locks from now on rolls it forward. */
const commitSecondaries = (config: Config, { id, start, writes, done }: Running, commit: number): Move =>
  fired(
    'commit-secondaries',
    idle,
    writes.slice(1).map(({ key }) => send<Message>(shardOf(config, key), { type: 'commit', key, start, commit })),
    stopTimer('resend'),
    reply<Response>(id, { type: 'committed', results: done })
  )

const end = (rule: Rule, id: RequestId, response: Response): Move =>
  fired(rule, idle, stopTimer('resend'), reply(id, response))
