/** Versions of keys: which one a snapshot sees, how new ones come and old ones go. */
import {
  entriesIn,
  foldValues,
  mapValues,
  valueAt,
  withChange,
  withoutKey,
  withValue,
  type SortedMap
} from '../kernel/index.ts'
import type { Value } from './messages.ts'
import type { Range, Store, Version, Versions, WriteSet } from './state.ts'

type AllVersions = SortedMap<Versions>

const unwritten: Version = { at: 0, value: null }

/** What a key held at `snapshot`. Before its first version that is known: nothing, since commit 0. */
export const versionAt = (versions: AllVersions, key: string, snapshot: number): Version =>
  valueAt(versions, key)?.findLast(({ at }) => at <= snapshot) ?? unwritten

/** The commits after `snapshot` that wrote a key of the range, by timestamp, with repetitions. */
export const commitsSince = (versions: AllVersions, { from, to }: Range, snapshot: number): ReadonlyArray<number> => {
  const newer = (list: Versions): ReadonlyArray<number> => list.flatMap(({ at }) => (at > snapshot ? [at] : []))
  return from === to
    ? newer(valueAt(versions, from) ?? [])
    : entriesIn(versions, from, to).flatMap(([, list]) => newer(list))
}

const isNewer = (list: Versions | undefined, snapshot: number): boolean => (list?.at(-1)?.at ?? 0) > snapshot

/** Whether the key was written after `snapshot`. */
export const isNewerAt = (versions: AllVersions, key: string, snapshot: number): boolean =>
  isNewer(valueAt(versions, key), snapshot)

/** Whether a key of the range was written after `snapshot`. */
export const isNewerIn = (versions: AllVersions, { from, to }: Range, snapshot: number): boolean =>
  from === to
    ? isNewerAt(versions, from, snapshot)
    : entriesIn(versions, from, to).some(([, list]) => isNewer(list, snapshot))

/** Without the versions that no snapshot from `horizon` on sees. */
const pruned = (list: Versions, horizon: number): Versions => {
  if (list.length === 1) return list
  const oldest = list.findLastIndex(({ at }) => at <= horizon)
  return oldest > 0 ? list.slice(oldest) : list
}

/** With one version more. `toSpliced` makes a list as long as it is; a spread would leave room to grow in every key. */
const followed = (list: Versions, version: Version): Versions => list.toSpliced(list.length, 0, version)

/** The versions with those of the commit `at`. What nobody sees from `horizon` on goes, of these keys. */
export const installed = (versions: AllVersions, writes: WriteSet, at: number, horizon: number): AllVersions =>
  foldValues(
    writes,
    (so, value, key) =>
      withChange(so, key, (list) =>
        list === undefined || at <= horizon ? [{ at, value }] : followed(pruned(list, horizon), { at, value })
      ),
    versions
  )

const isDeleted = (list: Versions, horizon: number): boolean =>
  list.length === 1 && list[0]?.value === null && list[0].at <= horizon

/** The versions without those that no snapshot from `horizon` on sees; keys that were deleted before go altogether. */
export const collected = (versions: AllVersions, horizon: number): AllVersions => {
  const kept = mapValues(versions, (list) => pruned(list, horizon))
  const anyDeleted = foldValues(kept, (any, list) => any || isDeleted(list, horizon), false)
  return anyDeleted
    ? entriesIn(kept).reduce((so, [key, list]) => (isDeleted(list, horizon) ? withoutKey(so, key) : so), kept)
    : kept
}

/** The oldest snapshot that somebody may still look at. */
export const oldestSnapshot = ({ active }: Store, newest: number): number =>
  foldValues(active, (oldest, { snapshot }) => (snapshot < oldest ? snapshot : oldest), newest)

/** The keys of the range that held something at `snapshot`, the transaction's own writes included, in order. */
export const itemsAt = (
  versions: AllVersions,
  { from, to }: Range,
  snapshot: number,
  own: WriteSet
): ReadonlyArray<{ readonly key: string; readonly value: Value }> => {
  const seen = entriesIn(versions, from, to).reduce<SortedMap<Value>>(
    (so, [key]) => (valueAt(so, key) === undefined ? withValue(so, key, versionAt(versions, key, snapshot).value) : so),
    own
  )
  return entriesIn(seen, from, to).flatMap(([key, value]) => (value === null ? [] : [{ key, value }]))
}
