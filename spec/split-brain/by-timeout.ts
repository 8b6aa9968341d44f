/**
 * Failover by timeout: who is silent is dead, and whoever notices acts on its own. No source proposes it; it is what is
 * left of failover where nobody is asked. When a network that was cut heals, primaries meet, and all but one give up.
 */
import { match } from 'ts-pattern'
import { broadcast, fired, send, startTimer, stay, type NodeId } from '../kernel/index.ts'
import {
  enter,
  everyBackup,
  fromPrimaryToAll,
  missNobody,
  nextView,
  onMessage,
  type Message,
  type Policy,
  type Server,
  type View
} from '../primary-backup/index.ts'
import type { Move, Place, SplitBrain } from './rules.ts'

/** Everybody in the view; but who is in it, each server says for itself. */
export const allInView: Policy = {
  reports: everyBackup,
  transfers: everyBackup,
  copies: everyBackup,
  successors: fromPrimaryToAll,
  service: null
}

/** The next view is the one that a view service would be asked for. */
export const onSilence = (self: Place, state: Server): Move => {
  const next = nextView(self.id, state)
  if (next === null) return missNobody(state)
  const view: View = { number: state.view.number + 1, ...next }
  return match(state.phase)
    .returnType<Move>()
    .with('outsider', () =>
      fired('ask-to-join', state, send<Message>(view.primary, { type: 'propose', view }), startTimer('silence'))
    )
    .with('backup', () => declare(self, 'take-over', state, view))
    .with('gathering', 'transferring', 'serving', () => declare(self, 'go-on-without', state, view))
    .exhaustive()
}

const declare = (self: Place, rule: 'take-over' | 'go-on-without' | 'let-in', state: Server, view: View): Move => {
  const entered = enter(allInView, self.id, state, view)
  return fired<SplitBrain>(rule, entered.state, broadcast<Message>(self, { type: 'view', view }), entered.effects)
}

export const onDelivery = (self: Place, state: Server, from: NodeId, message: Message): Move => {
  const { number, primary } = state.view
  if (message.type === 'propose')
    return primary === self.id && message.view.number === number + 1
      ? declare(self, 'let-in', state, message.view)
      : stay('ignore-misdirected', state)
  // Two views have the same number. One of their primaries gives up, for the sake of being one cluster again.
  if (message.type === 'view' && message.view.number === number && message.view.primary > primary)
    return { ...enter(allInView, self.id, state, message.view), rule: 'yield' }
  if (message.type === 'append' && message.view === number && from !== primary) return stay('ignore-stranger', state)
  return onMessage(allInView, self.id, state, from, message)
}
