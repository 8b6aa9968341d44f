/**
 * Extensible data notation, the syntax of Clojure's data, as far as recorded histories use it.
 *
 * Tags, metadata and namespaces of maps are read and dropped. What has no exact counterpart in JavaScript (integers
 * beyond 2^53, ratios, `##NaN`) is kept as its own text, so that different values stay different.
 */
import { either } from 'fp-ts'
import { canonical } from '../../model/data.ts'
import { problem } from '../../model/problem.ts'
import type { Problem } from '../../model/problem.ts'

export type Edn =
  | null
  | boolean
  | number
  | string
  /** Without its colon. */
  | { readonly is: 'keyword'; readonly name: string }
  | { readonly is: 'symbol'; readonly name: string }
  /** A list or a vector. */
  | { readonly is: 'list'; readonly items: ReadonlyArray<Edn> }
  | { readonly is: 'set'; readonly items: ReadonlyArray<Edn> }
  | EdnMap

export interface EdnMap {
  readonly is: 'map'
  readonly entries: ReadonlyArray<readonly [Edn, Edn]>
  /** The line on which it starts, from 1. */
  readonly line: number
}

/** Deeper nesting than this is refused: no history needs it, and recursion must end. */
const deepest = 200

const newline = 10
const semicolon = 59
// By character code below 128: 1 for space, 2 for whatever else ends an atom. Line breaks are counted, so they are no
// space.
const roles = new Uint8Array(128)
for (const character of ' \t\r\f,') roles[character.charCodeAt(0)] = 1
for (const character of '()[]{}";\n') roles[character.charCodeAt(0)] = 2
const isSpace = (code: number): boolean => code < 128 && roles[code] === 1
const isDelimiter = (code: number): boolean => code < 128 && roles[code] !== 0
const decimal = /^[-+]?(?:0|[1-9]\d*)(\.\d*)?([eE][-+]?\d+)?[NM]?$/
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }
const characters: Readonly<Record<string, string>> = { newline: '\n', space: ' ', tab: '\t', return: '\r' }
const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Malformed text, on its way to the border of this file. */
class Malformed extends Error {}

const unescaped = (text: string): string =>
  text.replaceAll(/\\(?:u([0-9a-fA-F]{4})|([^]))/g, (_, code?: string, letter?: string) =>
    code === undefined ? (escapes[letter ?? ''] ?? letter ?? '') : String.fromCharCode(Number.parseInt(code, 16))
  )

const atomOf = (text: string): Edn => {
  if (text === 'nil') return null
  if (text === 'true' || text === 'false') return text === 'true'
  if (text.startsWith(':')) return { is: 'keyword', name: text.replace(/^::?/, '') }
  if (text.startsWith('\\')) return characters[text.slice(1)] ?? text.slice(1)
  const number = decimal.exec(text)
  if (number === null) return { is: 'symbol', name: text }
  const value = Number(text.replace(/[NM]$/, ''))
  const exact = number[1] !== undefined || number[2] !== undefined || Number.isSafeInteger(value)
  return exact ? value : text.replace(/N$/, '')
}

const pairs = (items: ReadonlyArray<Edn>): ReadonlyArray<readonly [Edn, Edn]> => {
  if (items.length % 2 === 1) throw new Malformed('a map has a key without a value')
  const found: Array<readonly [Edn, Edn]> = []
  for (let i = 0; i < items.length; i += 2) found.push([items[i]!, items[i + 1]!])
  return found
}

/** A cursor over the text, and the forms that it reads. */
const reader = (text: string) => {
  let at = 0
  let line = 1
  // Keywords come again and again, and are all the same.
  const keywords = new Map<string, Edn>()

  const passSpace = (): void => {
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === newline) line += 1
      else if (code === semicolon) at = text.indexOf('\n', at) - 1
      else if (!isSpace(code)) return
      // A comment that no line break ends goes to the end of the text.
      at = at === -2 ? text.length : at + 1
    }
  }

  /** Everything up to the next delimiter; '' if there is nothing. */
  const passAtom = (): string => {
    const start = at
    while (at < text.length && !isDelimiter(text.charCodeAt(at))) at += 1
    return text.slice(start, at)
  }

  const passString = (): string => {
    const start = at + 1
    for (at = start; at < text.length && text[at] !== '"'; at += 1) {
      if (text[at] === '\\') at += 1
      if (text.charCodeAt(at) === newline) line += 1
    }
    if (at >= text.length) throw new Malformed('a string does not end')
    at += 1
    const inner = text.slice(start, at - 1)
    return inner.includes('\\') ? unescaped(inner) : inner
  }

  /** Passes what has no meaning; false at the end of the text. */
  const advance = (depth: number): boolean => {
    passSpace()
    while (text.startsWith('#_', at)) {
      at += 2
      form(depth)
      passSpace()
    }
    return at < text.length
  }

  const items = (close: string, depth: number): ReadonlyArray<Edn> => {
    const found: Array<Edn> = []
    at += 1
    for (;;) {
      if (!advance(depth)) throw new Malformed(`"${close}" is missing at the end`)
      if (text[at] === close) break
      found.push(form(depth))
    }
    at += 1
    return found
  }

  /** What follows a `#`: a set, or a tag whose value counts alone. */
  const dispatched = (depth: number): Edn => {
    at += 1
    if (text[at] === '{') return { is: 'set', items: items('}', depth) }
    if (text[at] === '#') return { is: 'symbol', name: `#${passAtom()}` }
    if (passAtom() === '') throw new Malformed('"#" stands alone')
    return form(depth)
  }

  const form = (depth: number): Edn => {
    if (depth > deepest) throw new Malformed(`it is nested more than ${deepest} deep`)
    if (!advance(depth)) throw new Malformed('a value is missing at the end')
    const start = line
    const first = text[at] ?? ''
    if (first === '{') return { is: 'map', entries: pairs(items('}', depth + 1)), line: start }
    if (first === '[' || first === '(') return { is: 'list', items: items(closing[first] ?? '', depth + 1) }
    if (first === '#') return dispatched(depth + 1)
    if (first === '"') return passString()
    if (first === '^') {
      at += 1
      form(depth + 1)
      return form(depth + 1)
    }
    const found = passAtom()
    if (found === '') throw new Malformed(`"${first}" is not expected here`)
    if (first !== ':') return atomOf(found)
    const keyword = keywords.get(found) ?? atomOf(found)
    keywords.set(found, keyword)
    return keyword
  }

  return { more: () => advance(0), form: () => form(0), line: () => line }
}

/** All forms of a text, in order. Q604 with the line where the text is malformed. */
export const parseEdn = (text: string): either.Either<Problem, ReadonlyArray<Edn>> => {
  const cursor = reader(text)
  const forms: Array<Edn> = []
  try {
    while (cursor.more()) forms.push(cursor.form())
    return either.right(forms)
  } catch (thrown) {
    if (thrown instanceof Malformed) return either.left(problem('Q604', thrown.message, [`line ${cursor.line()}`]))
    throw thrown
  }
}

/** As plain data: keywords and symbols by name, sets as arrays in canonical order, maps as records. */
export const plain = (value: Edn): unknown => {
  if (typeof value !== 'object' || value === null) return value
  if (value.is === 'map') return Object.fromEntries(value.entries.map(([key, item]) => [nameOf(key), plain(item)]))
  if (value.is !== 'list' && value.is !== 'set') return value.name
  const items = value.items.map(plain)
  if (value.is === 'list') return items
  const order = new Map(items.map((item) => [item, canonical(item)]))
  return items.toSorted((a, b) => ((order.get(a) ?? '') < (order.get(b) ?? '') ? -1 : 1))
}

const nameOf = (key: Edn): string => {
  const name = plain(key)
  return typeof name === 'string' ? name : canonical(name)
}
