/** A service: does each step and each compensation at most once, and never a step that was compensated. [Richardson18] ch. 4 */
import { match, P } from 'ts-pattern'
import { fired, reply, send, stay, type NodeId } from '../kernel/index.ts'
import { wrongNode, type Action, type Answer, type Compensate, type Execute, type Response } from './messages.ts'
import type { Happening, Move, Rule } from './rules.ts'
import type { Config, Entry, Service } from './state.ts'

export type ServiceConfig = Extract<Config, { readonly role: 'service' }>

export const stepService = (config: ServiceConfig, database: Service, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'deliver', message: { type: 'execute' } }, ({ from, message }) =>
      onExecute(config, database, from, message)
    )
    .with({ type: 'deliver', message: { type: 'compensate' } }, ({ from, message }) =>
      onCompensate(database, from, message)
    )
    .with({ type: 'deliver', message: { type: P.union('done', 'refused', 'busy', 'compensated') } }, () =>
      stay('ignore-misdirected', database)
    )
    .with({ type: 'request', request: { type: 'add-unit' } }, ({ id }) => {
      const units = database.units + 1
      return fired('add-unit', { ...database, units }, reply<Response>(id, { type: 'units', units }))
    })
    .with({ type: 'request', request: { type: P.union('begin-saga', 'abort-saga', 'ask-status') } }, ({ id }) =>
      fired('refuse-client', database, reply(id, wrongNode))
    )
    .with({ type: 'timeout' }, () => stay('ignore-timeout', database))
    .exhaustive()

const keyOf = (saga: string, action: Action) => `${saga}/${action}`
const undoKeyOf = (saga: string, action: Action) => `${saga}/undo-${action}`

/** Settles a request for good: the change and the answer that will be repeated are one transaction. */
const settle = (
  rule: Rule,
  database: Service,
  key: string,
  changes: ReadonlyArray<Entry>,
  to: NodeId,
  answer: Exclude<Answer, { readonly type: 'busy' }>
): Move => {
  const answered = { ...database.answered, [key]: answer.type }
  return fired(rule, { ...database, ledger: [...database.ledger, ...changes], answered }, send(to, answer))
}

// T ------------------------------------------------------------------------------------------------------------------

const onExecute = (
  config: ServiceConfig,
  database: Service,
  from: NodeId,
  { saga, action, mayRefuse }: Execute
): Move => {
  const key = keyOf(saga, action)
  const answered = database.answered[key]
  if (answered !== undefined) return fired('repeat-answer', database, send(from, { type: answered, saga, action }))
  // The compensation came first, so the saga has given up on this step. It must not be done any more.
  if (database.answered[undoKeyOf(saga, action)] !== undefined)
    return fired('refuse-late-step', database, send(from, { type: 'refused', saga, action }))

  const busy = (rule: Rule): Move => fired(rule, database, send(from, { type: 'busy', saga, action }))
  if (action === 'take' && taken(database).length >= database.units) {
    if (config.semanticLock && !taken(database).every((holder) => isConfirmed(database, holder)))
      return busy('make-wait-for-lock')
    return mayRefuse
      ? settle('refuse-step', database, key, [], from, { type: 'refused', saga, action })
      : busy('make-wait-for-unit')
  }
  return settle('do-step', database, key, [{ saga, did: action }], from, { type: 'done', saga, action })
}

/** The sagas that have a unit, each as often as it has one. */
export const taken = ({ ledger }: Service): ReadonlyArray<string> =>
  ledger
    .filter(({ did }) => did === 'take')
    .map(({ saga }) => saga)
    .filter((holder) => !ledger.some(({ saga, did }) => saga === holder && did === 'give-back'))

const isConfirmed = ({ ledger }: Service, holder: string): boolean =>
  ledger.some(({ saga, did }) => saga === holder && did === 'confirm')

// C ------------------------------------------------------------------------------------------------------------------

const onCompensate = (database: Service, from: NodeId, { saga, action }: Compensate): Move => {
  const key = undoKeyOf(saga, action)
  const compensated = { type: 'compensated', saga, action } as const
  if (database.answered[key] !== undefined) return fired('repeat-answer', database, send(from, compensated))
  const hasTaken = action === 'take' && database.answered[keyOf(saga, action)] === 'done'
  return hasTaken
    ? settle('undo-step', database, key, [{ saga, did: 'give-back' }], from, compensated)
    : settle('undo-nothing', database, key, [], from, compensated)
}
