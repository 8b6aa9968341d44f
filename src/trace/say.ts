/**
 * Plain data in words, on one line: `request-vote lastLogIndex=0 term=2`. Fields are in alphabetical order, so that equal
 * data reads the same whoever built it.
 */
import { either } from 'fp-ts'
import { entries, isLog } from '../../spec/kernel/index.ts'

const { isArray } = Array
const { keys } = Object
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
export const tagKey = (record: Fields): string | undefined =>
  ['type', 'is', 'kind'].find((key) => typeof record[key] === 'string')

const sayFields = (record: Fields): ReadonlyArray<string> => {
  const tag = tagKey(record)
  const fields = keys(record)
    .toSorted()
    .filter((key) => key !== tag)
    .map((key) => `${sayString(key)}=${say(record[key])}`)
  return tag === undefined ? fields : [sayString(String(record[tag])), ...fields]
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
  if (!isFields(value)) return String(value)
  const fields = sayFields(value)
  return fields.length === 1 && tagKey(value) !== undefined ? fields.join('') : `{${fields.join(' ')}}`
}

/** A value on its own: a message, a request, a state. */
export const sayWhole = (value: unknown): string =>
  isFields(value) && listIn(value) === undefined && keys(value).length > 0 ? sayFields(value).join(' ') : say(value)
