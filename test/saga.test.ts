/** The clauses of sagas with an orchestrator, one by one, as the sources have them. */
// Long because every clause is a row here, and the rows share one cast of states.
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import type { Effect, Event, NodeId, Self } from '../spec/kernel/index.ts'
import {
  saga,
  type Action,
  type Config,
  type Definition,
  type Message,
  type Orchestrator,
  type Response,
  type Rule,
  type Saga,
  type SagaProtocol,
  type Service,
  type State
} from '../spec/saga/index.ts'
import { declaredStep } from './support/clauses.ts'

type Happening = Event<SagaProtocol>
type Outward = Effect<SagaProtocol>

/** Two steps at once, the pivot, one more step. */
const definition: Definition = {
  stages: [
    [
      { service: 'a', action: 'take' },
      { service: 'b', action: 'take' }
    ],
    [{ service: 'c', action: 'take' }],
    [{ service: 'a', action: 'confirm' }]
  ],
  pivot: 1
}
const nodes = ['o', 'a', 'b', 'c']
const orchestrator = (recovery: 'backward' | 'forward' = 'backward'): Self<SagaProtocol> => ({
  id: 'o',
  nodes,
  config: { role: 'orchestrator', definition, recovery }
})
const service = (semanticLock = false): Self<SagaProtocol> => ({
  id: 'a',
  nodes,
  config: { role: 'service', units: 1, semanticLock }
})

const log = (...sagas: ReadonlyArray<Saga>): Orchestrator => ({ role: 'orchestrator', sagas })
const running = (stage: number, ...done: ReadonlyArray<NodeId>): Saga => ({ id: 's', phase: 'running', stage, done })
const compensating = (stage: number, ...left: ReadonlyArray<NodeId>): Saga => ({
  id: 's',
  phase: 'compensating',
  stage,
  left
})
const completed: Saga = { id: 's', phase: 'ended', outcome: 'completed' }
const compensated: Saga = { id: 's', phase: 'ended', outcome: 'compensated' }

const empty: Service = { role: 'service', units: 1, ledger: [], answered: {} }
const took: Service = { ...empty, ledger: [{ saga: 's', did: 'take' }], answered: { 's/take': 'done' } }
const gaveBack: Service = {
  ...empty,
  ledger: [
    { saga: 's', did: 'take' },
    { saga: 's', did: 'give-back' }
  ],
  answered: { 's/take': 'done', 's/undo-take': 'compensated' }
}
const barred: Service = { ...empty, answered: { 's/undo-take': 'compensated' } }

type Answering = Exclude<Message['type'], 'execute'>
const about = (type: Answering, action: Action = 'take', id = 's'): Message => ({ type, saga: id, action })
const execute = (action: Action, mayRefuse: boolean, id = 's'): Message => ({
  type: 'execute',
  saga: id,
  action,
  mayRefuse
})
const from = (sender: NodeId, message: Message): Happening => ({ type: 'deliver', from: sender, message })
const asks = (id: string, request: Extract<Happening, { type: 'request' }>['request']): Happening => ({
  type: 'request',
  id,
  request
})
const retryEnds: Happening = { type: 'timeout', timer: 'retry' }

const sends = (to: NodeId, message: Message): Outward => ({ type: 'send', to, message })
const tells = (id: string, response: Response): Outward => ({ type: 'reply', id, response })
const status = (id: string, told: Extract<Response, { type: 'status' }>['status']) =>
  tells(id, { type: 'status', status: told })
const retry: Outward = { type: 'start-timer', timer: 'retry' }
const firstStage = [sends('a', execute('take', true)), sends('b', execute('take', true))]

type Clause = readonly [string, State, Happening, Rule, State, ReadonlyArray<Outward>]

const clauses = (who: Self<SagaProtocol>, table: ReadonlyArray<Clause>) =>
  test.each(table)('%s', (_clause, state, event, rule, after, effects) =>
    expect(saga.step(who, state, event)).toEqual({ rule, state: after, effects })
  )

describe('[GS87] begin-saga, and the transactions in order', () => {
  clauses(orchestrator(), [
    [
      'the saga is in the log when its first steps are asked for, and when its client hears of it',
      log(),
      asks('s', { type: 'begin-saga' }),
      'begin-saga',
      log(running(0)),
      [...firstStage, retry, status('s', 'running')]
    ],
    [
      'parallel steps are waited for',
      log(running(0)),
      from('b', about('done')),
      'count-done',
      log(running(0, 'b')),
      []
    ],
    [
      'when all of a stage are done, the next begins',
      log(running(0, 'b')),
      from('a', about('done')),
      'start-next-stage',
      log(running(1)),
      [sends('c', execute('take', true)), retry]
    ],
    [
      '[MRSK92] what comes after the pivot must not be refused',
      log(running(1)),
      from('c', about('done')),
      'start-next-stage',
      log(running(2)),
      [sends('a', execute('confirm', false)), retry]
    ],
    [
      'when the last is done, the saga has completed',
      log(running(2)),
      from('a', about('done', 'confirm')),
      'complete-saga',
      log(completed),
      []
    ],
    [
      'an answer to an earlier step of the same service is not taken for this one',
      log(running(2)),
      from('a', about('done')),
      'ignore-late-answer',
      log(running(2)),
      []
    ],
    [
      'who is busy is asked again',
      log(running(0)),
      from('a', about('busy')),
      'wait-for-service',
      log(running(0)),
      [retry]
    ],
    [
      'what is awaited is asked for again',
      log(running(0, 'b')),
      retryEnds,
      'retry',
      log(running(0, 'b')),
      [firstStage[0]!, retry]
    ],
    ['nothing is asked for when nothing is awaited', log(completed), retryEnds, 'ignore-timeout', log(completed), []]
  ])
})

describe('[GS87] backward recovery', () => {
  clauses(orchestrator(), [
    [
      'a step is refused: the others of its stage may have run',
      log(running(0, 'b')),
      from('a', about('refused')),
      'compensate-on-refusal',
      log(compensating(0, 'b')),
      [sends('b', about('compensate')), retry]
    ],
    [
      'the pivot is refused: the stage before it is undone',
      log(running(1)),
      from('c', about('refused')),
      'compensate-on-refusal',
      log(compensating(0, 'a', 'b')),
      [sends('a', about('compensate')), sends('b', about('compensate')), retry]
    ],
    [
      'abort-saga undoes what may be under way',
      log(running(0)),
      asks('r', { type: 'abort-saga', saga: 's' }),
      'abort-on-command',
      log(compensating(0, 'a', 'b')),
      [sends('a', about('compensate')), sends('b', about('compensate')), retry, status('r', 'compensating')]
    ],
    [
      '[MRSK92] once the pivot was asked for, abort-saga comes too late',
      log(running(1)),
      asks('r', { type: 'abort-saga', saga: 's' }),
      'abort-too-late',
      log(running(1)),
      [status('r', 'running')]
    ],
    [
      'abort-saga comes too late for a saga that ended, and for one that never was',
      log(),
      asks('r', { type: 'abort-saga', saga: 's' }),
      'abort-too-late',
      log(),
      [status('r', 'unknown')]
    ],
    [
      'parallel compensations are waited for',
      log(compensating(0, 'a', 'b')),
      from('b', about('compensated')),
      'count-compensated',
      log(compensating(0, 'a')),
      []
    ],
    [
      'when the first stage is undone, the saga has ended',
      log(compensating(0, 'a')),
      from('a', about('compensated')),
      'end-compensated',
      log(compensated),
      []
    ],
    [
      'a step that is done late changes nothing: its compensation was asked for',
      log(compensating(0, 'a')),
      from('a', about('done')),
      'ignore-late-answer',
      log(compensating(0, 'a')),
      []
    ],
    [
      'what an ended saga still hears changes nothing',
      log(compensated),
      from('a', about('refused')),
      'ignore-late-answer',
      log(compensated),
      []
    ],
    [
      'what a saga hears that is not in the log changes nothing',
      log(),
      from('a', about('done')),
      'ignore-late-answer',
      log(),
      []
    ]
  ])

  test('stages are undone one by one, the last first', () => {
    const who: Self<SagaProtocol> = {
      ...orchestrator(),
      config: { role: 'orchestrator', definition: { ...definition, pivot: null }, recovery: 'backward' }
    }
    expect(saga.step(who, log(compensating(1, 'c')), from('c', about('compensated')))).toEqual({
      rule: 'compensate-previous-stage',
      state: log(compensating(0, 'a', 'b')),
      effects: [sends('a', about('compensate')), sends('b', about('compensate')), retry]
    })
  })
})

describe('[GS87] recovery from the saga log', () => {
  const recovers = (recovery: 'backward' | 'forward', disk: State) => saga.recover(orchestrator(recovery), disk)

  test('backward: a saga that was interrupted is undone, the steps under way included', () =>
    expect(recovers('backward', log(running(0, 'b')))).toEqual({
      rule: 'recover-backward',
      state: log(compensating(0, 'a', 'b')),
      effects: [sends('a', about('compensate')), sends('b', about('compensate')), retry]
    }))

  test('backward: from the pivot on there is no way back', () =>
    expect(recovers('backward', log(running(1)))).toEqual({
      rule: 'recover-backward',
      state: log(running(1)),
      effects: [sends('c', execute('take', true)), retry]
    }))

  test('forward: it goes on where it was', () =>
    expect(recovers('forward', log(running(0, 'b')))).toEqual({
      rule: 'recover-forward',
      state: log(running(0, 'b')),
      effects: [firstStage[0], retry]
    }))

  test('forward: one that was being undone goes on with that', () =>
    expect(recovers('forward', log(compensating(0, 'b')))).toEqual({
      rule: 'recover-forward',
      state: log(compensating(0, 'b')),
      effects: [sends('b', about('compensate')), retry]
    }))

  test('what has ended has ended', () =>
    expect(recovers('backward', log(completed, { ...compensated, id: 'r' }))).toEqual({
      rule: 'recover-idle',
      state: log(completed, { ...compensated, id: 'r' }),
      effects: []
    }))

  test('a service finds all that it knew', () =>
    expect(saga.recover(service(), took)).toEqual({ rule: 'reopen-service', state: took, effects: [] }))
})

describe('[Richardson18] ch. 4, an idempotent participant', () => {
  clauses(service(), [
    [
      'does a step, and keeps its answer with it',
      empty,
      from('o', execute('take', true)),
      'do-step',
      took,
      [sends('o', about('done'))]
    ],
    [
      'asked again, answers the same',
      took,
      from('o', execute('take', true)),
      'repeat-answer',
      took,
      [sends('o', about('done'))]
    ],
    [
      'refuses what it does not have, for good',
      took,
      from('o', execute('take', true, 'r')),
      'refuse-step',
      { ...took, answered: { 's/take': 'done', 'r/take': 'refused' } },
      [sends('o', about('refused', 'take', 'r'))]
    ],
    [
      '[MRSK92] may not refuse what must succeed in the end, and keeps no record',
      took,
      from('o', execute('take', false, 'r')),
      'make-wait-for-unit',
      took,
      [sends('o', about('busy', 'take', 'r'))]
    ],
    [
      'undoes what it did',
      took,
      from('o', about('compensate')),
      'undo-step',
      gaveBack,
      [sends('o', about('compensated'))]
    ],
    [
      'undoes it once',
      gaveBack,
      from('o', about('compensate')),
      'repeat-answer',
      gaveBack,
      [sends('o', about('compensated'))]
    ],
    [
      'has nothing to undo where the step did not come, and remembers that',
      empty,
      from('o', about('compensate')),
      'undo-nothing',
      barred,
      [sends('o', about('compensated'))]
    ],
    [
      'does not do a step that comes after its compensation',
      barred,
      from('o', execute('take', true)),
      'refuse-late-step',
      barred,
      [sends('o', about('refused'))]
    ],
    [
      'a unit that was given back can be taken',
      gaveBack,
      from('o', execute('take', true, 'r')),
      'do-step',
      {
        ...gaveBack,
        ledger: [...gaveBack.ledger, { saga: 'r', did: 'take' }],
        answered: { ...gaveBack.answered, 'r/take': 'done' }
      },
      [sends('o', about('done', 'take', 'r'))]
    ]
  ])
})

describe('[FZ98] the semantic lock', () => {
  const confirmed: Service = {
    ...took,
    ledger: [...took.ledger, { saga: 's', did: 'confirm' }],
    answered: { ...took.answered, 's/confirm': 'done' }
  }
  clauses(service(true), [
    [
      'a unit that may still be given back makes others wait',
      took,
      from('o', execute('take', true, 'r')),
      'make-wait-for-lock',
      took,
      [sends('o', about('busy', 'take', 'r'))]
    ],
    [
      'confirming lifts the lock',
      took,
      from('o', execute('confirm', false)),
      'do-step',
      confirmed,
      [sends('o', about('done', 'confirm'))]
    ],
    [
      'what is taken for good is refused',
      confirmed,
      from('o', execute('take', true, 'r')),
      'refuse-step',
      { ...confirmed, answered: { ...confirmed.answered, 'r/take': 'refused' } },
      [sends('o', about('refused', 'take', 'r'))]
    ]
  ])
})

describe('clients', () => {
  const wrongNode: Response = { type: 'wrong-node' }
  clauses(orchestrator(), [
    [
      'hear what the log says',
      log(completed),
      asks('r', { type: 'ask-status', saga: 's' }),
      'tell-status',
      log(completed),
      [status('r', 'completed')]
    ],
    [
      'find no units at an orchestrator',
      log(),
      asks('r', { type: 'add-unit' }),
      'refuse-client',
      log(),
      [tells('r', wrongNode)]
    ],
    ['an orchestrator does no steps', log(), from('a', execute('take', true)), 'ignore-misdirected', log(), []]
  ])
  clauses(service(), [
    [
      'add units to a service',
      took,
      asks('r', { type: 'add-unit' }),
      'add-unit',
      { ...took, units: 2 },
      [tells('r', { type: 'units', units: 2 })]
    ],
    ['begin no sagas there', empty, asks('r', { type: 'begin-saga' }), 'refuse-client', empty, [tells('r', wrongNode)]],
    ['a service takes no answers', empty, from('b', about('done')), 'ignore-misdirected', empty, []],
    ['a service waits for nothing', empty, retryEnds, 'ignore-timeout', empty, []]
  ])

  test.each<{ self: Self<SagaProtocol>; disk: State }>([
    { self: orchestrator(), disk: empty },
    { self: service(), disk: log() }
  ])('a node that finds the disk of another role does nothing', ({ self, disk }) => {
    expect(saga.recover(self, disk)).toEqual({ rule: 'ignore-misdirected', state: disk, effects: [] })
    expect(saga.step(self, disk, retryEnds).rule).toBe('ignore-misdirected')
  })
})

const arbitraryId = fc.constantFrom('r', 's')
const arbitraryAction = fc.constantFrom<Action>('take', 'confirm')
const arbitraryNode = fc.constantFrom(...nodes)
const arbitrarySaga = arbitraryId.chain((id) =>
  fc.oneof(
    fc.record({ id: fc.constant(id), phase: fc.constant('running' as const), stage: fc.nat(2), done: fc.constant([]) }),
    fc.constantFrom<Saga>({ ...compensating(0, 'a'), id }, { ...compensating(0, 'a', 'b'), id }, { ...completed, id })
  )
)
const arbitraryNodeAndState = fc.oneof(
  fc.tuple(
    fc.constantFrom(orchestrator('backward'), orchestrator('forward')),
    fc.uniqueArray(arbitrarySaga, { selector: ({ id }) => id }).map((sagas): State => log(...sagas))
  ),
  fc.tuple(
    fc.constantFrom(service(false), service(true)),
    fc.constantFrom<State>(empty, took, gaveBack, barred, { ...empty, units: 0 })
  )
)
const arbitraryMessage: fc.Arbitrary<Message> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom<Answering>('compensate', 'done', 'refused', 'busy', 'compensated'),
      arbitraryAction,
      arbitraryId
    )
    .map(([type, action, id]) => about(type, action, id)),
  fc.tuple(arbitraryAction, fc.boolean(), arbitraryId).map(([action, may, id]) => execute(action, may, id))
)
const arbitraryEvent: fc.Arbitrary<Happening> = fc.oneof(
  fc.tuple(arbitraryNode, arbitraryMessage).map(([sender, message]) => from(sender, message)),
  fc.constant(retryEnds),
  fc.constantFrom(
    asks('q', { type: 'begin-saga' }),
    asks('q', { type: 'abort-saga', saga: 's' }),
    asks('q', { type: 'ask-status', saga: 's' }),
    asks('q', { type: 'add-unit' })
  )
)

describe('the reducer', () => {
  test('answers every event in every state with a declared rule and data that decodes', () =>
    fc.assert(
      fc.property(arbitraryNodeAndState, arbitraryEvent, ([self, state], event) => {
        declaredStep(saga, self, state, event)
      })
    ))

  test('never takes back what it has written', () =>
    fc.assert(
      fc.property(arbitraryNodeAndState, arbitraryEvent, ([self, state], event) => {
        const { state: after } = saga.step(self, state, event)
        if (state.role === 'service' && after.role === 'service') {
          expect(after.ledger.slice(0, state.ledger.length)).toEqual(state.ledger)
          expect(after.answered).toMatchObject(state.answered)
        }
        if (state.role === 'orchestrator' && after.role === 'orchestrator')
          state.sagas.forEach((one, index) => {
            expect(after.sagas[index]?.id).toBe(one.id)
            if (one.phase === 'ended') expect(after.sagas[index]).toEqual(one)
          })
      })
    ))

  test('comes back from a crash with all that it knew', () =>
    fc.assert(
      fc.property(arbitraryNodeAndState, ([self, state]) => {
        const read = saga.codecs.durable.decode(JSON.parse(JSON.stringify(saga.durable(state))))
        if (either.isLeft(read)) throw new Error('the disk does not decode')
        expect(saga.codecs.durable.is(saga.recover(self, read.right).state)).toBe(true)
        if (state.role === 'service') expect(saga.recover(self, read.right).state).toEqual(state)
      })
    ))

  test('starts with nothing begun and nothing taken', () => {
    const openings: ReadonlyArray<readonly [Config, State]> = [
      [orchestrator().config, log()],
      [service().config, empty]
    ]
    openings.forEach(([config, state]) =>
      expect(saga.initial({ id: 'a', nodes, config })).toMatchObject({ state, effects: [] })
    )
  })
})
