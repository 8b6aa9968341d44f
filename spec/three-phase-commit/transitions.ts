/** Three-phase commit with the termination protocol and recovery. [Skeen81], [BHG87] §7.5 */
import { match, P } from 'ts-pattern'
import { broadcast, fired, reply, send, stay } from '../kernel/index.ts'
import { stepCoordinator } from './coordinator.ts'
import type { Message, Response } from './messages.ts'
import { stepParticipant } from './participant.ts'
import { coordinatorOf, message, patience, request, timeout, type Happening, type Move, type Site } from './rules.ts'
import type { Durable, Ended, State } from './state.ts'

type In<Phase extends Ended['phase']> = Extract<State, { readonly phase: Phase }>

const coordinator = { role: 'coordinator' } as const
const participant = { role: 'participant' } as const
const undecidedCoordinator = { ...coordinator, phase: P.union('initial', 'waiting', 'prepared') } as const
const undecidedParticipant = { ...participant, phase: P.union('working', 'wait', 'prepared') } as const

export const step = (self: Site, state: State, event: Happening): Move =>
  match([state, event] as const)
    .returnType<Move>()
    .with([participant, request], ([, { id }]) =>
      fired('refuse-client', state, reply<Response>(id, { type: 'not-coordinator', coordinator: coordinatorOf(self) }))
    )
    .with([{ phase: 'decided' }, P._], ([decided]) => stepDecided(self, decided, event))
    .with([{ phase: 'recovered' }, P._], ([recovered]) => stepRecovered(self, recovered, event))
    .with([undecidedCoordinator, P._], ([undecided]) => stepCoordinator(self, undecided, event))
    .with([undecidedParticipant, { type: P.union('deliver', 'timeout') }], ([undecided, happened]) =>
      stepParticipant(self, undecided, happened)
    )
    .exhaustive()

export const initial = (self: Site): Move =>
  match(self.config)
    .returnType<Move>()
    .with(coordinator, ({ role }) => fired('await-client', { role, phase: 'initial' }))
    .with(participant, ({ role, vote }) =>
      fired(
        'await-vote-request',
        { role, phase: 'working', vote, coordinator: coordinatorOf(self), failed: [] },
        patience
      )
    )
    .exhaustive()

// A site that has decided --------------------------------------------------------------------------------------------

const stepDecided = (self: Site, state: In<'decided'>, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    .with(request, ({ id }) =>
      fired('tell-outcome', state, reply<Response>(id, { type: 'outcome', decision: state.decision }))
    )
    // It may be this site's turn to take the place of the one that failed, and others wait for it.
    .with(message('recovering'), () => fired('tell-decision-on-failure', state, tellAll(self, state)))
    .with(message(P.union('pre-commit', 'back-to-wait', 'decision-request')), ({ from }) =>
      fired('answer-with-decision', state, send<Message>(from, { type: state.decision }))
    )
    .with(message('vote-request'), ({ from }) =>
      state.decision === 'abort'
        ? fired('vote-no-after-abort', state, send<Message>(from, { type: 'no' }))
        : stay('ignore-vote-request', state)
    )
    .with(message(P.union('yes', 'no')), () => stay('ignore-vote', state))
    .with(message('ack'), () => stay('ignore-ack', state))
    .with(message(P.union('commit', 'abort')), () => stay('ignore-decision', state))
    .with(timeout, () => stay('ignore-timeout', state))
    .exhaustive()

const tellAll = (self: Site, { decision }: In<'decided'>) => broadcast<Message>(self, { type: decision })

// A site that was down -----------------------------------------------------------------------------------------------

/**
 * A site that finds neither a vote nor a decision aborts, since nobody can have committed without it. One that had voted
 * cannot tell what the others decided meanwhile. It asks them and takes no part in their termination.
 */
export const recover = (self: Site, disk: Durable): Move => {
  const { role } = self.config
  const report = broadcast<Message>(self, { type: 'recovering' })
  return match(disk.record)
    .returnType<Move>()
    .with(null, () => fired('recover-undecided', { role, phase: 'decided', decision: 'abort' }, report))
    .with('yes', 'pre-commit', (record) =>
      fired('recover-uncertain', { role, phase: 'recovered', record }, report, patience)
    )
    .with('commit', 'abort', (decision) => fired('recover-decided', { role, phase: 'decided', decision }, report))
    .exhaustive()
}

const stepRecovered = (self: Site, state: In<'recovered'>, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    .with(message(P.union('commit', 'abort')), ({ message: { type } }) =>
      fired('learn-decision', { role: state.role, phase: 'decided', decision: type })
    )
    .with(message('recovering'), ({ from }) =>
      fired('ask-who-came-back', state, send<Message>(from, { type: 'decision-request' }))
    )
    .with(message(P.union('vote-request', 'yes', 'no', 'pre-commit', 'back-to-wait', 'ack', 'decision-request')), () =>
      stay('ignore-while-recovered', state)
    )
    .with(request, ({ id }) => fired('tell-not-known-yet', state, reply<Response>(id, { type: 'not-known-yet' })))
    .with(timeout, () => fired('ask-again', state, broadcast<Message>(self, { type: 'recovering' }), patience))
    .exhaustive()
