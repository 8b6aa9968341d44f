/** A shard: rows of a Bigtable, each question one transaction on one row. [Percolator] §2.2, Figure 6 */
import { match } from 'ts-pattern'
import { fired, reply, send, stay, valueAt, withValue, type NodeId } from '../kernel/index.ts'
import type { Answer, Question, Response } from './messages.ts'
import type { Happening, Move, Rule } from './rules.ts'
import type { Cell, Record, Shard } from './state.ts'

type Asked<Type extends Question['type']> = Extract<Question, { readonly type: Type }>

const untouched: Cell = { lock: null, records: [] }

export const cellOf = ({ cells }: Shard, key: string): Cell => valueAt(cells, key) ?? untouched

/** What happens at a shard. */
export const shardStep = (shard: Shard, event: Happening): Move => {
  if (event.type === 'request')
    return fired('refuse-client', shard, reply<Response>(event.id, { type: 'not-a-client' }))
  if (event.type === 'timeout') return stay('ignore-misdirected', shard)
  const { from, message } = event
  return match(message)
    .returnType<Move>()
    .with({ type: 'get' }, (asked) => get(shard, from, asked))
    .with({ type: 'prewrite' }, (asked) => prewrite(shard, from, asked))
    .with({ type: 'commit' }, (asked) => commit(shard, from, asked))
    .with({ type: 'resolve' }, (asked) => resolve(shard, from, asked))
    .with({ type: 'settle' }, (asked) => settle(shard, from, asked))
    .with(
      { type: 'ask' },
      { type: 'given' },
      { type: 'got' },
      { type: 'locked' },
      { type: 'prewritten' },
      { type: 'refused' },
      { type: 'committed' },
      { type: 'gone' },
      { type: 'resolved' },
      { type: 'settled' },
      () => stay('ignore-misdirected', shard)
    )
    .exhaustive()
}

const answer = (rule: Rule, shard: Shard, to: NodeId, message: Answer): Move => fired(rule, shard, send(to, message))

const withCell = ({ cells }: Shard, key: string, cell: Cell): Shard => ({
  role: 'shard',
  cells: withValue(cells, key, cell)
})

const recordOf = ({ records }: Cell, start: number): Record | undefined =>
  records.find((record) => record.start === start)

/** The lock is no more, and what became of its transaction is on record. */
const ended = ({ records }: Cell, record: Record): Cell => ({
  lock: null,
  records: [...records, record].toSorted((one, other) => one.start - other.start)
})

/** The value of the last commit up to a time. */
export const valueIn = ({ records }: Cell, at: number): Record['value'] =>
  records.reduce<Record | null>(
    (last, record) =>
      record.commit !== null && record.commit <= at && record.commit > (last?.commit ?? 0) ? record : last,
    null
  )?.value ?? null

/** A lock from before the reader's time may belong to a commit before it, too. */
const get = (shard: Shard, from: NodeId, { key, at }: Asked<'get'>): Move => {
  const cell = cellOf(shard, key)
  const { lock } = cell
  return lock !== null && lock.start <= at
    ? answer('get-meets-lock', shard, from, { type: 'locked', key, at, start: lock.start, primary: lock.primary })
    : answer('get', shard, from, { type: 'got', key, at, value: valueIn(cell, at) })
}

/** Any lock is in the way, and any commit since the start. */
const prewrite = (shard: Shard, from: NodeId, { key, start, value, primary }: Asked<'prewrite'>): Move => {
  const cell = cellOf(shard, key)
  const record = recordOf(cell, start)
  if (cell.lock?.start === start || (record !== undefined && record.commit !== null))
    return answer('lock-again', shard, from, { type: 'prewritten', key, start })
  const isLate = cell.records.some(({ commit }) => commit !== null && commit > start)
  return cell.lock !== null || isLate || record !== undefined
    ? answer('refuse-lock', shard, from, { type: 'refused', key, start })
    : answer('lock', withCell(shard, key, { ...cell, lock: { start, primary, value } }), from, {
        type: 'prewritten',
        key,
        start
      })
}

/** Where the lock is gone, somebody took the client for dead. */
const commit = (shard: Shard, from: NodeId, { key, start, commit: at }: Asked<'commit'>): Move => {
  const cell = cellOf(shard, key)
  const { lock } = cell
  if (lock?.start === start) {
    const committed = ended(cell, { start, commit: at, value: lock.value })
    return answer('commit-lock', withCell(shard, key, committed), from, { type: 'committed', key, start })
  }
  const isDone = (recordOf(cell, start)?.commit ?? null) !== null
  return isDone
    ? answer('commit-again', shard, from, { type: 'committed', key, start })
    : answer('lock-is-gone', shard, from, { type: 'gone', key, start })
}

/**
 * The primary tells what became of its transaction, and a transaction that has not committed will not: its lock is erased.
 * The record of it makes a prewrite that is still under way come to nothing.
 */
const resolve = (shard: Shard, from: NodeId, { key, start }: Asked<'resolve'>): Move => {
  const cell = cellOf(shard, key)
  const record = recordOf(cell, start)
  if (record !== undefined)
    return answer('tell-outcome', shard, from, { type: 'resolved', key, start, outcome: record.commit })
  const rolledBack = ended(cell, { start, commit: null, value: null })
  // The lock of another transaction stays.
  const kept = cell.lock?.start === start ? rolledBack : { ...rolledBack, lock: cell.lock }
  return answer('roll-back', withCell(shard, key, kept), from, { type: 'resolved', key, start, outcome: null })
}

/** A secondary follows its primary. */
const settle = (shard: Shard, from: NodeId, { key, start, outcome }: Asked<'settle'>): Move => {
  const cell = cellOf(shard, key)
  const settled: Answer = { type: 'settled', key, start }
  if (cell.lock?.start !== start) return answer('nothing-to-settle', shard, from, settled)
  const value = outcome === null ? null : cell.lock.value
  const after = withCell(shard, key, ended(cell, { start, commit: outcome, value }))
  return answer(outcome === null ? 'roll-back-lock' : 'roll-forward-lock', after, from, settled)
}
