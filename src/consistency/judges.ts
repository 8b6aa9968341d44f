/**
 * The judges by name, for a command line: `linearizable:register`, `session:monotonic-reads`, `isolation:serializable`.
 *
 * Each kind of judge has evidence of its own. Here it gets a tag, so that one picture and one document can show any of it.
 */
import { either } from 'fp-ts'
import { canonical } from '../model/data.ts'
import { problem } from '../model/problem.ts'
import type { Problem } from '../model/problem.ts'
import { calls } from './history.ts'
import type { Call, History } from './history.ts'
import { isolation, levels } from './isolation/index.ts'
import type { IsolationEvidence, IsolationWitness } from './isolation/index.ts'
import { linearizable } from './linearizable.ts'
import { defaultBudget } from './order.ts'
import type { LegalOrder, OrderViolation } from './order.ts'
import { sequentiallyConsistent } from './sequential.ts'
import { causalMemory, causallyConsistent, causallyConvergent } from './sessions/causal.ts'
import { convergent } from './sessions/convergence.ts'
import type { Divergence } from './sessions/convergence.ts'
import { sessionGuarantees } from './sessions/guarantees.ts'
import type { SessionViolation } from './sessions/guarantees.ts'
import { guarantees } from './sessions/visibility.ts'
import type { Guarantee } from './sessions/visibility.ts'
import { keyed } from './specification.ts'
import type { Specification } from './specification.ts'
import { counter } from './specifications/counter.ts'
import { keyValue } from './specifications/key-value.ts'
import { mutex } from './specifications/mutex.ts'
import { queue } from './specifications/queue.ts'
import { casRegister, multiRegister, register } from './specifications/registers.ts'
import { set } from './specifications/set.ts'
import type { Judge, Judged, Verdict } from './verdict.ts'

/** Why a history has not the property it was judged by. */
export type Finding =
  | {
      readonly of: 'order'
      readonly violation: OrderViolation
      /** The calls that were judged together, those that failed too, in the order of invocation. */
      readonly part: ReadonlyArray<Call<unknown, unknown>>
    }
  | { readonly of: 'sessions'; readonly violation: SessionViolation }
  | { readonly of: 'convergence'; readonly divergence: Divergence }
  | { readonly of: 'isolation'; readonly evidence: IsolationEvidence }

/** Why it has: legal orders, what isolation could tell, or nothing but that no contradiction was found. */
export type Proof =
  | { readonly of: 'order'; readonly orders: ReadonlyArray<LegalOrder> }
  | { readonly of: 'isolation'; readonly witness: IsolationWitness }
  | null

export type AnyVerdict = Verdict<Finding, Proof>
export type AnyJudge = Judge<Finding, Proof>

/** What judges have to be told beyond their names. */
export interface JudgeOptions {
  /** What a register that was never written holds. Null unless said otherwise. */
  readonly initial?: unknown
  /** How many configurations a search for an order may visit, >= 1. */
  readonly visits?: number
  /** What isolation may assume of each register by itself. Nothing unless said otherwise. */
  readonly keys?: 'sequential' | 'linearizable'
}

const tagged =
  <E, W>(finding: (evidence: E) => Finding, proof: (witness: W) => Proof) =>
  (judged: Judged<E, W>): Judged<Finding, Proof> =>
    either.map((verdict: Verdict<E, W>): AnyVerdict => {
      if (verdict.verdict === 'ok') return { verdict: 'ok', witness: proof(verdict.witness) }
      return verdict.verdict === 'unknown' ? verdict : { ...verdict, evidence: finding(verdict.evidence) }
    })(judged)

const judgeWith = <E, W>(
  { name, judge }: Judge<E, W>,
  finding: (evidence: E, history: History<unknown, unknown>) => Finding,
  proof: (witness: W) => Proof
): AnyJudge => ({
  name,
  judge: (history) => tagged((evidence: E) => finding(evidence, history), proof)(judge(history))
})

/** The calls with the key of a violation; all of them where the history was judged as a whole. */
const partOf = <Operation, Response, State>(
  { partition, operation }: Specification<Operation, Response, State>,
  { precedence, key }: OrderViolation,
  history: History<unknown, unknown>
): ReadonlyArray<Call<unknown, unknown>> => {
  const all = either.getOrElse((): ReadonlyArray<Call<unknown, unknown>> => [])(calls(history))
  if (partition === undefined || precedence === 'program') return all
  return all.filter((call) => operation.is(call.operation) && canonical(partition(call.operation)) === canonical(key))
}

type ByObject = <Operation, Response, State>(specification: Specification<Operation, Response, State>) => AnyJudge

interface ObjectEntry {
  readonly operations: string
  readonly hasInitial: boolean
  readonly judgedBy: (judge: ByObject, initial: unknown) => AnyJudge
}

const single = {
  register: {
    operations: 'read, write',
    hasInitial: true,
    judgedBy: (judge, initial) => judge(register(initial))
  },
  'cas-register': {
    operations: 'read, write, cas',
    hasInitial: true,
    judgedBy: (judge, initial) => judge(casRegister(initial))
  },
  'multi-register': {
    operations: 'transactions of r and w, each at once',
    hasInitial: true,
    judgedBy: (judge, initial) => judge(multiRegister({}, initial))
  },
  'key-value': {
    operations: 'get, put, append; each key by itself',
    hasInitial: false,
    judgedBy: (judge) => judge(keyValue)
  },
  mutex: { operations: 'acquire, release', hasInitial: false, judgedBy: (judge) => judge(mutex) },
  queue: { operations: 'enqueue, dequeue', hasInitial: false, judgedBy: (judge) => judge(queue) },
  set: { operations: 'add, remove, contains, read', hasInitial: false, judgedBy: (judge) => judge(set) },
  counter: { operations: 'add, read', hasInitial: false, judgedBy: (judge) => judge(counter) }
} as const satisfies Readonly<Record<string, ObjectEntry>>

/** Many of them, told apart by key. */
const inKeys = ({ operations, hasInitial, judgedBy }: ObjectEntry): ObjectEntry => ({
  operations: `${operations}; one for each key`,
  hasInitial,
  judgedBy: (judge, initial) => judgedBy((specification) => judge(keyed(specification)), initial)
})

/** The objects that the judges of order know, by name. */
export const objects: Readonly<Record<string, ObjectEntry>> = {
  ...single,
  'keyed-register': inKeys(single.register),
  'keyed-cas-register': inKeys(single['cas-register']),
  'keyed-mutex': inKeys(single.mutex),
  'keyed-queue': inKeys(single.queue),
  'keyed-set': inKeys(single.set),
  'keyed-counter': inKeys(single.counter)
}

const byOrder =
  (judgeOf: typeof linearizable, { visits = defaultBudget.visits }: JudgeOptions): ByObject =>
  (specification) =>
    judgeWith(
      judgeOf(specification, { visits }),
      (violation, history) => ({ of: 'order', violation, part: partOf(specification, violation, history) }),
      (orders) => ({ of: 'order', orders })
    )

const bySession = (judge: Judge<SessionViolation>): AnyJudge =>
  judgeWith(
    judge,
    (violation) => ({ of: 'sessions', violation }),
    () => null
  )

/** A kind of judge. */
interface Family {
  /** What it asks of a history, for a table. */
  readonly says: string
  /** What stands after the colon of its name; null where it stands alone. */
  readonly of: 'OBJECT' | 'GUARANTEE' | 'LEVEL' | null
  readonly members: ReadonlyArray<string>
  readonly hasInitial: (member: string) => boolean
  /** Null where there is no such member. */
  readonly judge: (member: string, options: JudgeOptions) => AnyJudge | null
}

const isGuarantee = (name: string): name is Guarantee => (guarantees as ReadonlyArray<string>).includes(name)

const ofObjects = (says: string, judgeOf: typeof linearizable): Family => ({
  says,
  of: 'OBJECT',
  members: Object.keys(objects),
  hasInitial: (member) => objects[member]?.hasInitial ?? false,
  judge: (member, options) =>
    Object.hasOwn(objects, member)
      ? (objects[member]?.judgedBy(byOrder(judgeOf, options), options.initial ?? null) ?? null)
      : null
})

const alone = (says: string, judge: (initial: unknown) => AnyJudge): Family => ({
  says,
  of: null,
  members: [],
  hasInitial: () => true,
  judge: (member, { initial = null }) => (member === '' ? judge(initial) : null)
})

/** The kinds of judges by name, the strongest questions first. */
export const families = {
  linearizable: ofObjects(
    'each call takes effect at one moment between its invocation and its completion',
    linearizable
  ),
  sequential: ofObjects('some order of all calls is legal and keeps the order of each process', sequentiallyConsistent),
  session: {
    says: 'each process sees its own past, as the guarantees say; joined by +, all four if none is named',
    of: 'GUARANTEE',
    members: guarantees,
    hasInitial: () => true,
    judge: (member, { initial = null }) => {
      const asked = member === '' ? guarantees : member.split('+')
      if (!asked.every(isGuarantee)) return null
      const judge = bySession(sessionGuarantees(asked, initial))
      return member === '' ? { ...judge, name: 'session' } : judge
    }
  },
  causal: alone('no read goes back behind what it causally knows', (initial) => bySession(causallyConsistent(initial))),
  'causal-convergence': alone('causal, and there is one order of writes for all', (initial) =>
    bySession(causallyConvergent(initial))
  ),
  'causal-memory': alone('causal, and each process sees one order of writes of its own', (initial) =>
    bySession(causalMemory(initial))
  ),
  convergence: alone('after the last write, all processes come to read the same', (initial) =>
    judgeWith(
      convergent(initial),
      (divergence) => ({ of: 'convergence', divergence }),
      () => null
    )
  ),
  isolation: {
    says: 'transactions of appends and reads, or writes and reads, are isolated as the level says',
    of: 'LEVEL',
    members: levels,
    hasInitial: () => false,
    judge: (member, { keys }) => {
      const judge = isolation(member, {
        ...(keys === 'sequential' ? { sequentialKeys: true } : {}),
        ...(keys === 'linearizable' ? { linearizableKeys: true } : {})
      })
      return either.isLeft(judge)
        ? null
        : judgeWith(
            judge.right,
            (evidence) => ({ of: 'isolation', evidence }),
            (witness) => ({ of: 'isolation', witness })
          )
    }
  }
} as const satisfies Readonly<Record<string, Family>>

const split = (name: string): readonly [family: string, member: string] => {
  const colon = name.indexOf(':')
  return colon < 0 ? [name, ''] : [name.slice(0, colon), name.slice(colon + 1)]
}

const familyOf = (family: string): Family | null =>
  Object.hasOwn(families, family) ? ((families as Readonly<Record<string, Family>>)[family] ?? null) : null

/** Every name without the combinations of guarantees and the other names of levels. */
export const judgeNames: ReadonlyArray<string> = Object.entries<Family>(families).flatMap(
  ([family, { members, of }]) => [
    ...(of === null || of === 'GUARANTEE' ? [family] : []),
    ...members.map((member) => `${family}:${member}`)
  ]
)

/** Whether `initial` means something to the judge of this name. */
export const hasInitial = (name: string): boolean => {
  const [family, member] = split(name)
  return familyOf(family)?.hasInitial(member) ?? false
}

/**
 * The judge of a name.
 *
 * @returns Q501 for a name that no judge has
 */
export const judgeNamed = (name: string, options: JudgeOptions = {}): either.Either<Problem, AnyJudge> => {
  const [family, member] = split(name)
  const judge = name.endsWith(':') ? null : (familyOf(family)?.judge(member, options) ?? null)
  return judge === null ? either.left(problem('Q501', `no judge is called "${name}"`)) : either.right(judge)
}
