/**
 * A sorted map from strings, persistent: every operation gives a new map and leaves the old one as it was, and the two
 * share what did not change.
 *
 * A map is plain data, and its shape depends only on its keys and values, never on how it came about: equal maps are equal
 * data. Each key has a height, which its hash decides: one key in 32 is of height 1 or more, one in 1024 of height 2 or
 * more. A node of height h lists its keys of that height and, between them, the nodes of height h - 1 with the keys that
 * lie there; null where there are none. [Auvolat19] §III has the same tree, for replicas that compare theirs.
 *
 * With n keys and logarithms of base 32, every operation on one key costs O(log n) lists of 32 keys, expected over keys.
 */
import * as t from 'io-ts'
import { either } from 'fp-ts'

const { isArray } = Array
const { clz32, floor, imul, max } = Math
const { keys: listKeys } = Object

/** A map. Build it from {@link emptyMap}, read it with the functions here; the fields are shown for what renders data. */
export interface SortedMap<Value> {
  readonly height: number
  /** Ascending by code unit. */
  readonly keys: ReadonlyArray<string>
  /** By place in `keys`. */
  readonly values: ReadonlyArray<Value>
  /** One more than keys, each of a height one less; none at height 0. */
  readonly children: ReadonlyArray<SortedMap<Value> | null>
}

type Tree<Value> = SortedMap<Value> | null

/** The children of every node of height 0. */
const none: ReadonlyArray<never> = []

export const emptyMap: SortedMap<never> = { height: 0, keys: [], values: [], children: none }

/** FNV-1a, character by character; a long key in halves, so that it takes no deep recursion. */
const hashed = (key: string, from: number, to: number, hash: number): number => {
  if (from === to) return hash
  if (to - from <= 64) return hashed(key, from + 1, to, imul(hash ^ key.charCodeAt(from), 0x01000193))
  const middle = floor((from + to) / 2)
  return hashed(key, middle, to, hashed(key, from, middle, hash))
}

/** The finish of MurmurHash3: without it, keys that differ at their end hardly differ in their first bits. */
const mixed = (hash: number): number => {
  const once = imul(hash ^ (hash >>> 16), 0x85ebca6b)
  const twice = imul(once ^ (once >>> 13), 0xc2b2ae35)
  return twice ^ (twice >>> 16)
}

/** From 0 to 6. */
export const heightOf = (key: string): number => floor(clz32(mixed(hashed(key, 0, key.length, 0x811c9dc5 | 0))) / 5)

/** The place of the first key that is not less than `key`. */
const placeOf = (keys: ReadonlyArray<string>, key: string, from = 0, to = keys.length): number => {
  if (from === to) return from
  const middle = (from + to) >>> 1
  return (keys[middle] as string) < key ? placeOf(keys, key, middle + 1, to) : placeOf(keys, key, from, middle)
}

/** The value of a key; undefined where the map has none. */
export const valueAt = <Value>(map: SortedMap<Value>, key: string): Value | undefined => {
  const place = placeOf(map.keys, key)
  if (map.keys[place] === key) return map.values[place]
  const child = map.children[place] ?? null
  return child === null ? undefined : valueAt(child, key)
}

/** The map with the value of a key changed; undefined where it has no such key. */
const changed = <Value>(
  map: SortedMap<Value>,
  key: string,
  change: (value: Value) => Value
): SortedMap<Value> | undefined => {
  const { height, keys, values, children } = map
  const place = placeOf(keys, key)
  if (keys[place] === key) return { height, keys, values: values.with(place, change(values[place] as Value)), children }
  const child = children[place] ?? null
  const next = child === null ? undefined : changed(child, key, change)
  return next === undefined ? undefined : { height, keys, values, children: children.with(place, next) }
}

const isBare = ({ keys, children }: SortedMap<unknown>): boolean =>
  keys.length === 0 && children.every((child) => child === null)

/** Null for a node that holds nothing. */
const orNull = <Value>(map: SortedMap<Value>): Tree<Value> => (isBare(map) ? null : map)

/** Two trees of the same height: what lies before `key`, and what after. */
const split = <Value>(tree: Tree<Value>, key: string): readonly [Tree<Value>, Tree<Value>] => {
  if (tree === null) return [null, null]
  const { height, keys, values, children } = tree
  const place = placeOf(keys, key)
  const [before, after] = split(children[place] ?? null, key)
  const inner = height > 0
  return [
    orNull({
      height,
      keys: keys.slice(0, place),
      values: values.slice(0, place),
      children: inner ? [...children.slice(0, place), before] : none
    }),
    orNull({
      height,
      keys: keys.slice(place),
      values: values.slice(place),
      children: inner ? [after, ...children.slice(place + 1)] : none
    })
  ]
}

/** One tree of two of the same height, all keys of one before those of the other. */
const joined = <Value>(one: Tree<Value>, other: Tree<Value>): Tree<Value> => {
  if (one === null || other === null) return one ?? other
  return {
    height: one.height,
    keys: [...one.keys, ...other.keys],
    values: [...one.values, ...other.values],
    children:
      one.height === 0
        ? none
        : [
            ...one.children.slice(0, -1),
            joined(one.children.at(-1) ?? null, other.children[0] ?? null),
            ...other.children.slice(1)
          ]
  }
}

/** The tree as one of a greater height. */
const raised = <Value>(tree: Tree<Value>, height: number): Tree<Value> =>
  tree === null || tree.height === height
    ? tree
    : raised({ height: tree.height + 1, keys: none, values: none, children: [tree] }, height)

/** A tree of one key. */
const single = <Value>(key: string, value: Value, height: number): SortedMap<Value> => ({
  height,
  keys: [key],
  values: [value],
  children: height === 0 ? none : [null, null]
})

/** The tree with a key that it has not, which is of the height `level`; `height` is that of the tree. */
const inserted = <Value>(
  tree: Tree<Value>,
  key: string,
  value: Value,
  level: number,
  height: number
): SortedMap<Value> => {
  if (tree === null)
    return level === height
      ? single(key, value, height)
      : { height, keys: none, values: none, children: [inserted(tree, key, value, level, height - 1)] }
  const { keys, values, children } = tree
  const place = placeOf(keys, key)
  const child = children[place] ?? null
  if (level < height)
    return { height, keys, values, children: children.with(place, inserted(child, key, value, level, height - 1)) }
  return {
    height,
    keys: keys.toSpliced(place, 0, key),
    values: values.toSpliced(place, 0, value),
    children: height === 0 ? none : children.toSpliced(place, 1, ...split(child, key))
  }
}

/** The map with what `change` makes of the value at `key`, which is undefined where there is none. */
export const withChange = <Value>(
  map: SortedMap<Value>,
  key: string,
  change: (value: Value | undefined) => Value
): SortedMap<Value> => {
  const found = changed(map, key, change)
  if (found !== undefined) return found
  const level = heightOf(key)
  if (isBare(map)) return single(key, change(undefined), level)
  const height = max(level, map.height)
  return inserted<Value>(raised<Value>(map, height), key, change(undefined), level, height)
}

/** The map with `value` at `key`. */
export const withValue = <Value>(map: SortedMap<Value>, key: string, value: Value): SortedMap<Value> =>
  withChange(map, key, () => value)

/** The tree without a key; the same where it has no such key. */
const cut = <Value>(map: SortedMap<Value>, key: string): Tree<Value> => {
  const { height, keys, values, children } = map
  const place = placeOf(keys, key)
  const child = children[place] ?? null
  if (keys[place] !== key) {
    const left = child === null ? null : cut(child, key)
    return left === child ? map : orNull({ height, keys, values, children: children.with(place, left) })
  }
  return orNull({
    height,
    keys: keys.toSpliced(place, 1),
    values: values.toSpliced(place, 1),
    children: height === 0 ? none : children.toSpliced(place, 2, joined(child, children[place + 1] ?? null))
  })
}

/** The highest node that has a key of its own. */
const lowered = <Value>(tree: Tree<Value>): SortedMap<Value> =>
  tree === null ? emptyMap : tree.keys.length > 0 ? tree : lowered(tree.children[0] ?? null)

/** The map without `key`. */
export const withoutKey = <Value>(map: SortedMap<Value>, key: string): SortedMap<Value> => {
  const left = cut(map, key)
  return left === map ? map : lowered(left)
}

/** Folds the values with their keys, not in the order of these. */
export const foldValues = <Value, Result>(
  map: SortedMap<Value>,
  next: (result: Result, value: Value, key: string) => Result,
  initial: Result
): Result => {
  const { keys, values, children } = map
  const own = values.reduce<Result>((result, value, place) => next(result, value, keys[place] as string), initial)
  if (children.length === 0) return own
  return children.reduce<Result>((result, child) => (child === null ? result : foldValues(child, next, result)), own)
}

/** A value of which this holds; undefined where there is none. */
export const findValue = <Value>(map: SortedMap<Value>, holds: (value: Value) => boolean): Value | undefined => {
  const own = map.values.find(holds)
  if (own !== undefined || map.children.length === 0) return own
  return map.children.reduce<Value | undefined>(
    (found, child) => found ?? (child === null ? undefined : findValue(child, holds)),
    undefined
  )
}

export type MapEntry<Value> = readonly [key: string, value: Value]

/** The entries with `from` <= key <= `to`, in order; all of them where no bounds are given. */
export const entriesIn = <Value>(
  map: SortedMap<Value>,
  from: string | null = null,
  to: string | null = null
): ReadonlyArray<MapEntry<Value>> => {
  const { keys, values, children } = map
  const isAfter = (key: string) => to !== null && key > to
  const start = from === null ? 0 : placeOf(keys, from)
  const below = (place: number): ReadonlyArray<MapEntry<Value>> => {
    const child = children[place] ?? null
    return child === null ? [] : entriesIn(child, from, to)
  }
  const own = keys.slice(start).flatMap((key, offset): ReadonlyArray<MapEntry<Value>> => {
    const place = start + offset
    if (place > start && isAfter(keys[place - 1] as string)) return []
    return isAfter(key) ? below(place) : [...below(place), [key, values[place] as Value]]
  })
  const last = keys.at(-1)
  return last === undefined || !isAfter(last) ? [...own, ...below(keys.length)] : own
}

/** The map with each value replaced; what stays the same, by `===`, is shared. */
export const mapValues = <Value>(map: SortedMap<Value>, change: (value: Value) => Value): SortedMap<Value> => {
  const values = map.values.map(change)
  const children = map.children.map((child) => (child === null ? null : mapValues(child, change)))
  const isSame =
    values.every((value, place) => value === map.values[place]) &&
    children.every((child, place) => child === map.children[place])
  return isSame ? map : { height: map.height, keys: map.keys, values, children }
}

/** The map of these entries; of two with the same key, the later. */
export const mapOf = <Value>(given: ReadonlyArray<MapEntry<Value>>): SortedMap<Value> =>
  given.reduce<SortedMap<Value>>((map, [key, value]) => withValue(map, key, value), emptyMap)

/**
 * Whether a value is a map, by its fields, not looking into its children: what shows data can show its entries instead,
 * see {@link entriesIn}.
 */
export const isMap = (value: unknown): value is SortedMap<unknown> => {
  if (!t.UnknownRecord.is(value) || !('height' in value && 'keys' in value && 'values' in value && 'children' in value))
    return false
  const { height, keys, values, children, ...others } = value
  return (
    isArray(keys) &&
    isArray(values) &&
    isArray(children) &&
    keys.every((key) => typeof key === 'string') &&
    values.length === keys.length &&
    children.length === (height === 0 ? 0 : keys.length + 1) &&
    listKeys(others).length === 0
  )
}

/**
 * The codec of a map whose values `value` encodes. A map is written as the list of its entries, and built anew when read.
 *
 * @example const Durable = closed('Durable', { balances: sortedMapOf(Natural) })
 */
export const sortedMapOf = <Value>(value: t.Type<Value, unknown>): t.Type<SortedMap<Value>, unknown> => {
  const written = t.readonlyArray(t.tuple([t.string, value]))
  return new t.Type<SortedMap<Value>, unknown>(
    `a map of ${value.name}`,
    (map): map is SortedMap<Value> => isMap(map) && foldValues(map, (all, one) => all && value.is(one), true),
    (map, context) => either.map(mapOf<Value>)(written.validate(map, context)),
    (map) => entriesIn(map).map(([key, held]) => [key, value.encode(held)])
  )
}
