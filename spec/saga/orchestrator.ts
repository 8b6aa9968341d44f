/** The saga execution component: it runs the steps, and undoes them in reverse order. [GS87] */
import { match, P } from 'ts-pattern'
import {
  excluding,
  fired,
  including,
  reply,
  send,
  startTimer,
  stay,
  type NodeId,
  type RequestId
} from '../kernel/index.ts'
import { compensatingFrom, isCompensatable, mayRefuse, runningFrom, servicesIn, stageOf } from './definition.ts'
import { wrongNode, type Answer, type Message, type Response } from './messages.ts'
import type { Happening, Move, Rule } from './rules.ts'
import type { Config, Definition, Orchestrator, Saga } from './state.ts'

export type OrchestratorConfig = Extract<Config, { readonly role: 'orchestrator' }>

export const stepOrchestrator = (config: OrchestratorConfig, log: Orchestrator, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'request', request: { type: 'begin-saga' } }, ({ id }) => beginSaga(config, log, id))
    .with({ type: 'request', request: { type: 'abort-saga' } }, ({ id, request: { saga } }) =>
      onAbort(config, log, id, saga)
    )
    .with({ type: 'request', request: { type: 'ask-status' } }, ({ id, request: { saga } }) =>
      fired('tell-status', log, tellStatus(log, id, saga))
    )
    .with({ type: 'request', request: { type: 'add-unit' } }, ({ id }) =>
      fired('refuse-client', log, reply(id, wrongNode))
    )
    .with(
      { type: 'deliver', message: { type: P.union('done', 'refused', 'busy', 'compensated') } },
      ({ from, message }) => onAnswer(config, log, from, message)
    )
    .with({ type: 'deliver', message: { type: P.union('execute', 'compensate') } }, () =>
      stay('ignore-misdirected', log)
    )
    .with({ type: 'timeout' }, () =>
      log.sagas.some(isUnfinished) ? callAll('retry', config, log) : stay('ignore-timeout', log)
    )
    .exhaustive()

const isUnfinished = ({ phase }: Saga): boolean => phase !== 'ended'

/** What a saga waits for, asked for: the same again and again, until it is answered. */
const calls = (definition: Definition, saga: Saga) =>
  match(saga)
    .with({ phase: 'running' }, ({ id, stage, done }) =>
      stageOf(definition, stage)
        .filter(({ service }) => !done.includes(service))
        .map(({ service, action }) =>
          send<Message>(service, { type: 'execute', saga: id, action, mayRefuse: mayRefuse(definition, stage) })
        )
    )
    .with({ phase: 'compensating' }, ({ id, stage, left }) =>
      stageOf(definition, stage)
        .filter(({ service }) => left.includes(service))
        .map(({ service, action }) => send<Message>(service, { type: 'compensate', saga: id, action }))
    )
    .with({ phase: 'ended' }, () => [])
    .exhaustive()

/** The log with what it says of one saga. */
const logged = (log: Orchestrator, next: Saga): Orchestrator => {
  const isKnown = log.sagas.some(({ id }) => id === next.id)
  return {
    ...log,
    sagas: isKnown ? log.sagas.map((saga) => (saga.id === next.id ? next : saga)) : [...log.sagas, next]
  }
}

/** The saga goes on to `next`. The log says so before a service hears of it: what may have been done is known. */
const goOn = (rule: Rule, { definition }: OrchestratorConfig, log: Orchestrator, next: Saga): Move => {
  const called = calls(definition, next)
  return fired(rule, logged(log, next), called, called.length > 0 ? startTimer('retry') : [])
}

const callAll = (rule: Rule, { definition }: OrchestratorConfig, log: Orchestrator): Move =>
  fired(
    rule,
    log,
    log.sagas.flatMap((saga) => calls(definition, saga)),
    startTimer('retry')
  )

// Clients ------------------------------------------------------------------------------------------------------------

const sagaOf = ({ sagas }: Orchestrator, id: string): Saga | undefined => sagas.find((saga) => saga.id === id)

const tellStatus = (log: Orchestrator, client: RequestId, id: string) => {
  const saga = sagaOf(log, id)
  const status = saga === undefined ? 'unknown' : saga.phase === 'ended' ? saga.outcome : saga.phase
  return reply<Response>(client, { type: 'status', status })
}

/** The client hears at once that the saga is in the log. It asks for the status to hear how it ended. */
const beginSaga = (config: OrchestratorConfig, log: Orchestrator, id: RequestId): Move => {
  const begun = goOn('begin-saga', config, log, runningFrom(config.definition, id, 0))
  return { ...begun, effects: [...begun.effects, reply(id, { type: 'status', status: 'running' })] }
}

/** Abort-saga of [GS87]. A step may be on its way or done, nobody knows: it is compensated like those that are done. */
const onAbort = (config: OrchestratorConfig, log: Orchestrator, client: RequestId, id: string): Move => {
  const saga = sagaOf(log, id)
  if (saga === undefined || saga.phase !== 'running' || !isCompensatable(config.definition, saga.stage))
    return fired('abort-too-late', log, tellStatus(log, client, id))
  const aborted = goOn('abort-on-command', config, log, compensatingFrom(config.definition, id, saga.stage))
  return { ...aborted, effects: [...aborted.effects, reply(client, { type: 'status', status: 'compensating' })] }
}

// Services -----------------------------------------------------------------------------------------------------------

const onAnswer = (config: OrchestratorConfig, log: Orchestrator, from: NodeId, answer: Answer): Move => {
  const { definition } = config
  return match([sagaOf(log, answer.saga), answer] as const)
    .returnType<Move>()
    .with(
      [{ phase: P.union('running', 'compensating') }, P._],
      ([{ stage }]) => !isOf(definition, stage, from, answer),
      () => stay('ignore-late-answer', log)
    )
    .with([{ phase: 'running' }, { type: 'done' }], ([saga]) => onDone(config, log, saga, from))
    .with([{ phase: 'running' }, { type: 'refused' }], ([{ id, stage }]) => {
      // A step that was refused has nothing to be undone. The others of its stage may be under way.
      const left = excluding(servicesIn(definition, stage), from)
      return goOn('compensate-on-refusal', config, log, compensatingFrom(definition, id, stage, left))
    })
    .with([{ phase: 'running' }, { type: 'busy' }], () => fired('wait-for-service', log, startTimer('retry')))
    .with([{ phase: 'compensating' }, { type: 'compensated' }], ([saga]) => onCompensated(config, log, saga, from))
    .with(
      [undefined, P._],
      [{ phase: 'ended' }, P._],
      [{ phase: 'running' }, { type: 'compensated' }],
      [{ phase: 'compensating' }, { type: P.union('done', 'refused', 'busy') }],
      () => stay('ignore-late-answer', log)
    )
    .exhaustive()
}

/** Whether an answer is about a step of this stage. */
const isOf = (definition: Definition, stage: number, from: NodeId, answer: Answer): boolean =>
  stageOf(definition, stage).some(({ service, action }) => service === from && action === answer.action)

type In<Phase extends Saga['phase']> = Extract<Saga, { readonly phase: Phase }>

const onDone = (config: OrchestratorConfig, log: Orchestrator, saga: In<'running'>, from: NodeId): Move => {
  const done = including(saga.done, from)
  if (done.length < servicesIn(config.definition, saga.stage).length)
    return fired('count-done', logged(log, { ...saga, done }))
  const next = runningFrom(config.definition, saga.id, saga.stage + 1)
  return goOn(next.phase === 'ended' ? 'complete-saga' : 'start-next-stage', config, log, next)
}

const onCompensated = (config: OrchestratorConfig, log: Orchestrator, saga: In<'compensating'>, from: NodeId): Move => {
  const left = excluding(saga.left, from)
  if (left.length > 0) return fired('count-compensated', logged(log, { ...saga, left }))
  const next = compensatingFrom(config.definition, saga.id, saga.stage, left)
  return goOn(next.phase === 'ended' ? 'end-compensated' : 'compensate-previous-stage', config, log, next)
}

// Recovery -----------------------------------------------------------------------------------------------------------

/**
 * Backward recovery undoes the sagas that the crash interrupted, forward recovery goes on with them: each step is one
 * transaction at one service and may be asked for again, so that every step is a save-point. From the pivot on, there is
 * only forward.
 */
export const recoverOrchestrator = (config: OrchestratorConfig, log: Orchestrator): Move => {
  const { definition, recovery } = config
  if (!log.sagas.some(isUnfinished)) return stay('recover-idle', log)
  return match(recovery)
    .returnType<Move>()
    .with('forward', () => callAll('recover-forward', config, log))
    .with('backward', () => {
      const sagas = log.sagas.map((saga) =>
        saga.phase === 'running' && isCompensatable(definition, saga.stage)
          ? compensatingFrom(definition, saga.id, saga.stage)
          : saga
      )
      return callAll('recover-backward', config, { ...log, sagas })
    })
    .exhaustive()
}
