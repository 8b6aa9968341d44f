import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import { historyOf } from '../../src/consistency/builder.ts'
import { calls } from '../../src/consistency/history.ts'
import type { Call } from '../../src/consistency/history.ts'
import { sequentiallyConsistent } from '../../src/consistency/sequential.ts'
import { causalMemory, causallyConsistent, causallyConvergent } from '../../src/consistency/sessions/causal.ts'
import { sessionGuarantees } from '../../src/consistency/sessions/guarantees.ts'
import { guarantees } from '../../src/consistency/sessions/visibility.ts'
import type { Guarantee } from '../../src/consistency/sessions/visibility.ts'
import { keyed } from '../../src/consistency/specification.ts'
import { register } from '../../src/consistency/specifications/registers.ts'
import { r, verdict, w } from './support.ts'
import type { AnyHistory } from './support.ts'

const all = sessionGuarantees(guarantees)

/** Three sessions on two keys, every value written once; a read answers one of the values of its key, or null. */
const smallHistory = (mostCalls: number): fc.Arbitrary<AnyHistory> =>
  fc
    .array(fc.record({ session: fc.constantFrom('A', 'B', 'C'), key: fc.constantFrom('x', 'y'), pick: fc.nat(9) }), {
      maxLength: mostCalls
    })
    .map((plan) => {
      const isWrite = ({ pick }: { readonly pick: number }) => pick < 4
      const values = (key: string) => [
        null,
        ...plan.flatMap((step, i) => (isWrite(step) && step.key === key ? [i] : []))
      ]
      return historyOf(
        ...plan.map((step, i) => {
          const choices = values(step.key)
          return isWrite(step)
            ? w(step.session, step.key, i)
            : r(step.session, step.key, choices[step.pick % choices.length])
        })
      )
    })

interface Op {
  readonly at: number
  readonly session: unknown
  readonly kind: string
  readonly key: unknown
  readonly value: unknown
}

const opsOf = (history: AnyHistory): ReadonlyArray<Op> => {
  const paired = calls(history)
  if (either.isLeft(paired)) throw new Error('the generator is wrong')
  return paired.right.map(({ process, operation, completion }: Call<any, any>, at) => ({
    at,
    session: process,
    kind: operation.operation.type,
    key: operation.key,
    value:
      operation.operation.type === 'read' && completion?.type === 'ok' ? completion.response : operation.operation.value
  }))
}

const permutations = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]))

const readsOf = (read: Op, write: Op) => write.kind === 'write' && write.key === read.key && write.value === read.value

/** Causal order as pairs: the closure of session order and reads-from. */
const causalOrder = (ops: ReadonlyArray<Op>): ReadonlyArray<ReadonlyArray<boolean>> => {
  const before = ops.map((a) =>
    ops.map((b) => (a.session === b.session && a.at < b.at) || (b.kind === 'read' && readsOf(b, a)))
  )
  for (const k of ops.keys())
    for (const i of ops.keys()) for (const j of ops.keys()) before[i]![j] ||= before[i]![k]! && before[k]![j]!
  return before
}

const answers = (order: ReadonlyArray<Op>, read: Op) =>
  (order.slice(0, order.indexOf(read)).findLast(({ kind, key }) => kind === 'write' && key === read.key)?.value ??
    null) === read.value

const respects = (order: ReadonlyArray<Op>, before: ReadonlyArray<ReadonlyArray<boolean>>) =>
  order.every((a, i) => order.slice(i + 1).every((b) => !before[b.at]![a.at]!))

/** The definitions of [Bouajjani17], tried on all orders; the causal order is the least one, which is the best one. */
const causalByForce = (history: AnyHistory) => {
  const ops = opsOf(history)
  const co = causalOrder(ops)
  if (ops.some(({ at }) => co[at]![at])) return ['violation', 'violation', 'violation']
  const past = (o: Op) => ops.filter(({ at }) => at === o.at || co[at]![o.at])
  const orders = (some: ReadonlyArray<Op>) => permutations(some).filter((order) => respects(order, co))
  const legal = (o: Op, judged: (o: Op) => ReadonlyArray<Op>) =>
    orders(past(o)).some((order) => judged(o).every((one) => one.kind === 'write' || answers(order, one)))
  const weak = ops.every((o) => legal(o, () => [o]))
  const memory = ops.every((o) => legal(o, () => ops.filter(({ session, at }) => session === o.session && at <= o.at)))
  const convergence = orders(ops).some((order) =>
    ops.every(
      (o) =>
        o.kind === 'write' ||
        answers(
          order.filter((one) => past(o).includes(one)),
          o
        )
    )
  )
  return [weak, convergence, memory].map((holds) => (holds ? 'ok' : 'violation'))
}

/** The definitions of the guarantees, tried on all visibilities and all orders of writes. */
const guaranteesByForce = (history: AnyHistory, asked: ReadonlySet<Guarantee>): boolean => {
  const ops = opsOf(history)
  if (ops.some((op) => causalOrder(ops)[op.at]![op.at])) return false
  const writes = ops.filter(({ kind }) => kind === 'write')
  const reads = ops.filter(({ kind }) => kind === 'read')
  const inSession = (a: Op, b: Op) => a.session === b.session && a.at < b.at
  const visibilities = reads.reduce<ReadonlyArray<ReadonlyArray<number>>>(
    (some) => some.flatMap((rest) => Array.from({ length: 2 ** writes.length }, (_, mask) => [...rest, mask])),
    [[]]
  )
  return visibilities.some((masks) => {
    const sees = (read: Op, write: Op) => ((masks[reads.indexOf(read)]! >> writes.indexOf(write)) & 1) === 1
    const closed = (a: Op, b: Op) => reads.every((one) => !sees(one, b) || sees(one, a))
    const visible =
      (!asked.has('read-your-writes') ||
        reads.every((read) => writes.every((write) => !inSession(write, read) || sees(read, write)))) &&
      (!asked.has('monotonic-reads') ||
        reads.every((a) =>
          reads.every((b) => !inSession(a, b) || writes.every((write) => !sees(a, write) || sees(b, write)))
        ))
    if (!visible) return false
    const ordered = [
      ...(asked.has('monotonic-writes')
        ? writes.flatMap((a) => writes.filter((b) => inSession(a, b)).map((b) => [a, b] as const))
        : []),
      ...(asked.has('writes-follow-reads')
        ? reads.flatMap((read) =>
            writes.flatMap((a) =>
              sees(read, a) ? writes.filter((b) => inSession(read, b)).map((b) => [a, b] as const) : []
            )
          )
        : [])
    ]
    return (
      ordered.every(([a, b]) => closed(a, b)) &&
      permutations(writes).some(
        (order) =>
          ordered.every(([a, b]) => order.indexOf(a) < order.indexOf(b)) &&
          reads.every((read) => answers([...order.filter((write) => sees(read, write)), read], read))
      )
    )
  })
}

describe('judged against the definitions', () => {
  const seen = { ok: 0, violation: 0 }
  test('causal consistency in three strengths', () => {
    fc.assert(
      fc.property(smallHistory(6), (history) => {
        const judges = [causallyConsistent(), causallyConvergent(), causalMemory()]
        const expected = causalByForce(history)
        for (const one of expected) seen[one === 'ok' ? 'ok' : 'violation'] += 1
        expect(judges.map((judge) => verdict(judge, history))).toEqual(expected)
      }),
      { numRuns: 600 }
    )
  })
  test('session guarantees, every combination', () => {
    const combinations = fc.subarray([...guarantees])
    fc.assert(
      fc.property(smallHistory(5), combinations, (history, asked) => {
        const holds = guaranteesByForce(history, new Set(asked))
        expect(verdict(sessionGuarantees(asked), history)).toBe(holds ? 'ok' : 'violation')
      }),
      { numRuns: 600 }
    )
  })
  test('both verdicts were met often', () => {
    expect(Math.min(seen.ok, seen.violation)).toBeGreaterThan(200)
  })
  test('causal convergence is all guarantees; sequential consistency implies everything', () => {
    fc.assert(
      fc.property(smallHistory(9), (history) => {
        expect(verdict(causallyConvergent(), history)).toBe(verdict(all, history))
        if (verdict(sequentiallyConsistent(keyed(register())), history) !== 'ok') return
        expect(verdict(all, history)).toBe('ok')
        expect(verdict(causalMemory(), history)).toBe('ok')
      })
    )
  })
})
