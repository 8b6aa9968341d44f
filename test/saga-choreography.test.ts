/** The clauses of sagas by choreography, and their models. */
// Long because every clause is a row here, and the rows share one cast of states.
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import chainModel from '../models/saga-choreography/chain.model.ts'
import doubleStep from '../models/saga-choreography/double-step.model.ts'
import hastyUndo from '../models/saga-choreography/hasty-undo.model.ts'
import lostEvent from '../models/saga-choreography/lost-event.model.ts'
import oneWayPartition from '../models/saga-choreography/one-way-partition.model.ts'
import overtakenStep from '../models/saga-choreography/overtaken-step.model.ts'
import partition from '../models/saga-choreography/partition.model.ts'
import refusal from '../models/saga-choreography/refusal.model.ts'
import unordered from '../models/saga-choreography/unordered.model.ts'
import { check, type Report } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import type { Effect, Event, NodeId, NodeView, Self } from '../spec/kernel/index.ts'
import {
  atMostOnce,
  completedByAll,
  inOrder,
  sagaChoreography,
  standsAreTrue,
  undoneByAll,
  withinUnits,
  type Entry,
  type Message,
  type Published,
  type Request,
  type Rule,
  type SagaChoreography,
  type Stand,
  type State,
  type Unconfirmed
} from '../spec/saga-choreography/index.ts'
import { declaredStep } from './support/clauses.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

type Happening = Event<SagaChoreography>
type Outward = Effect<SagaChoreography>

const nodes = ['s1', 's2', 's3']
const first: Self<SagaChoreography> = { id: 's1', nodes, config: { previous: null, next: 's2', units: 1 } }
const middle: Self<SagaChoreography> = { id: 's2', nodes, config: { previous: 's1', next: 's3', units: 1 } }
const last: Self<SagaChoreography> = { id: 's3', nodes, config: { previous: 's2', next: null, units: 1 } }

const event = (type: Published['type'], saga = 't'): Published => ({ type, saga })
const waits = (to: NodeId, type: Published['type'], saga = 't'): Unconfirmed => ({ to, event: event(type, saga) })
const ledgerOf = (...did: ReadonlyArray<Entry['did']>): ReadonlyArray<Entry> =>
  did.map((what) => ({ saga: 't', did: what }))
const stands = (stand: Stand, did: ReadonlyArray<Entry['did']>, ...outbox: ReadonlyArray<Unconfirmed>): State => ({
  ledger: ledgerOf(...did),
  stands: { t: stand },
  outbox
})
const nothing: State = { ledger: [], stands: {}, outbox: [] }

const from = (sender: NodeId, message: Message): Happening => ({ type: 'deliver', from: sender, message })
const asks = (id: string, request: Request): Happening => ({ type: 'request', id, request })
const republishEnds: Happening = { type: 'timeout', timer: 'republish' }

const publishes = (to: NodeId, type: Published['type'], saga = 't'): Outward => ({
  type: 'send',
  to,
  message: event(type, saga)
})
const confirms = (to: NodeId, type: Published['type'], saga = 't'): Outward => ({
  type: 'send',
  to,
  message: { type: 'received', event: event(type, saga) }
})
const tells = (id: string, stand: Stand | null): Outward => ({
  type: 'reply',
  id,
  response: { type: 'standing', stand }
})
const republish: Outward = { type: 'start-timer', timer: 'republish' }

type Clause = readonly [string, State, Happening, Rule, State, ReadonlyArray<Outward>]

const clauses = (who: Self<SagaChoreography>, table: ReadonlyArray<Clause>) =>
  test.each(table)('%s', (_clause, state, happening, rule, after, effects) =>
    expect(sagaChoreography.step(who, state, happening)).toEqual({ rule, state: after, effects })
  )

describe('forward: each service does its step and says so', () => {
  clauses(first, [
    [
      'a client begins a saga at the first',
      nothing,
      asks('t', { type: 'begin-saga' }),
      'begin-saga',
      stands('done', ['take'], waits('s2', 'step-done')),
      [publishes('s2', 'step-done'), republish, tells('t', 'done')]
    ],
    [
      'and hears at once if there is nothing to be had',
      stands('done', ['take']),
      asks('u', { type: 'begin-saga' }),
      'begin-and-refuse',
      { ...stands('done', ['take']), stands: { t: 'done', u: 'refused' } },
      [tells('u', 'refused')]
    ],
    [
      'all hear that it is completed',
      stands('done', ['take']),
      from('s3', event('completed')),
      'learn-completion',
      stands('completed', ['take']),
      [confirms('s3', 'completed')]
    ]
  ])
  clauses(middle, [
    [
      'the next does its step',
      nothing,
      from('s1', event('step-done')),
      'do-step',
      stands('done', ['take'], waits('s3', 'step-done')),
      [publishes('s3', 'step-done'), republish, confirms('s1', 'step-done')]
    ],
    [
      'once, however often it hears',
      stands('done', ['take']),
      from('s1', event('step-done')),
      'confirm-again',
      stands('done', ['take']),
      [confirms('s1', 'step-done')]
    ]
  ])
  clauses(last, [
    [
      'the last tells all',
      nothing,
      from('s2', event('step-done')),
      'do-last-step',
      stands('completed', ['take'], waits('s1', 'completed'), waits('s2', 'completed')),
      [publishes('s1', 'completed'), publishes('s2', 'completed'), republish, confirms('s2', 'step-done')]
    ]
  ])
})

describe('backward: in reverse order', () => {
  clauses(last, [
    [
      'a service that has nothing turns the saga around',
      stands('completed', ['take']),
      from('s2', event('step-done', 'u')),
      'refuse-step',
      { ...stands('completed', ['take'], waits('s2', 'failed', 'u')), stands: { t: 'completed', u: 'refused' } },
      [publishes('s2', 'failed', 'u'), republish, confirms('s2', 'step-done', 'u')]
    ],
    [
      'a cancellation that comes before its saga stops it there',
      nothing,
      from('s2', event('cancelled')),
      'bar-step',
      stands('barred', [], waits('s2', 'failed')),
      [publishes('s2', 'failed'), republish, confirms('s2', 'cancelled')]
    ],
    [
      'and the step is not done when it comes',
      stands('barred', []),
      from('s2', event('step-done')),
      'confirm-again',
      stands('barred', []),
      [confirms('s2', 'step-done')]
    ],
    [
      'a cancellation that comes after the last step comes too late',
      stands('completed', ['take']),
      from('s2', event('cancelled')),
      'confirm-again',
      stands('completed', ['take']),
      [confirms('s2', 'cancelled')]
    ]
  ])
  clauses(middle, [
    [
      'a step is undone when those after it are',
      stands('done', ['take']),
      from('s3', event('failed')),
      'undo-step',
      stands('undone', ['take', 'give-back'], waits('s1', 'failed')),
      [publishes('s1', 'failed'), republish, confirms('s3', 'failed')]
    ],
    [
      'once',
      stands('undone', ['take', 'give-back']),
      from('s3', event('failed')),
      'confirm-again',
      stands('undone', ['take', 'give-back']),
      [confirms('s3', 'failed')]
    ],
    [
      'a service in the middle passes a cancellation on, and undoes nothing yet',
      stands('done', ['take']),
      from('s1', event('cancelled')),
      'pass-cancellation-on',
      stands('done', ['take'], waits('s3', 'cancelled')),
      [publishes('s3', 'cancelled'), republish, confirms('s1', 'cancelled')]
    ],
    [
      'what it has to say already it says again, and keeps once',
      stands('done', ['take'], waits('s3', 'cancelled')),
      from('s1', event('cancelled')),
      'pass-cancellation-on',
      stands('done', ['take'], waits('s3', 'cancelled')),
      [publishes('s3', 'cancelled'), republish, confirms('s1', 'cancelled')]
    ]
  ])
  clauses(first, [
    [
      'a client cancels at the first',
      stands('done', ['take']),
      asks('r', { type: 'cancel-saga', saga: 't' }),
      'cancel-saga',
      stands('done', ['take'], waits('s2', 'cancelled')),
      [publishes('s2', 'cancelled'), republish, tells('r', 'done')]
    ],
    [
      'or comes too late',
      stands('completed', ['take']),
      asks('r', { type: 'cancel-saga', saga: 't' }),
      'cancel-too-late',
      stands('completed', ['take']),
      [tells('r', 'completed')]
    ],
    [
      'the first has nobody before it to tell',
      stands('done', ['take']),
      from('s2', event('failed')),
      'undo-step',
      stands('undone', ['take', 'give-back']),
      [confirms('s2', 'failed')]
    ]
  ])
})

describe('[Richardson18] ch. 3, the transactional outbox', () => {
  clauses(middle, [
    [
      'keeps an event until it is confirmed by whom it was for',
      stands('done', ['take'], waits('s3', 'step-done'), waits('s3', 'cancelled')),
      from('s3', { type: 'received', event: event('step-done') }),
      'take-off-outbox',
      stands('done', ['take'], waits('s3', 'cancelled')),
      []
    ],
    [
      'and not by another',
      stands('done', ['take'], waits('s3', 'step-done')),
      from('s1', { type: 'received', event: event('step-done') }),
      'take-off-outbox',
      stands('done', ['take'], waits('s3', 'step-done')),
      []
    ],
    [
      'publishes it again',
      stands('done', ['take'], waits('s3', 'step-done')),
      republishEnds,
      'republish',
      stands('done', ['take'], waits('s3', 'step-done')),
      [publishes('s3', 'step-done'), republish]
    ],
    [
      'and nothing when it is empty',
      stands('done', ['take']),
      republishEnds,
      'ignore-timeout',
      stands('done', ['take']),
      []
    ]
  ])

  test('survives a crash', () => {
    const disk = stands('done', ['take'], waits('s3', 'step-done'))
    expect(sagaChoreography.recover(middle, disk)).toEqual({
      rule: 'reopen-and-republish',
      state: disk,
      effects: [publishes('s3', 'step-done'), republish]
    })
    expect(sagaChoreography.recover(middle, nothing)).toEqual({ rule: 'reopen-idle', state: nothing, effects: [] })
  })
})

describe('clients', () => {
  clauses(middle, [
    [
      'hear from any service how it stands to a saga',
      stands('undone', ['take', 'give-back']),
      asks('r', { type: 'ask-stand', saga: 't' }),
      'tell-stand',
      stands('undone', ['take', 'give-back']),
      [tells('r', 'undone')]
    ],
    [
      'and begin at the first only',
      nothing,
      asks('r', { type: 'begin-saga' }),
      'refuse-client',
      nothing,
      [{ type: 'reply', id: 'r', response: { type: 'not-first' } }]
    ]
  ])
})

const view = (id: NodeId, state: State): NodeView<SagaChoreography> => ({
  id,
  up: true,
  state,
  durable: state,
  timers: [],
  machine: null
})
const chainOf = (...states: ReadonlyArray<State>) => ({
  nodes: states.map((state, index) => view(`s${index + 1}`, state)),
  network: []
})
const done = stands('done', ['take'])
const undone = stands('undone', ['take', 'give-back'])
const completed = stands('completed', ['take'])

describe('[GS87] what a chain promises', () => {
  test('each step and each compensation at most once', () => {
    expect(atMostOnce.holds(chainOf(undone))).toBe(true)
    expect(atMostOnce.holds(chainOf(stands('done', ['take', 'take'])))).toBe(false)
  })
  test('a service gives no more than it has', () => {
    expect(withinUnits(1).holds(chainOf(done))).toBe(true)
    expect(withinUnits(0).holds(chainOf(done))).toBe(false)
  })
  test.each<{ stand: Stand; did: ReadonlyArray<Entry['did']>; holds: boolean }>([
    { stand: 'done', did: ['take'], holds: true },
    { stand: 'done', did: [], holds: false },
    { stand: 'barred', did: [], holds: true },
    { stand: 'barred', did: ['take'], holds: false },
    { stand: 'undone', did: ['take', 'give-back'], holds: true },
    { stand: 'undone', did: ['take'], holds: false },
    { stand: 'undone', did: [], holds: false }
  ])('$stand after $did is true: $holds', ({ stand, did, holds }) =>
    expect(standsAreTrue.holds(chainOf(stands(stand, did)))).toBe(holds)
  )
  test('in order, and in reverse order', () => {
    expect(inOrder.holds(chainOf(done, undone, nothing))).toBe(true)
    expect(inOrder.holds(chainOf(nothing, done))).toBe(false)
    expect(inOrder.holds(chainOf(undone, done))).toBe(false)
  })
  test('completed by all, or undone by all', () => {
    expect(completedByAll.holds(chainOf(done, completed))).toBe(true)
    expect(completedByAll.holds(chainOf(undone, completed))).toBe(false)
    expect(undoneByAll.holds(chainOf(undone, undone, nothing))).toBe(true)
    expect(undoneByAll.holds(chainOf(undone, undone, done))).toBe(false)
    expect(undoneByAll.holds(chainOf(stands('refused', []), done))).toBe(false)
  })
})

const arbitraryService = fc.constantFrom(first, middle, last)
const arbitraryType = fc.constantFrom<Published['type']>('step-done', 'failed', 'cancelled', 'completed')
const arbitraryNode = fc.constantFrom(...nodes)
const arbitrarySaga = fc.constantFrom('t', 'u')
const arbitraryState: fc.Arbitrary<State> = fc
  .tuple(
    fc.constantFrom(nothing, done, undone, completed, stands('refused', []), stands('barred', [])),
    fc.uniqueArray(fc.tuple(arbitraryNode, arbitraryType), { maxLength: 2, selector: (pair) => pair.join(' ') })
  )
  .map(([state, outbox]) => ({ ...state, outbox: outbox.map(([to, type]) => waits(to, type)) }))
const arbitraryEvent: fc.Arbitrary<Happening> = fc.oneof(
  fc.tuple(arbitraryNode, arbitraryType, arbitrarySaga).map(([sender, type, saga]) => from(sender, event(type, saga))),
  fc
    .tuple(arbitraryNode, arbitraryType, arbitrarySaga)
    .map(([sender, type, saga]) => from(sender, { type: 'received', event: event(type, saga) })),
  fc.constantFrom(
    republishEnds,
    asks('q', { type: 'begin-saga' }),
    asks('q', { type: 'cancel-saga', saga: 't' }),
    asks('q', { type: 'ask-stand', saga: 'u' })
  )
)

describe('the reducer', () => {
  test('answers every event in every state with a declared rule and data that decodes', () =>
    fc.assert(
      fc.property(arbitraryService, arbitraryState, arbitraryEvent, (self, state, happening) => {
        declaredStep(sagaChoreography, self, state, happening)
      })
    ))

  test('confirms every event that is not a confirmation, and keeps what it publishes', () =>
    fc.assert(
      fc.property(arbitraryService, arbitraryState, arbitraryEvent, (self, state, happening) => {
        const { state: after, effects } = sagaChoreography.step(self, state, happening)
        const sent = effects.filter((effect) => effect.type === 'send')
        const confirmed = sent.filter(({ message }) => message.type === 'received')
        const isEvent = happening.type === 'deliver' && happening.message.type !== 'received'
        expect(confirmed.length).toBe(isEvent ? 1 : 0)
        sent
          .filter(({ message }) => message.type !== 'received')
          .forEach(({ to, message }) => expect(after.outbox).toContainEqual({ to, event: message }))
      })
    ))

  test('never takes back what it has written, and comes back from a crash with all of it', () =>
    fc.assert(
      fc.property(arbitraryService, arbitraryState, arbitraryEvent, (self, state, happening) => {
        const { state: after } = sagaChoreography.step(self, state, happening)
        expect(after.ledger.slice(0, state.ledger.length)).toEqual(state.ledger)
        const read = sagaChoreography.codecs.durable.decode(JSON.parse(JSON.stringify(sagaChoreography.durable(after))))
        if (either.isLeft(read)) throw new Error('the disk does not decode')
        expect(sagaChoreography.recover(self, read.right).state).toEqual(after)
      })
    ))
})

/** Every state, none left out, so that the counts mean the same for every checker. */
const plainly = async (model: Model<any>): Promise<Report> => rightOf(await check(model, { reduce: [] }))

describe('the models', () => {
  test.each<{ model: Model<any>; states: number; transitions: number; depth: number }>([
    { model: chainModel.build({ services: 3, crashes: 1 }), states: 4722, transitions: 18707, depth: 18 },
    { model: refusal.build({ sagas: 2, crashes: 0 }), states: 3832, transitions: 18584, depth: 23 },
    { model: partition.build({ crashes: 0 }), states: 5305, transitions: 18304, depth: 19 },
    { model: oneWayPartition.build({ crashes: 0 }), states: 8488, transitions: 35248, depth: 19 },
    { model: unordered.build({ crashes: 1, lose: 0, duplicate: 0 }), states: 20248, transitions: 83508, depth: 19 }
  ])('$model.name holds in each of its $states states', async ({ model, ...counts }) =>
    expect(await plainly(model)).toMatchObject({ verdict: 'holds', complete: true, ...counts })
  )

  test('fire every rule', async () => {
    const models = [chainModel.build({ services: 3, crashes: 1 }), refusal.build({ sagas: 2, crashes: 0 })]
    const reports = await Promise.all(models.map(plainly))
    const fired = new Set(reports.flatMap(({ rules }) => rules.fired))
    expect(sagaChoreography.rules.filter((rule) => !fired.has(rule))).toEqual([])
  })

  test.each<{ file: string; model: Model<any> }>([
    { file: 'double-step', model: doubleStep },
    { file: 'lost-event', model: lostEvent },
    { file: 'overtaken-step', model: overtakenStep },
    { file: 'hasty-undo', model: hastyUndo }
  ])('$model.name', async ({ file, model }) => expectCounterexample(model, `saga-choreography/${file}.txt`))
})
