/** Sets as sorted arrays without duplicates, so that equal sets are equal data. Order: JavaScript's `<`. */

type Ordered = string | number

/** The set of these values. */
export const setOf = <A extends Ordered>(values: ReadonlyArray<A>): ReadonlyArray<A> =>
  [...new Set(values)].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))

/** The set with `value` in it. */
export const including = <A extends Ordered>(set: ReadonlyArray<A>, value: A): ReadonlyArray<A> =>
  set.includes(value) ? set : setOf([...set, value])

/** The set without `value`. */
export const excluding = <A extends Ordered>(set: ReadonlyArray<A>, value: A): ReadonlyArray<A> =>
  set.filter((member) => member !== value)

/** Whether `set` holds more than half of `all`. */
export const isMajority = (set: ReadonlyArray<Ordered>, all: ReadonlyArray<Ordered>): boolean =>
  set.length * 2 > all.length
