/** Codecs that refuse what they do not know. */
import * as t from 'io-ts'
import { either } from 'fp-ts'

const refined = <A>(name: string, base: t.Type<A, unknown>, holds: (value: A) => boolean): t.Type<A, unknown> =>
  new t.Type<A, unknown>(
    name,
    (value): value is A => base.is(value) && holds(value),
    (value, context) =>
      either.chain((decoded: A) => (holds(decoded) ? t.success(decoded) : t.failure<A>(value, context)))(
        base.validate(value, context)
      ),
    base.encode
  )

/** A whole number >= 0, within Number.MAX_SAFE_INTEGER. NaN and Infinity are refused. */
export const Natural: t.Type<number, unknown> = refined(
  'a whole number >= 0',
  t.number,
  (value) => Number.isSafeInteger(value) && value >= 0
)

/** A whole number >= 1, within Number.MAX_SAFE_INTEGER. */
export const Positive: t.Type<number, unknown> = refined(
  'a whole number >= 1',
  t.number,
  (value) => Number.isSafeInteger(value) && value >= 1
)

/** A node's name: not empty, unique in its cluster. */
export type NodeId = string
export const NodeId: t.Type<NodeId, unknown> = refined('a node name', t.string, (value) => value.length > 0)

/** A set of node names: sorted by code unit, no duplicates, so that equal sets are equal data. */
export const NodeSet: t.Type<ReadonlyArray<NodeId>, unknown> = refined(
  'a sorted set of node names',
  t.readonlyArray(NodeId),
  (value) => value.every((id, index) => index === 0 || (value[index - 1] ?? '') < id)
)

type Props = Readonly<Record<string, t.Mixed>>
type Closed<P extends Props> = { readonly [K in keyof P]: t.TypeOf<P[K]> }
type Fields = Readonly<Record<string, unknown>>

/**
 * A record with exactly these fields. `t.type` lets unknown keys pass and `t.strict` drops them in silence, so a
 * misspelt field would decode: here it is refused. Every field must be there; a value that may be missing is
 * `t.union([X, t.null])`. A union of such records that differ in a literal field is decided by that field alone.
 *
 * @example const Vote = closed('Vote', { type: t.literal('vote'), term: Natural })
 */
export const closed = <P extends Props>(name: string, props: P): t.Type<Closed<P>, unknown> => {
  const base = t.type(props, name) as unknown as t.Type<Closed<P>, unknown>
  const unknownKey = (value: Fields) => Object.keys(value).find((key) => !Object.hasOwn(props, key))
  const missingKey = (value: Fields) => Object.keys(props).find((key) => !Object.hasOwn(value, key))
  // An InterfaceType, and not a bare Type, shows its fields, so that `t.union` finds the literal ones.
  return new t.InterfaceType<P, Closed<P>, unknown>(
    name,
    (value): value is Closed<P> =>
      t.UnknownRecord.is(value) && unknownKey(value) === undefined && missingKey(value) === undefined && base.is(value),
    (value, context) => {
      if (!t.UnknownRecord.is(value)) return t.failure(value, context, `not a record: ${name} expected`)
      const extra = unknownKey(value)
      if (extra !== undefined) return t.failure(value, context, `unknown field "${extra}" in ${name}`)
      const absent = missingKey(value)
      if (absent !== undefined) return t.failure(value, context, `field "${absent}" of ${name} is missing`)
      return base.validate(value, context)
    },
    base.encode,
    props
  )
}
