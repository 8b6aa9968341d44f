/**
 * Failover by majority: a server that misses the primary stands for the next view, whose members are all servers, and is
 * primary once a majority has entered it. [VRR] §4.2 is a view change like it, [Gifford79] has quorums that intersect.
 *
 * Two lines of defence. No two servers are primary of one view, since a server enters only one view of a number. And the
 * number is a fence: of the majority that a former primary needs to acknowledge, one has entered the new view before its
 * primary learnt what there is, and refuses.
 */
import { broadcast, fired, type NodeId } from '../kernel/index.ts'
import {
  enter,
  fromPrimaryToAll,
  keptOf,
  missNobody,
  onMessage,
  type Message,
  type Policy,
  type Server,
  type View
} from '../primary-backup/index.ts'
import type { Move, Place, SplitBrain } from './rules.ts'

/** So many backups are a majority of all members, together with the primary. */
export const restOfMajority = ({ backups }: View): number => Math.floor((backups.length + 1) / 2)

export const majority: Policy = {
  reports: restOfMajority,
  transfers: restOfMajority,
  copies: restOfMajority,
  successors: fromPrimaryToAll,
  service: null
}

const led = (self: Place, primary: NodeId, number: number): View => ({
  number,
  primary,
  backups: self.nodes.filter((node) => node !== primary)
})

/**
 * A primary that hears of no majority stands anew, too, and refuses clients until it has one: a majority without it may have
 * replaced it. What was in its log at the last silence is what the majority must have confirmed.
 */
export const onSilence = (self: Place, state: Server): Move => {
  if (hasMajority(state)) return missNobody(state)
  const view = led(self, self.id, state.view.number + 1)
  const entered = enter(majority, self.id, state, view)
  return fired<SplitBrain>('stand', entered.state, broadcast<Message>(self, { type: 'view', view }), entered.effects)
}

const hasMajority = (state: Server): boolean =>
  state.phase === 'serving' &&
  state.view.backups.filter((backup) => (state.confirmed[backup] ?? 0) >= state.due).length >=
    restOfMajority(state.view)

export const onDelivery = (self: Place, state: Server, from: NodeId, message: Message): Move => {
  // Whoever sends entries has been made primary by others: this candidate for the same view has lost.
  if (state.phase === 'gathering' && message.type === 'append' && message.view === state.view.number) {
    const backup: Server = { role: 'server', ...keptOf(state), view: led(self, from, message.view), phase: 'backup' }
    return { ...onMessage(majority, self.id, backup, from, message), rule: 'concede' }
  }
  return onMessage(majority, self.id, state, from, message)
}
