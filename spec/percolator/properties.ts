/** What holds of shards and oracle. What clients see is judged by the models. */
import { allDistinct, always, entriesIn, reachable, step, type View } from '../kernel/index.ts'
import type { Percolator } from './rules.ts'
import type { Cell, Shard } from './state.ts'

type Seen = Pick<View<Percolator>, 'nodes'>

const shardsIn = ({ nodes }: Seen): ReadonlyArray<Shard> =>
  nodes.flatMap((node) => {
    const disk = node.durable
    return disk.role === 'shard' ? [disk] : []
  })

/** Every cell of the cluster, with its key. */
const cellsIn = (view: Seen): ReadonlyArray<readonly [string, Cell]> =>
  shardsIn(view).flatMap(({ cells }) => entriesIn(cells))

/** All keys of a transaction are committed at one time. */
export const oneCommitTime = always<Percolator>('one-commit-time', (view) => {
  const cells = cellsIn(view)
  const outcomes = cells.flatMap(([, { records }]) => records.filter(({ commit }) => commit !== null))
  return outcomes.every(({ start, commit }) =>
    outcomes.every((other) => other.start !== start || other.commit === commit)
  )
})

/** No transaction is committed at one key and rolled back at another. */
export const allOrNothing = always<Percolator>('all-or-nothing', (view) => {
  const records = cellsIn(view).flatMap(([, cell]) => cell.records)
  return records.every(
    ({ start, commit }) => commit === null || records.every((other) => other.start !== start || other.commit !== null)
  )
})

/** No two commits of a key at one time. */
export const commitsAreDistinct = always<Percolator>('commits-are-distinct', (view) =>
  cellsIn(view).every(([, { records }]) => allDistinct(records.flatMap(({ commit }) => commit ?? [])))
)

/** A record on disk stays as it is. */
export const recordsLast = step<Percolator>('records-last', ({ before, after }) => {
  const [was, is] = [before.durable, after.durable]
  if (was.role !== 'shard' || is.role !== 'shard') return true
  const kept = new Map(entriesIn(is.cells).map(([key, { records }]) => [key, records]))
  return entriesIn(was.cells).every(([key, { records }]) =>
    records.every(({ start, commit }) =>
      (kept.get(key) ?? []).some((record) => record.start === start && record.commit === commit)
    )
  )
})

/** Timestamps go up. */
export const timestampsAscend = step<Percolator>(
  'timestamps-ascend',
  ({ before, after }) =>
    before.durable.role !== 'oracle' || after.durable.role !== 'oracle' || after.durable.last >= before.durable.last
)

/** Two transactions commit. */
export const twoCommit = reachable<Percolator>(
  'two-commit',
  (view) =>
    new Set(
      cellsIn(view).flatMap(([, { records }]) => records.flatMap(({ start, commit }) => (commit === null ? [] : start)))
    ).size >= 2
)

/** What every model checks. */
export const percolatorSafety = [oneCommitTime, allOrNothing, commitsAreDistinct, recordsLast, timestampsAscend]
