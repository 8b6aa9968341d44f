/** The bully election algorithm: the highest node that is up makes all others stop, and then leads. [GM82] */
import { match, P } from 'ts-pattern'
import {
  excluding,
  fired,
  others,
  send,
  sendAll,
  startTimer,
  stay,
  stopTimer,
  type Event,
  type NodeId,
  type Self,
  type Signature,
  type Step
} from '../kernel/index.ts'
import type { Message } from './messages.ts'
import { higherThan, lowerThan, type Durable, type State, type Timer } from './state.ts'

/** The clauses, in the order of this file. */
export const rules = [
  'follow-highest',
  'lead-from-the-start',
  'stand-after-return',
  // election
  'stand',
  'answer',
  'answer-and-stand',
  'defer',
  'ignore-late-answer',
  // reorganization
  'halt-lower',
  'stop',
  'count-halted',
  'ignore-late-halted',
  'lead',
  'follow',
  'ignore-stranger',
  // while all is well
  'send-heartbeat',
  'hear-coordinator',
  'ignore-heartbeat',
  'ignore-timeout'
] as const
export type Rule = (typeof rules)[number]

export type Bully = Signature<{
  state: State
  durable: Durable
  message: Message
  timer: Timer
  rule: Rule
}>
type Me = Self<Bully>
type Move = Step<Bully>

/** At the start all are up, and know that the highest leads. */
export const initial = (self: Me): Move =>
  higherThan(self).length === 0
    ? fired('lead-from-the-start', { phase: 'normal', coordinator: self.id }, startTimer('heartbeat'))
    : fired('follow-highest', { phase: 'normal', coordinator: self.nodes.at(-1) ?? self.id }, startTimer('patience'))

export const recover = (self: Me): Move => stand('stand-after-return', self)

const message = <const Type>(type: Type) => ({ type: 'deliver', message: { type } }) as const

export const step = (self: Me, state: State, event: Event<Bully>): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'timeout', timer: 'patience' }, () => onSilence(self, state))
    .with(message('are-you-up'), ({ from }) => onAreYouUp(self, state, from))
    .with(message('i-am-up'), ({ from }) =>
      state.phase === 'asking'
        ? fired('defer', { phase: 'deferring', to: from }, startTimer('patience'))
        : stay('ignore-late-answer', state)
    )
    .with(message('halt'), ({ from }) =>
      fired(
        'stop',
        { phase: 'halted', by: from },
        send<Message>(from, { type: 'halted' }),
        startTimer('patience'),
        stopTimer('heartbeat')
      )
    )
    .with(message('halted'), ({ from }) =>
      state.phase === 'halting'
        ? halting('count-halted', self, excluding(state.missing, from))
        : stay('ignore-late-halted', state)
    )
    .with(message('new-coordinator'), ({ from }) =>
      state.phase === 'halted' && state.by === from
        ? fired('follow', { phase: 'normal', coordinator: from }, startTimer('patience'))
        : stay('ignore-stranger', state)
    )
    .with({ type: 'timeout', timer: 'heartbeat' }, () =>
      fired('send-heartbeat', state, sendAll<Message>(others(self), { type: 'heartbeat' }), startTimer('heartbeat'))
    )
    .with(message('heartbeat'), ({ from }) =>
      state.phase === 'normal' && state.coordinator === from
        ? fired('hear-coordinator', state, startTimer('patience'))
        : stay('ignore-heartbeat', state)
    )
    .exhaustive()

/** Whoever was awaited is down. */
const onSilence = (self: Me, state: State): Move =>
  match(state)
    .returnType<Move>()
    .with({ phase: 'asking' }, () => halting('halt-lower', self, lowerThan(self), { type: 'halt' }))
    .with({ phase: 'halting' }, () => lead(self))
    .with({ phase: 'normal', coordinator: self.id }, () => stay('ignore-timeout', state))
    .with({ phase: P.union('deferring', 'halted', 'normal') }, () => stand('stand', self))
    .exhaustive()

// Election -----------------------------------------------------------------------------------------------------------

/** The highest node has nobody to ask. */
const stand = (rule: Rule, self: Me): Move => {
  const higher = higherThan(self)
  return higher.length === 0
    ? halting(rule, self, lowerThan(self), { type: 'halt' })
    : fired(rule, { phase: 'asking' }, sendAll<Message>(higher, { type: 'are-you-up' }), startTimer('patience'))
}

/** A lower node that asks has missed the coordinator: this node stands, unless an election is under way here. */
const onAreYouUp = (self: Me, state: State, from: NodeId): Move => {
  const answer = send<Message>(from, { type: 'i-am-up' })
  if (state.phase !== 'normal') return fired('answer', state, answer)
  const standing = stand('answer-and-stand', self)
  return fired(standing.rule, standing.state, answer, standing.effects, stopTimer('heartbeat'))
}

// Reorganization -----------------------------------------------------------------------------------------------------

/** Nobody leads before all lower nodes that are up have stopped, so no two ever lead. */
const halting = (rule: Rule, self: Me, missing: ReadonlyArray<NodeId>, tell?: Message): Move =>
  missing.length === 0
    ? lead(self)
    : fired(
        rule,
        { phase: 'halting', missing },
        tell === undefined ? [] : sendAll<Message>(missing, tell),
        startTimer('patience')
      )

const lead = (self: Me): Move =>
  fired(
    'lead',
    { phase: 'normal', coordinator: self.id },
    sendAll<Message>(lowerThan(self), { type: 'new-coordinator' }),
    startTimer('heartbeat')
  )
