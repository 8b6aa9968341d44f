/** From actions to traces: why an action cannot happen, and what fills the gaps that a reduced search leaves. */
import { describe, expect, test } from '@jest/globals'
import type { Action } from '../src/model/action.ts'
import { between } from '../src/model/cuts.ts'
import { asynchronous, fifo, unordered, type Model } from '../src/model/model.ts'
import { record, replay, type Trace } from '../src/trace/index.ts'
import { pingPongModel } from './support/ping-pong.ts'
import { actionsOf, leftOf, rightOf, validated } from './support/runs.ts'
import { faulty, forgetting } from './support/shown-runs.ts'

const run = { shows: 'run', property: null, origin: null } as const
const request: Action = {
  type: 'request',
  node: 'a',
  id: 'put',
  request: { type: 'write', value: 'x' },
  crash: null
}
const ping: Action = {
  type: 'deliver',
  node: 'b',
  from: 'a',
  message: { type: 'ping', index: 1, value: 'x' },
  crash: null
}
const crashC: Action = { type: 'crash', node: 'c', forGood: false }
const cutC: Action = { type: 'partition', cut: 'a b | c' }
const lossOf = (node: string): Action => ({
  type: 'lose',
  node,
  from: 'a',
  message: { type: 'ping', index: 1, value: 'x' }
})

describe('an action that cannot happen is refused with the reason', () => {
  const twice = pingPongModel(fifo({ lose: 1 }), { crashes: 1, crashing: ['c'] }, { writes: 2 })
  const parted = pingPongModel(asynchronous(), {
    partitions: { times: 1, cuts: [between(['a', 'b'], ['c'])], heal: false }
  })
  const mortal = pingPongModel(unordered(), { crashesForGood: 1 })
  const first: Action = { ...request, id: 'put#1' }
  test.each<[string, Model<any>, ReadonlyArray<Action>, string]>([
    ['not in flight', faulty, [ping], 'no such message from a to b is in flight'],
    ['node down', faulty, [request, crashC, { ...ping, node: 'c' }], 'c is down'],
    ['cut off', faulty, [request, cutC, { ...ping, node: 'c' }], 'the partition "a b | c" cuts the link from a to c'],
    [
      'behind in its queue',
      twice,
      [
        first,
        { type: 'timeout', node: 'a', timer: 'resend', crash: null },
        { ...ping, message: { type: 'ping', index: 1, value: 'y' } }
      ],
      'no such message from a to b is in flight'
    ],
    ['timer', faulty, [{ type: 'timeout', node: 'a', timer: 'resend', crash: null }], 'timer resend is not armed at a'],
    ['unknown node', faulty, [crashC, { ...ping, node: 'z' }], 'there is no node "z"'],
    ['request made', faulty, [request, request], 'request put was made already'],
    ['request in turn', twice, [{ ...request, id: 'put#2' }], 'request put#1 comes first'],
    ['request unknown', faulty, [{ ...request, id: 'get' }], 'the model has no request "get"'],
    ['request elsewhere', faulty, [{ ...request, node: 'b' }], 'request put is not made at b'],
    [
      'request other',
      faulty,
      [{ ...request, request: { type: 'write', value: 'y' } }],
      'request put is {write value=x} in the model'
    ],
    ['budget of crashes', faulty, [crashC, { ...crashC, node: 'b' }], 'the budget of crashes is spent'],
    ['no crash for good', faulty, [{ ...crashC, forGood: true }], 'the budget of crashes for good is spent'],
    ['may not crash', twice, [{ ...crashC, node: 'a' }], 'the model does not let a crash'],
    ['crash of one down', mortal, [{ ...crashC, forGood: true }, crashC], 'c is down'],
    ['restart of one up', faulty, [{ type: 'restart', node: 'c', crash: null }], 'c is up'],
    [
      'restart of one gone',
      mortal,
      [
        { ...crashC, forGood: true },
        { type: 'restart', node: 'c', crash: null }
      ],
      'c crashed for good'
    ],
    ['budget of losses', faulty, [request, lossOf('b'), lossOf('c')], 'the budget of losses is spent'],
    [
      'loss, asynchronous',
      parted,
      [request, lossOf('b')],
      'the asynchronous network loses and duplicates without a step of its own'
    ],
    ['second partition', faulty, [cutC, { type: 'partition', cut: 'a | b c' }], 'the partition "a b | c" is in force'],
    ['partitions spent', faulty, [cutC, { type: 'heal' }, cutC], 'the budget of partitions is spent'],
    ['partition unknown', faulty, [{ type: 'partition', cut: 'a | z' }], 'the model has no partition "a | z"'],
    ['nothing to heal', faulty, [{ type: 'heal' }], 'no partition is in force'],
    ['no healing', parted, [cutC, { type: 'heal' }], 'partitions of this model do not heal'],
    [
      'cut, asynchronous',
      forgetting,
      [{ ...request, crash: { kept: 0, forGood: false } }],
      'on the asynchronous network no crash cuts a step'
    ],
    [
      'cut too late',
      faulty,
      [{ ...request, crash: { kept: 2, forGood: false } }],
      '2 messages leave a in this step, so no crash cuts it after 2'
    ],
    [
      'cut of one that may not crash',
      twice,
      [{ ...first, crash: { kept: 0, forGood: false } }],
      'the model does not let a crash'
    ]
  ])('%s', (_name, subject, actions, reason) => {
    const found = leftOf(record(validated(subject), actions, run))
    expect(found.code).toBe('Q404')
    expect(found.what).toBe(`step ${actions.length} cannot happen: ${reason}`)
    expect(found.where[1]).toMatch(new RegExp(`^step ${actions.length}: `))
  })
})

describe('runs of a search that dropped dead messages', () => {
  const subject = pingPongModel(
    fifo({ lose: 1, duplicate: 1 }),
    { crashes: 1, partitions: { times: 1, cuts: 'symmetric' } },
    { backups: 1, writes: 2 }
  )
  const valid = validated(subject)
  // Two pongs for the first write, of which the second is dead when it is in flight before the pong for the second.
  const beginning = actionsOf(valid, [
    'client->a write value=x (put#1)',
    'a timeout resend',
    'a->b ping index=1 value=x',
    'a->b ping index=1 value=x',
    'b->a pong index=1',
    'client->a write value=x (put#2)',
    'a->b ping index=2 value=x'
  ])
  const pong = (index: number): Action => ({
    type: 'deliver',
    node: 'a',
    from: 'b',
    message: { type: 'pong', index },
    crash: null
  })
  const duplicated: Action = { type: 'duplicate', node: 'a', from: 'b', message: { type: 'pong', index: 2 } }
  const actionsIn = (trace: Trace) => trace.steps.map(({ action }) => action)

  test('are refused as they stand: the dead message is at the head of the queue', () => {
    expect(leftOf(record(valid, [...beginning, pong(2)], run)).what).toBe(
      'step 8 cannot happen: it is not at the head of the fifo queue from b to a, so it cannot be delivered yet'
    )
  })

  test('are filled in with the deliveries of the dead messages', () => {
    const trace = rightOf(record(valid, [...beginning, pong(2)], { ...run, fill: true }))
    expect(actionsIn(trace).slice(7)).toEqual([pong(1), pong(2)])
    expect(rightOf(replay(valid, trace)).stillShows).toBe(true)
  })

  test('have their losses and duplications behind a partition put off until it heals', () => {
    const actions: ReadonlyArray<Action> = [
      ...beginning,
      { type: 'partition', cut: 'a | b' },
      duplicated,
      { type: 'heal' },
      pong(2)
    ]
    expect(actionsIn(rightOf(record(valid, actions, { ...run, fill: true }))).slice(7)).toEqual([
      { type: 'partition', cut: 'a | b' },
      { type: 'heal' },
      pong(1),
      duplicated,
      pong(2)
    ])
  })

  test('are our bug if a message that was dropped matters', () => {
    const twoPings = actionsOf(valid, [
      'client->a write value=x (put#1)',
      'a crash',
      'a restart',
      'client->a write value=x (put#2)'
    ])
    const second: Action = { ...ping, message: { type: 'ping', index: 2, value: 'x' } }
    expect(() => record(valid, [...twoPings, second], { ...run, fill: true })).toThrow(
      'a message that was dropped as dead matters: a->b ping index=1 value=x'
    )
  })

  test('show their deadlock when the dead messages are gone', () => {
    const about = { ...run, shows: 'deadlock' } as const
    const single = validated(pingPongModel(unordered({ lose: 1 }), { crashesForGood: 1 }, { backups: 1 }))
    const actions = actionsOf(single, [
      'client->a write value=x (put)',
      'a timeout resend',
      'a->b ping index=1 value=x',
      'b->a pong index=1',
      'a->b ping index=1 value=x',
      'b crash for good'
    ])
    const unfilled = rightOf(record(single, actions, about))
    const filled = rightOf(record(single, actions, { ...about, fill: true }))
    expect(rightOf(replay(single, unfilled)).stillShows).toBe(false)
    expect(filled.steps.map(({ rule }) => rule).slice(6)).toEqual(['ignore-pong'])
    expect(rightOf(replay(single, filled)).stillShows).toBe(true)
  })
})
