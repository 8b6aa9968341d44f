/** What holds of a store, whatever its isolation. What clients see is judged by the models. */
import { always, entriesIn, foldValues, lastIndex, reachable, step, valueAt, type View } from '../kernel/index.ts'
import type { Mvcc } from './rules.ts'
import { now, type Store } from './state.ts'
import { oldestSnapshot, versionAt } from './versions.ts'

const storesIn = ({ nodes }: Pick<View<Mvcc>, 'nodes'>): ReadonlyArray<Store> =>
  nodes.flatMap((node) => (node.up && node.state.role === 'store' ? [node.state] : []))

/** The versions of a key have different commits, in ascending order, none of them to come. [BG83] */
export const versionsAreOrdered = always<Mvcc>('versions-are-ordered', (view) =>
  storesIn(view).every((store) =>
    foldValues(
      store.versions,
      (all, list) =>
        all &&
        list.length > 0 &&
        list.every(({ at }, index) => at <= now(store) && (index === 0 || (list[index - 1]?.at ?? 0) < at)),
      true
    )
  )
)

/** Collecting garbage leaves of each key one version that the oldest snapshot sees, and those after it. */
export const garbageGoes = step<Mvcc>(
  'garbage-goes',
  ({ rule, after }) =>
    rule !== 'collect-garbage' ||
    !after.up ||
    after.state.role !== 'store' ||
    isFreeOfGarbage(after.state.versions, oldestSnapshot(after.state, now(after.state)))
)

const isFreeOfGarbage = (versions: Store['versions'], horizon: number): boolean =>
  foldValues(versions, (all, list) => all && list.filter(({ at }) => at <= horizon).length <= 1, true)

/** A lock has one holder. [Fekete05] */
export const locksAreExclusive = always<Mvcc>('locks-are-exclusive', (view) =>
  storesIn(view).every(({ active, isolation }) => {
    const locked = entriesIn(active).flatMap(([, { writes }]) => entriesIn(writes).map(([key]) => key))
    const isLocking = isolation === 'first-updater-wins' || isolation === 'conflict-flags'
    return !isLocking || new Set(locked).size === locked.length
  })
)

/** Nobody waits for a lock that is free. */
export const waitersHaveAHolder = always<Mvcc>('waiters-have-a-holder', (view) =>
  storesIn(view).every(({ active, waiting }) =>
    waiting.every(({ transaction, key }) =>
      entriesIn(active).some(([id, { writes }]) => id !== transaction && valueAt(writes, key) !== undefined)
    )
  )
)

/** What a snapshot sees does not change as long as somebody may look. */
export const snapshotsAreStable = step<Mvcc>('snapshots-are-stable', ({ before, after }) => {
  if (!before.up || !after.up || before.state.role !== 'store' || after.state.role !== 'store') return true
  const [was, is] = [before.state, after.state]
  const keys = entriesIn(was.versions).map(([key]) => key)
  return entriesIn(was.active).every(
    ([id, { snapshot }]) =>
      valueAt(is.active, id) === undefined ||
      keys.every((key) => versionAt(was.versions, key, snapshot).value === versionAt(is.versions, key, snapshot).value)
  )
})

/** A commit lasts: the log on the disk never loses its end. */
export const commitsLast = step<Mvcc>(
  'commits-last',
  ({ before, after }) =>
    before.durable.role !== 'store' ||
    after.durable.role !== 'store' ||
    lastIndex(after.durable.log) >= lastIndex(before.durable.log)
)

/** Two transactions commit writes. */
export const twoCommit = reachable<Mvcc>('two-commit', (view) => storesIn(view).some((store) => now(store) >= 2))

/** A key has several versions: somebody may look back. */
export const versionsPileUp = reachable<Mvcc>('versions-pile-up', (view) =>
  storesIn(view).some(({ versions }) => foldValues(versions, (any, list) => any || list.length > 1, false))
)

/** What every model checks of the store. */
export const storeSafety = [
  versionsAreOrdered,
  garbageGoes,
  locksAreExclusive,
  waitersHaveAHolder,
  snapshotsAreStable,
  commitsLast
]
