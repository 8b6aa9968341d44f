/** The replication of a view as it was, with failover among the servers themselves. */
import { match, P } from 'ts-pattern'
import { fired, others, sendAll, startTimer, stay, type NodeId, type Self } from '../kernel/index.ts'
import {
  onBeat as repeat,
  onRequest,
  restart,
  start,
  type Message,
  type Policy,
  type Server,
  type ServerRecord
} from '../primary-backup/index.ts'
import * as byMajority from './by-majority.ts'
import * as byTimeout from './by-timeout.ts'
import type { Happening, Move, Place, SplitBrain } from './rules.ts'
import type { Failover } from './state.ts'

const { hasOwn } = Object

const policyOf = (failover: Failover): Policy => (failover === 'timeout' ? byTimeout.allInView : byMajority.majority)

export const initial = ({ id, config }: Self<SplitBrain>): Move => start(id, config.first)

export const recover = ({ id, config }: Self<SplitBrain>, disk: ServerRecord): Move =>
  restart(policyOf(config.failover), id, disk)

export const step = (self: Self<SplitBrain>, state: Server, event: Happening): Move => {
  const { failover } = self.config
  const { onSilence, onDelivery } = failover === 'timeout' ? byTimeout : byMajority
  return match(event)
    .returnType<Move>()
    .with({ type: 'deliver' }, ({ from, message }) =>
      isOwed(self.id, from, message) ? onDelivery(self, state, from, message) : stay('ignore-misdirected', state)
    )
    .with({ type: 'request' }, (asked) => onRequest(policyOf(failover), self.id, state, asked))
    .with({ type: 'timeout', timer: 'silence' }, () => onSilence(self, state))
    .with({ type: 'timeout', timer: 'beat' }, () => onBeat(self, policyOf(failover), state))
    .exhaustive()
}

/** A view comes from its primary, which knows it, and nobody is asked for consent. */
const isOwed = (id: NodeId, from: NodeId, message: Message): boolean =>
  match(message)
    .with({ type: 'view' }, ({ view }) => view.primary === from && from !== id)
    .with({ type: P.union('activate', 'complete') }, () => false)
    .with({ type: P.union('propose', 'report', 'append', 'have') }, () => true)
    .exhaustive()

/** A primary tells those who have not answered in its view that there is such a view. */
const onBeat = (self: Place, policy: Policy, state: Server): Move => {
  const { rule, effects } = repeat(policy, state)
  return match(state)
    .returnType<Move>()
    .with({ phase: 'gathering' }, ({ reports }) =>
      fired('announce-again', state, announce(self, state, reports), startTimer('beat'))
    )
    .with({ phase: P.union('transferring', 'serving') }, ({ confirmed }) =>
      fired(rule, state, announce(self, state, confirmed), effects)
    )
    .with({ phase: P.union('backup', 'outsider') }, () => fired(rule, state, effects))
    .exhaustive()
}

const announce = (self: Place, { view }: Server, answered: Readonly<Record<NodeId, unknown>>) =>
  sendAll<Message>(
    others(self).filter((other) => !hasOwn(answered, other)),
    { type: 'view', view }
  )
