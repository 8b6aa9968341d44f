/** Primary-backup replication under a view service: servers, and the service that says who is in which view. */
import { match } from 'ts-pattern'
import { fired, startTimer, stay, type NodeId, type Self } from '../kernel/index.ts'
import { underViewService, type Policy } from './policy.ts'
import type { Happening, Move, PrimaryBackup } from './rules.ts'
import { onBeat, onMessage, onRequest, restart, start } from './servers.ts'
import { onSilence } from './silence.ts'
import type { Durable, Server, State } from './state.ts'
import { stepService } from './view-service.ts'

export const initial = ({ id, config }: Self<PrimaryBackup>): Move =>
  match(config)
    .returnType<Move>()
    .with({ role: 'view-service' }, ({ role, first }) =>
      fired('start-view-service', { role, active: first, proposed: null }, startTimer('beat'))
    )
    .with({ role: 'server' }, ({ first }) => start(id, first))
    .exhaustive()

/** A node keeps its role for good: a state or a disk of the other role belongs to another node. */
export const step = (self: Self<PrimaryBackup>, state: State, event: Happening): Move =>
  match([self.config, state] as const)
    .returnType<Move>()
    .with([{ role: 'view-service' }, { role: 'view-service' }], ([{ mode }, own]) =>
      stepService(self, mode, own, event)
    )
    .with([{ role: 'server' }, { role: 'server' }], ([{ service, mode }, own]) =>
      stepServer(service, underViewService(service, mode), self.id, own, event)
    )
    .with([{ role: 'view-service' }, { role: 'server' }], [{ role: 'server' }, { role: 'view-service' }], () =>
      stay('ignore-misdirected', state)
    )
    .exhaustive()

const stepServer = (service: NodeId, policy: Policy, id: NodeId, state: Server, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'deliver' }, ({ from, message }) => onMessage(policy, id, state, from, message))
    .with({ type: 'request' }, (asked) => onRequest(policy, id, state, asked))
    .with({ type: 'timeout', timer: 'beat' }, () => onBeat(policy, state))
    .with({ type: 'timeout', timer: 'silence' }, () => onSilence(service, id, state))
    .exhaustive()

export const recover = (self: Self<PrimaryBackup>, disk: Durable): Move =>
  match([self.config, disk] as const)
    .returnType<Move>()
    .with([{ role: 'view-service' }, { role: 'view-service' }], ([, own]) =>
      fired('recover-view-service', own, startTimer('beat'))
    )
    .with([{ role: 'server' }, { role: 'server' }], ([{ service, mode }, own]) =>
      restart(underViewService(service, mode), self.id, own)
    )
    .with([{ role: 'view-service' }, { role: 'server' }], [{ role: 'server' }, { role: 'view-service' }], () =>
      initial(self)
    )
    .exhaustive()
