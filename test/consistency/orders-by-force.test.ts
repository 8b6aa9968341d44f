import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import { fail, historyOf, info, invoke, ok } from '../../src/consistency/builder.ts'
import { generate, randomFrom } from '../../src/consistency/generate.ts'
import { calls } from '../../src/consistency/history.ts'
import type { Call } from '../../src/consistency/history.ts'
import { linearizable } from '../../src/consistency/linearizable.ts'
import { keyed } from '../../src/consistency/specification.ts'
import { mutex } from '../../src/consistency/specifications/mutex.ts'
import { queue } from '../../src/consistency/specifications/queue.ts'
import { casRegister, register } from '../../src/consistency/specifications/registers.ts'
import { set } from '../../src/consistency/specifications/set.ts'
import { canonical } from '../../src/model/data.ts'
import { at, cas, dequeue, enqueue, linear, read, sequential, write } from './support.ts'
import type { AnyHistory, AnySpecification } from './support.ts'

/** A history of a few clients whose calls overlap at random, with responses drawn at random: legal or not by chance. */
const randomHistory = (
  operation: fc.Arbitrary<unknown>,
  responses: (operation: any) => fc.Arbitrary<unknown>,
  mostCalls: number
): fc.Arbitrary<AnyHistory> =>
  fc
    .array(fc.record({ client: fc.nat(2), gap: fc.nat(3), operation, outcome: fc.nat(11) }), {
      minLength: 1,
      maxLength: mostCalls
    })
    .chain((plan) => fc.tuple(...plan.map((step) => responses(step.operation))).map((drawn) => ({ plan, drawn })))
    .map(({ plan, drawn }) => {
      const open = new Map<string, { readonly until: number; readonly close: any }>()
      const lives = new Map<number, number>()
      const entries: Array<any> = []
      plan.forEach(({ client, gap, operation: asked, outcome }, now) => {
        for (const [process, { until, close }] of [...open])
          if (until <= now || process.startsWith(`${client}.`)) {
            entries.push(close)
            open.delete(process)
          }
        const process = `${client}.${lives.get(client) ?? 0}`
        entries.push(invoke(process, asked))
        const close = outcome === 0 ? fail(process) : outcome < 3 ? info(process) : ok(process, drawn[now])
        if (close.type === 'info') lives.set(client, (lives.get(client) ?? 0) + 1)
        open.set(process, { until: now + gap + 1, close })
      })
      const pending = plan.length % 2 === 0
      for (const { close } of open.values()) if (!pending || close.type !== 'ok') entries.push(close)
      return historyOf(...entries)
    })

/** Whether the response is one that the outcome allows. */
const fits = (outcome: any, response: unknown): boolean =>
  'accepts' in outcome ? outcome.accepts(response) : canonical(outcome.response) === canonical(response)

/** Whether some order of the calls, with any choice of the optional ones, is legal and keeps `precedes`. */
const bruteForce = (
  specification: AnySpecification,
  history: AnyHistory,
  precedes: (a: Call<any, any>, b: Call<any, any>) => boolean
): boolean => {
  const paired = calls(history)
  if (either.isLeft(paired)) throw new Error('the generator is wrong')
  const all = paired.right.filter(({ completion }) => completion?.type !== 'fail')
  const isCertain = ({ completion }: Call<any, any>) => completion?.type === 'ok'
  const go = (state: unknown, rest: ReadonlyArray<Call<any, any>>): boolean =>
    !rest.some(isCertain) ||
    rest.some((next) => {
      if (rest.some((other) => other !== next && precedes(other, next))) return false
      const others = rest.filter((other) => other !== next)
      // An optional call that is skipped is left out for good: those after it in program order go on.
      if (!isCertain(next) && go(state, others)) return true
      const outcome = specification.apply(state, next.operation)
      if (outcome === null) return false
      const allowed = next.completion?.type !== 'ok' || fits(outcome, next.completion.response)
      return allowed && go(outcome.state, others)
    })
  return go(specification.initial, all)
}

const realTimePrecedes = (a: Call<any, any>, b: Call<any, any>) =>
  a.completion?.type === 'ok' && a.completion.index < b.invocation.index
const programPrecedes = (a: Call<any, any>, b: Call<any, any>) =>
  a.process === b.process && a.invocation.index < b.invocation.index

const value = fc.nat(2)
const worlds: ReadonlyArray<readonly [string, AnySpecification, fc.Arbitrary<AnyHistory>]> = [
  [
    'cas-register',
    casRegister(0),
    randomHistory(
      fc.oneof(
        fc.constant(read),
        value.map(write),
        fc.tuple(value, value).map(([from, to]) => cas(from, to))
      ),
      ({ type }) => (type === 'read' ? value : type === 'write' ? fc.constant(null) : fc.boolean()),
      8
    )
  ],
  [
    'keyed register',
    keyed(register(0)),
    randomHistory(
      fc
        .tuple(fc.constantFrom('x', 'y'), fc.oneof(fc.constant(read), value.map(write)))
        .map(([key, one]) => at(key, one)),
      ({ operation }) => (operation.type === 'read' ? value : fc.constant(null)),
      8
    )
  ],
  [
    'queue',
    queue,
    randomHistory(
      fc.oneof(fc.constant(dequeue), fc.constantFrom('a', 'b').map(enqueue)),
      ({ type }) => (type === 'dequeue' ? fc.constantFrom('a', 'b', null) : fc.constant(null)),
      8
    )
  ],
  [
    'mutex',
    mutex,
    randomHistory(fc.constantFrom({ type: 'acquire' }, { type: 'release' }), () => fc.constant(null), 8)
  ],
  [
    'set',
    set,
    randomHistory(
      fc.oneof(
        fc.constant(read),
        value.map((one) => ({ type: 'add', value: one }))
      ),
      ({ type }) => (type === 'read' ? fc.subarray([2, 0, 1]) : fc.constant(null)),
      7
    )
  ]
]

/** The state after these calls one by one; the order has to be legal and to keep real time. */
const replayed = (order: ReadonlyArray<Call<any, any>>): unknown => {
  expect(order.some((one, i) => order.slice(i + 1).some((other) => realTimePrecedes(other, one)))).toBe(false)
  return order.reduce<unknown>((state, { operation, completion }) => {
    const outcome = casRegister(0).apply(state, operation)
    if (outcome === null) throw new Error('not allowed')
    if (completion?.type === 'ok') expect(fits(outcome, completion.response)).toBe(true)
    return outcome.state
  }, 0)
}

const drawn = (random: (below: number) => number) => {
  const kind = random(3)
  return kind === 0 ? read : kind === 1 ? write(random(3)) : cas(random(3), random(3))
}
/** A legal history, some of whose answers are then changed. */
const longHistory = fc
  .record({ seed: fc.integer(), clients: fc.integer({ min: 2, max: 5 }), lostOneIn: fc.constantFrom(0, 12) })
  .chain(({ seed, clients, lostOneIn }) =>
    fc.record({ changes: fc.nat(2), seed: fc.constant(seed) }).map(({ changes }) => {
      const legal = generate(casRegister(0), { clients, calls: 25, seed, lostOneIn, operation: drawn })
      const random = randomFrom(seed)
      const answers = legal.filter(
        ({ type, ...record }) => type === 'ok' && 'response' in record && record.response !== null
      )
      const changed = new Set(Array.from({ length: changes }, () => answers[random(answers.length)]))
      return legal.map((record) =>
        record.type === 'ok' && changed.has(record)
          ? { ...record, response: typeof record.response === 'boolean' ? !record.response : random(3) }
          : record
      )
    })
  )

describe('judged against every permutation', () => {
  const seen = { ok: 0, violation: 0 }
  test.each(worlds)('linearizable: %s', (_name, specification, histories) => {
    fc.assert(
      fc.property(histories, (history) => {
        const verdict = linear(specification, history)
        const expected = bruteForce(specification, history, realTimePrecedes) ? 'ok' : 'violation'
        seen[expected] += 1
        expect(verdict).toBe(expected)
      }),
      { numRuns: 400 }
    )
  })
  test.each(worlds)('sequentially consistent: %s', (_name, specification, histories) => {
    fc.assert(
      fc.property(histories, (history) => {
        const expected = bruteForce(specification, history, programPrecedes) ? 'ok' : 'violation'
        expect(sequential(specification, history)).toBe(expected)
      }),
      { numRuns: 300 }
    )
  })
  test('both verdicts were met often', () => {
    expect(Math.min(seen.ok, seen.violation)).toBeGreaterThan(200)
  })
  test('the witness of ok is legal and keeps real time', () => {
    fc.assert(
      fc.property(worlds[0]![2], (history) => {
        const judged = linearizable(casRegister(0)).judge(history)
        if (either.isLeft(judged) || judged.right.verdict !== 'ok') return
        const order = judged.right.witness.flatMap((part) => part.order)
        const place = new Map(order.map((index, i) => [index, i]))
        const paired = calls(history)
        const all = either.isRight(paired) ? paired.right : []
        for (const one of all) if (one.completion?.type === 'ok') expect(place.has(one.invocation.index)).toBe(true)
        const ordered = order.map((index) => all.find(({ invocation }) => invocation.index === index)!)
        replayed(ordered)
      })
    )
  })
  test('the evidence: what is placed is legal, and what comes before the stuck completion is linearizable', () => {
    fc.assert(
      fc.property(fc.oneof(worlds[0]![2], longHistory), (history) => {
        const judged = linearizable(casRegister(0)).judge(history)
        if (either.isLeft(judged) || judged.right.verdict !== 'violation') return
        const { placed, state, stuck } = judged.right.evidence
        expect(replayed(placed)).toEqual(state)
        const paired = calls(history)
        const failed = (either.isRight(paired) ? paired.right : []).flatMap(({ invocation, completion }) =>
          completion?.type === 'fail' ? [invocation.index, completion.index] : []
        )
        const end = stuck[0]?.call.completion?.index ?? 0
        expect(
          linear(
            casRegister(0),
            history.filter(({ index }) => index < end && !failed.includes(index))
          )
        ).toBe('ok')
      }),
      { numRuns: 300 }
    )
  })
})

/**
 * Linearizability once more, by another algorithm: record by record, with the set of all configurations that are possible
 * there, in the plainest data structures.
 */
const twin = (specification: AnySpecification, history: AnyHistory): boolean => {
  const paired = calls(history)
  if (either.isLeft(paired)) throw new Error('the generator is wrong')
  const byRecord = new Map<number, Call<any, any>>()
  for (const one of paired.right) {
    if (one.completion?.type === 'fail') continue
    byRecord.set(one.invocation.index, one)
    if (one.completion?.type === 'ok') byRecord.set(one.completion.index, one)
  }
  const open = new Set<Call<any, any>>()
  type Configuration = { readonly state: unknown; readonly done: ReadonlyArray<number> }
  const key = ({ state, done }: Configuration) => canonical([state, done])
  let possible = new Map<string, Configuration>()
  const initial = { state: specification.initial, done: [] }
  possible.set(key(initial), initial)
  for (const { index, type } of history) {
    const one = byRecord.get(index)
    if (one === undefined) continue
    if (type === 'invoke') {
      open.add(one)
      continue
    }
    const own = one.invocation.index
    // A map visits what is added while it is walked.
    for (const { state, done } of possible.values())
      for (const { operation, invocation, completion } of open) {
        if (done.includes(own) || done.includes(invocation.index)) continue
        const outcome = specification.apply(state, operation)
        if (outcome === null || (completion?.type === 'ok' && !fits(outcome, completion.response))) continue
        const next = { state: outcome.state, done: [...done, invocation.index].toSorted((a, b) => a - b) }
        possible.set(key(next), next)
      }
    open.delete(one)
    const left = [...possible.values()].filter(({ done }) => done.includes(own))
    possible = new Map(
      left.map(({ state, done }) => {
        const passed = { state, done: done.filter((other) => other !== own) }
        return [key(passed), passed]
      })
    )
    if (possible.size === 0) return false
  }
  return true
}

describe('judged against a plain twin on longer histories', () => {
  const seen = { ok: 0, violation: 0 }
  test('cas-register', () => {
    fc.assert(
      fc.property(longHistory, (one) => {
        const expected = twin(casRegister(0), one) ? 'ok' : 'violation'
        seen[expected] += 1
        expect(linear(casRegister(0), one)).toBe(expected)
      }),
      { numRuns: 300 }
    )
    expect(Math.min(seen.ok, seen.violation)).toBeGreaterThan(40)
  })
})
