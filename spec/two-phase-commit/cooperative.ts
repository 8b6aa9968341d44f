/**
 * Cooperative termination: a participant that is uncertain asks the other participants too, and whoever is not uncertain
 * can help. It blocks only as long as all are uncertain that it can reach. [BHG87] §7.4, the cooperative termination protocol
 */
import { match, P } from 'ts-pattern'
import {
  broadcast,
  fired,
  send,
  startTimer,
  stay,
  type Event,
  type NodeId,
  type Protocol,
  type Self,
  type Step
} from '../kernel/index.ts'
import type { Decision, Message } from './messages.ts'
import { twoPhaseCommit } from './protocol.ts'
import type { Participant, State } from './state.ts'
import { cooperativeRules, type Rule, type TwoPhaseCommit } from './transitions.ts'

type Happening = Event<TwoPhaseCommit>
type Move = Step<TwoPhaseCommit>

const participant = { role: 'participant' } as const
const undecided = { ...participant, phase: P.union('working', 'prepared') } as const
const message = <const Type>(type: Type) => ({ type: 'deliver', message: { type } }) as const

const step = (self: Self<TwoPhaseCommit>, state: State, event: Happening): Move =>
  match([state, event] as const)
    .returnType<Move>()
    .with([{ ...participant, phase: 'prepared' }, { type: 'timeout' }], ([prepared]) =>
      askEverybody('ask-everybody', self, prepared)
    )
    .with([{ ...participant, phase: 'decided' }, message('decision-request')], ([{ decision }, { from }]) =>
      fired('help-with-decision', state, send<Message>(from, { type: decision }))
    )
    // Who has not voted may abort, and must: a vote after this answer would be one too many.
    .with([{ ...participant, phase: 'working' }, message('decision-request')], ([{ coordinator }, { from }]) =>
      fired('abort-to-help', decided(coordinator, 'abort'), send<Message>(from, { type: 'abort' }))
    )
    .with([{ ...participant, phase: 'prepared' }, message('decision-request')], () => stay('cannot-help', state))
    .with(
      [undecided, message(P.union('commit', 'abort'))],
      ([{ coordinator }, { from }]) => from !== coordinator,
      ([
        { coordinator },
        {
          message: { type }
        }
      ]) => fired('learn-from-peer', decided(coordinator, type))
    )
    .with(P._, () => twoPhaseCommit.step(self, state, event))
    .exhaustive()

const decided = (coordinator: NodeId, decision: Decision): Participant => ({
  role: 'participant',
  coordinator,
  phase: 'decided',
  decision
})

const askEverybody = (rule: Rule, self: Self<TwoPhaseCommit>, state: State): Move =>
  fired(rule, state, broadcast<Message>(self, { type: 'decision-request' }), startTimer('patience'))

export const cooperativeCommit: Protocol<TwoPhaseCommit> = {
  ...twoPhaseCommit,
  name: 'cooperative-two-phase-commit',
  rules: [
    // These two ask the coordinator alone.
    ...twoPhaseCommit.rules.filter((rule) => rule !== 'ask-for-decision' && rule !== 'recover-prepared'),
    ...cooperativeRules
  ],
  step,
  recover: (self, disk) => {
    const recovered = twoPhaseCommit.recover(self, disk)
    return recovered.rule === 'recover-prepared'
      ? askEverybody('recover-and-ask-everybody', self, recovered.state)
      : recovered
  }
}
