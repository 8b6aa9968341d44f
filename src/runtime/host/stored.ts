/**
 * The durable part of a state, as a disk keeps it: field by field. A durable part that has no fields (null, a list, a log)
 * is kept whole, under a name that no field has.
 */
import type * as t from 'io-ts'
import { isLog } from '../../../spec/kernel/index.ts'
import type { Stored } from '../ports.ts'

const { isArray } = Array
const { keys } = Object

/** The field of a durable part that is kept whole. */
export const whole = '='

export type Fields = Readonly<Record<string, unknown>>

const hasFields = (durable: unknown): durable is Fields =>
  typeof durable === 'object' && durable !== null && !isArray(durable) && !isLog(durable) && keys(durable).length > 0

/** The fields that are kept of a durable part: at least one, so that a disk that keeps it is not an empty one. */
export const fieldsOf = (durable: unknown): Fields => (hasFields(durable) ? durable : { [whole]: durable })

/** The durable part, encoded, as its codec wrote it. */
export const encodedOf = (stored: Stored): unknown => (whole in stored ? stored[whole] : stored)

/** What a codec of io-ts shows of itself, each field if it is of that kind. */
interface Codec {
  readonly encode: (value: any) => unknown
  readonly props?: Readonly<Record<string, Codec>>
  /** The branches of a union or an intersection. */
  readonly types?: ReadonlyArray<Codec>
  /** What a refinement or an exact type is of. */
  readonly type?: Codec
  readonly value?: unknown
  readonly _tag?: string
}

const fitsLiterals = ({ props = {} }: Codec, fields: Fields): boolean =>
  keys(props).every((key) => props[key]?._tag !== 'LiteralType' || props[key].value === fields[key])

/** The codecs of the fields, by name; of a union, those of the first branch whose literal fields are there. */
const propsOf = (codec: Codec, fields: Fields): Readonly<Record<string, Codec>> => {
  if (codec.props !== undefined) return codec.props
  if (codec._tag === 'UnionType') {
    const branch = codec.types?.find((one) => keys(propsOf(one, fields)).length > 0 && fitsLiterals(one, fields))
    return branch === undefined ? {} : propsOf(branch, fields)
  }
  if (codec._tag === 'IntersectionType')
    return (codec.types ?? []).reduce<Record<string, Codec>>((all, one) => ({ ...all, ...propsOf(one, fields) }), {})
  return codec.type === undefined ? {} : propsOf(codec.type, fields)
}

/** How a field of this durable part is encoded. */
export type Encode = (field: string, value: unknown) => unknown

/**
 * Encoders of fields by a codec of the durable part. The codec of one field is asked, and that of the whole only where
 * the codec does not show its fields.
 */
export const encoderOf = (codec: t.Type<unknown, unknown>, durable: unknown): Encode => {
  if (!hasFields(durable)) return (_field, value) => codec.encode(value)
  const props = propsOf(codec, durable)
  return (field, value) => {
    const own = props[field]
    return own === undefined ? (codec.encode({ ...durable, [field]: value }) as Fields)[field] : own.encode(value)
  }
}
