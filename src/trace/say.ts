/**
 * Plain data in words, on one line: `request-vote lastLogIndex=0 term=2`. Fields are in alphabetical order, so that equal
 * data reads the same whoever built it.
 */
import { either } from 'fp-ts'
import { entries, entriesIn, isLog, isMap } from '../../spec/kernel/index.ts'

const { isArray } = Array
const { fromEntries, keys } = Object
const { isSafeInteger } = Number

type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !isArray(value)

const codePoint = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/** A name as it stands, but for characters that a terminal would obey instead of show. */
export const sayName = (name: string): string => name.replace(/\p{C}/gu, codePoint)

// What is neither of these could be taken for a number, a word of JSON, or several things: it is put in quotes.
const bare = /^[\p{L}_][\p{L}\p{N}_.#@/+-]*$/u
const wordsOfJson = ['null', 'true', 'false']

const sayString = (text: string): string =>
  bare.test(text) && !wordsOfJson.includes(text) ? text : sayName(JSON.stringify(text))

/** The field that tells what kind of record this is: `type`, `is` or `kind`. */
const tagKey = (record: Fields): string | undefined =>
  ['type', 'is', 'kind'].find((key) => typeof record[key] === 'string')

/** A record as it stands, or a map by its keys; none of them tells of what kind it is. Undefined for anything else. */
export const recordIn = (value: unknown): { readonly tag: string | undefined; readonly fields: Fields } | undefined => {
  if (!isFields(value)) return undefined
  const asRecord = { tag: tagKey(value), fields: value }
  if (!isMap(value)) return asRecord
  // A trace is read from a file: what looks like a map need not be one.
  const read = either.tryCatch((): Fields => fromEntries(entriesIn(value)), String)
  return either.isRight(read) ? { tag: undefined, fields: read.right } : asRecord
}

type Told = NonNullable<ReturnType<typeof recordIn>>

const sayFields = ({ tag, fields }: Told): ReadonlyArray<string> => {
  const said = keys(fields)
    .toSorted()
    .filter((key) => key !== tag)
    .map((key) => `${sayString(key)}=${say(fields[key])}`)
  return tag === undefined ? said : [sayString(String(fields[tag])), ...said]
}

/** A list, or the entries of a log, with the index of its first; undefined for anything else. */
export const listIn = (
  value: unknown
): { readonly first: number; readonly items: ReadonlyArray<unknown> } | undefined => {
  if (isArray(value)) return { first: 1, items: value }
  if (!isLog(value) || !isSafeInteger(value.first) || !isSafeInteger(value.last)) return undefined
  // A trace is read from a file: what calls itself a log need not be one.
  const read = either.tryCatch(() => entries(value), String)
  return either.isRight(read) ? { first: value.first, items: read.right } : undefined
}

/** A value inside something else: a record stands in braces, unless it says no more than its kind. */
export const say = (value: unknown): string => {
  const list = listIn(value)
  if (list !== undefined) return `[${list.first === 1 ? '' : `from ${list.first}: `}${list.items.map(say).join(', ')}]`
  if (typeof value === 'string') return sayString(value)
  const record = recordIn(value)
  if (record === undefined) return String(value)
  const fields = sayFields(record)
  return fields.length === 1 && record.tag !== undefined ? fields.join('') : `{${fields.join(' ')}}`
}

/** A value on its own: a message, a request, a state. */
export const sayWhole = (value: unknown): string => {
  const record = listIn(value) === undefined ? recordIn(value) : undefined
  return record !== undefined && keys(record.fields).length > 0 ? sayFields(record).join(' ') : say(value)
}
