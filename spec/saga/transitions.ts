/** Sagas with an orchestrator. [GS87], with the pivot of [MRSK92] and the idempotent services of [Richardson18] */
import { match } from 'ts-pattern'
import { fired, stay, type Self } from '../kernel/index.ts'
import { recoverOrchestrator, stepOrchestrator } from './orchestrator.ts'
import type { Happening, Move, SagaProtocol } from './rules.ts'
import { stepService } from './service.ts'
import type { State } from './state.ts'

const orchestrator = { role: 'orchestrator' } as const
const service = { role: 'service' } as const

export const step = ({ config }: Self<SagaProtocol>, state: State, event: Happening): Move =>
  match([config, state] as const)
    .returnType<Move>()
    .with([orchestrator, orchestrator], ([own, log]) => stepOrchestrator(own, log, event))
    .with([service, service], ([own, database]) => stepService(own, database, event))
    .with([orchestrator, service], [service, orchestrator], () => stay('ignore-misdirected', state))
    .exhaustive()

export const initial = ({ config }: Self<SagaProtocol>): Move =>
  match(config)
    .returnType<Move>()
    .with(orchestrator, ({ role }) => fired('open-log', { role, sagas: [] }))
    .with(service, ({ role, units }) => fired('open-service', { role, units, ledger: [], answered: {} }))
    .exhaustive()

export const recover = ({ config }: Self<SagaProtocol>, disk: State): Move =>
  match([config, disk] as const)
    .returnType<Move>()
    .with([orchestrator, orchestrator], ([own, log]) => recoverOrchestrator(own, log))
    .with([service, service], () => stay('reopen-service', disk))
    .with([orchestrator, service], [service, orchestrator], () => stay('ignore-misdirected', disk))
    .exhaustive()
