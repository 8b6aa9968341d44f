/**
 * Levels of isolation by their definitions: small histories are judged by trying every serial order, every schedule of
 * snapshots, every visibility relation. And random small histories to judge.
 */
import fc from 'fast-check'
import { either } from 'fp-ts'
import type {
  Key,
  MicroOperation,
  Operations,
  Transaction,
  TransactionHistory,
  Value
} from '../../src/consistency/isolation/index.ts'
import type { Problem } from '../../src/model/problem.ts'

/** What is right, or a failed test. */
export const right = <A>(result: either.Either<Problem, A>): A => {
  if (either.isLeft(result)) throw new Error(JSON.stringify(result.left))
  return result.right
}

type Content = Readonly<Record<string, ReadonlyArray<Value>>>

/** What a transaction leaves of a content; null where a read of a committed one does not show the content it met. */
const run = ({ status, operations }: Transaction, content: Content): Content | null => {
  let now = content
  for (const [name, key, value] of operations) {
    const state = now[key] ?? []
    if (name === 'append') now = { ...now, [key]: [...state, value] }
    else if (name === 'w') now = { ...now, [key]: [value] }
    else if (status === 'ok') {
      const shown = Array.isArray(value) ? value : value === null ? [] : [value]
      if (JSON.stringify(shown) !== JSON.stringify(state)) return null
    }
  }
  return now
}

export type Order = 'data' | 'process' | 'realtime'

/** Whether `a` must come before `b`. */
const mustPrecede = (order: Order, a: Transaction, b: Transaction): boolean =>
  a.status === 'ok' &&
  (order === 'realtime'
    ? a.completed < b.invoked
    : order === 'process' && a.process === b.process && a.invoked < b.invoked)

const mayHaveHappened = (all: ReadonlyArray<Transaction>): ReadonlyArray<Transaction> =>
  all.filter(({ status }) => status !== 'fail')

/** Whether some order of the committed transactions, and of any that may have happened, explains every read. */
export const isSerializable = (all: ReadonlyArray<Transaction>, order: Order): boolean => {
  const explains = (left: ReadonlyArray<Transaction>, content: Content): boolean =>
    left.every(({ status }) => status !== 'ok') ||
    left.some((next) => {
      if (left.some((other) => other !== next && mustPrecede(order, other, next))) return false
      const after = run(next, content)
      return (
        after !== null &&
        explains(
          left.filter((other) => other !== next),
          after
        )
      )
    })
  return explains(mayHaveHappened(all), {})
}

const writesOf = ({ operations }: Transaction): ReadonlyArray<Key> =>
  operations.filter(([name]) => name !== 'r').map(([, key]) => key)

const overlap = (a: Transaction, b: Transaction): boolean => writesOf(a).some((key) => writesOf(b).includes(key))

/**
 * Whether some schedule of starts and commits explains every read, where each transaction reads what was committed when
 * it started and the first of two concurrent writers of a key to commit prevents the other.
 */
export const isSnapshotIsolated = (all: ReadonlyArray<Transaction>, order: Order): boolean => {
  interface State {
    readonly waiting: ReadonlyArray<Transaction>
    readonly active: ReadonlyArray<{ readonly transaction: Transaction; readonly conflicts: boolean }>
    readonly content: Content
  }
  const explains = ({ waiting, active, content }: State): boolean => {
    if ([...waiting, ...active.map(({ transaction }) => transaction)].every(({ status }) => status !== 'ok'))
      return true
    const unfinished = [...waiting, ...active.map(({ transaction }) => transaction)]
    return (
      waiting.some(
        (next) =>
          !unfinished.some((other) => other !== next && mustPrecede(order, other, next)) &&
          run(next, content) !== null &&
          explains({
            waiting: waiting.filter((other) => other !== next),
            active: [...active, { transaction: next, conflicts: false }],
            content
          })
      ) ||
      active.some(({ transaction, conflicts }) => {
        if (conflicts) return false
        // Its reads were checked against its snapshot when it started; here only its writes count.
        const writes = transaction.operations.filter(([name]) => name !== 'r')
        const after = run({ ...transaction, operations: writes }, content) as Content
        const others = active.filter((other) => other.transaction !== transaction)
        return explains({
          waiting,
          content: after,
          active: others.map((other) => ({
            ...other,
            conflicts: other.conflicts || overlap(other.transaction, transaction)
          }))
        })
      })
    )
  }
  return explains({ waiting: mayHaveHappened(all), active: [], content: {} })
}

const subsets = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  items.reduce<ReadonlyArray<ReadonlyArray<A>>>(
    (found, item) => [...found, ...found.map((set) => [...set, item])],
    [[]]
  )

/** Every strict partial order on 0 … size-1, as rows of bits. */
const partialOrders = (size: number): ReadonlyArray<ReadonlyArray<number>> => {
  if (size === 0) return [[]]
  const last = size - 1
  const all = Array.from({ length: last }, (_, at) => at)
  return partialOrders(last).flatMap((rows) =>
    subsets(all).flatMap((below) =>
      subsets(all.filter((at) => !below.includes(at))).flatMap((above) => {
        // `below` precede the new element and `above` follow it: both closed, and each of below before each of above.
        const follows = (a: number, b: number): boolean => ((rows[a]! >> b) & 1) === 1
        const closed =
          below.every((b) => all.every((a) => !follows(a, b) || below.includes(a))) &&
          above.every((a) => all.every((b) => !follows(a, b) || above.includes(b))) &&
          below.every((b) => above.every((a) => follows(b, a)))
        if (!closed) return []
        const bits = above.reduce((sum, at) => sum | (1 << at), 0)
        return [[...rows.map((row, at) => (below.includes(at) ? row | (1 << last) : row)), bits]]
      })
    )
  )
}
const ordersOfSize = [0, 1, 2, 3, 4].map(partialOrders)

/** [Cerone15]: INT, EXT, TRANSVIS and NOCONFLICT hold for some visibility relation. */
export const isParallelSnapshotIsolated = (all: ReadonlyArray<Transaction>): boolean => {
  const certain = all.filter(({ status }) => status === 'ok')
  return subsets(all.filter(({ status }) => status === 'info')).some((happened) => {
    const members = [...certain, ...happened]
    return ordersOfSize[members.length]!.some((rows) => {
      const sees = (b: number, a: number): boolean => ((rows[a]! >> b) & 1) === 1
      const noConflict = members.every((a, i) =>
        members.every((b, j) => i === j || !overlap(a, b) || sees(i, j) || sees(j, i))
      )
      if (!noConflict) return false
      return members.every((reader, at) => {
        // Writers of one key see each other, so any order that extends visibility applies them alike.
        const visible = members.map((_, index) => index).filter((index) => sees(at, index))
        const seen = (index: number): number => visible.filter((other) => sees(index, other)).length
        const content = visible
          .toSorted((a, b) => seen(a) - seen(b))
          .reduce<Content>((state, index) => {
            const writer = members[index]!
            return run({ ...writer, operations: writer.operations.filter(([name]) => name !== 'r') }, state) as Content
          }, {})
        return run(reader, content) !== null
      })
    })
  })
}

// ---------------------------------------------------------------- random histories

const keys = ['x', 'y'] as const

/** What happens in which order, drawn from numbers: every draw gives a history. */
export const draws = fc.array(fc.nat(1_000_000), { minLength: 60, maxLength: 60 })

interface Choice {
  readonly below: (bound: number) => number
  readonly shuffled: <A>(items: ReadonlyArray<A>) => ReadonlyArray<A>
}

const choice = (numbers: ReadonlyArray<number>): Choice => {
  let at = 0
  const below = (bound: number): number => {
    const number = numbers[at % numbers.length]!
    at += 1
    return number % bound
  }
  const shuffled = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> =>
    items.reduce<ReadonlyArray<A>>((done, item) => done.toSpliced(below(done.length + 1), 0, item), [])
  return { below, shuffled }
}

type Plan = ReadonlyArray<MicroOperation>

const plansOfLists = ({ below }: Choice, count: number): ReadonlyArray<Plan> => {
  const next: Record<string, number> = {}
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + below(4) }, (): MicroOperation => {
      const key = keys[below(2)]!
      if (below(2) === 0) return ['r', key, []]
      next[key] = (next[key] ?? 0) + 1
      return ['append', key, next[key]]
    })
  )
}

/** Transactions over registers: reads, blind writes with the probability `blind` in 8, else writes after a read. */
const plansOfRegisters = ({ below }: Choice, count: number, blind: number): ReadonlyArray<Plan> => {
  const next: Record<string, number> = {}
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + below(2) }, (): Plan => {
      const key = keys[below(2)]!
      if (below(3) === 0) return [['r', key, null]]
      next[key] = (next[key] ?? 0) + 1
      const write: MicroOperation = ['w', key, next[key]]
      return below(8) < blind ? [write] : [['r', key, null], write]
    }).flat()
  )
}

/** Fills in the reads of a transaction that meets this content, and what it leaves. */
const execute = (plan: Plan, content: Content): { readonly answered: Plan; readonly after: Content } => {
  const lists = plan.some(([name]) => name === 'append') || plan.some(([, , value]) => Array.isArray(value))
  let after = content
  const answered = plan.map(([name, key, value]): MicroOperation => {
    const state = after[key] ?? []
    if (name === 'r') return ['r', key, lists ? state : (state[0] ?? null)]
    after = { ...after, [key]: name === 'append' ? [...state, value] : [value] }
    return name === 'append' ? ['append', key, value] : ['w', key, value]
  })
  return { answered, after }
}

/**
 * Executes the plans in a random serial order, but lets a transaction meet an older content with the probability
 * `staleness` in 8, of all keys or of each key by itself: so some histories are serializable, some are snapshot isolated,
 * and some are neither. A rare list is read in reverse.
 */
const executed = ({ below, shuffled }: Choice, plans: ReadonlyArray<Plan>, staleness: number): ReadonlyArray<Plan> => {
  const contents: Array<Content> = [{}]
  const answered = new Map<number, Plan>()
  const older = (): Content => contents[below(contents.length)]!
  for (const number of shuffled(plans.map((_, at) => at))) {
    const plan = plans[number]!
    const latest = contents.at(-1)!
    const snapshot = older()
    const torn = Object.fromEntries(keys.map((key) => [key, older()[key] ?? []]))
    const met = below(8) >= staleness ? latest : below(2) === 0 ? snapshot : torn
    const seen = execute(plan, met).answered
    const reversed = below(40) === 0
    answered.set(
      number,
      seen.map((step): MicroOperation => {
        const [name, key, value] = step
        return reversed && name === 'r' && Array.isArray(value) ? ['r', key, value.toReversed()] : step
      })
    )
    contents.push(execute(plan, latest).after)
  }
  return plans.map((_, at) => answered.get(at) as Plan)
}

/** Puts transactions into a history with random concurrency; a few were aborted or have an unknown end. */
const scheduled = ({ below }: Choice, answered: ReadonlyArray<Plan>, uncertainty: number): TransactionHistory => {
  const asked = (plan: Plan): Operations =>
    plan.map(([name, key, value]) => (name === 'r' ? [name, key, null] : [name, key, value]) as MicroOperation)
  const records: Array<TransactionHistory[number]> = []
  const open: Array<{ readonly process: number; readonly plan: Plan }> = []
  const free = [0, 1, 2]
  const place = (): { readonly index: number; readonly time: null } => ({ index: records.length, time: null })
  let next = 0
  while (next < answered.length || open.length > 0) {
    if (next < answered.length && (open.length === 0 || below(2) === 0)) {
      const process = free.shift() ?? 10 + next
      const plan = answered[next]!
      next += 1
      records.push({ ...place(), type: 'invoke', process, operation: asked(plan) })
      open.push({ process, plan })
    } else {
      const [{ process, plan }] = open.splice(below(open.length), 1) as [(typeof open)[number]]
      const end = below(8) < uncertainty ? below(3) : 3
      if (end === 0) records.push({ ...place(), type: 'fail', process, reason: null })
      else if (end === 1) records.push({ ...place(), type: 'info', process, reason: null })
      else if (end === 3) records.push({ ...place(), type: 'ok', process, response: plan })
      if (end === 0 || end === 3) free.push(process)
    }
  }
  return records
}

export const listHistory = (numbers: ReadonlyArray<number>, count: number): TransactionHistory => {
  const chosen = choice(numbers)
  return scheduled(chosen, executed(chosen, plansOfLists(chosen, count), chosen.below(7)), chosen.below(3))
}

export const registerHistory = (numbers: ReadonlyArray<number>, count: number, blind: number): TransactionHistory => {
  const chosen = choice(numbers)
  return scheduled(chosen, executed(chosen, plansOfRegisters(chosen, count, blind), chosen.below(7)), chosen.below(3))
}
