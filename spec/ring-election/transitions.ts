/** Election on a ring: each node hears its neighbour before it alone, and the highest number comes all the way round. [CR79] */
import { match } from 'ts-pattern'
import {
  fired,
  send,
  startTimer,
  stay,
  type Event,
  type NodeId,
  type Self,
  type Signature,
  type Step
} from '../kernel/index.ts'
import type { Message } from './messages.ts'
import type { Config, Durable, State, Timer } from './state.ts'

/** The clauses, in the order of this file. */
export const rules = [
  'await-election',
  'rejoin',
  'stand',
  'ignore-timeout',
  'pass-on-higher',
  'stand-instead-of-lower',
  'stop-lower',
  'win',
  'learn-leader',
  'end-announcement'
] as const
export type Rule = (typeof rules)[number]

export type RingElection = Signature<{
  config: Config
  state: State
  durable: Durable
  message: Message
  timer: Timer
  rule: Rule
}>
type Me = Self<RingElection>
type Move = Step<RingElection>

const begin = (rule: Rule): Move => fired(rule, { takesPart: false, leader: null }, startTimer('begin'))

export const initial = (): Move => begin('await-election')

export const recover = (): Move => begin('rejoin')

export const step = (self: Me, state: State, event: Event<RingElection>): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'timeout', timer: 'begin' }, () =>
      state.takesPart || state.leader !== null ? stay('ignore-timeout', state) : stand('stand', self, state)
    )
    .with({ type: 'deliver', message: { type: 'candidacy' } }, ({ message: { number } }) =>
      onCandidacy(self, state, number)
    )
    .with({ type: 'deliver', message: { type: 'elected' } }, ({ message: { number } }) =>
      onElected(self, state, number)
    )
    .exhaustive()

/** The neighbour that hears this node: the next one, and the first one after the last. */
const next = ({ id, nodes }: Me): NodeId => nodes[(nodes.indexOf(id) + 1) % nodes.length] ?? id

const tell = (self: Me, message: Message) => send(next(self), message)

const stand = (rule: Rule, self: Me, state: State): Move =>
  fired(rule, { ...state, takesPart: true }, tell(self, { type: 'candidacy', number: self.config.number }))

/** A number that comes back to its node has met no higher one anywhere on the ring. */
const onCandidacy = (self: Me, state: State, number: number): Move => {
  const own = self.config.number
  if (number > own)
    return fired('pass-on-higher', { ...state, takesPart: true }, tell(self, { type: 'candidacy', number }))
  if (number === own) return fired('win', { takesPart: false, leader: own }, tell(self, { type: 'elected', number }))
  return state.takesPart ? stay('stop-lower', state) : stand('stand-instead-of-lower', self, state)
}

const onElected = (self: Me, state: State, number: number): Move =>
  number === self.config.number
    ? stay('end-announcement', state)
    : fired('learn-leader', { takesPart: false, leader: number }, tell(self, { type: 'elected', number }))
