/** What differs between two values: the paths at which they part. */
import { canonical } from '../model/data.ts'
import { isFields, listIn, recordIn, say } from './say.ts'

/** One difference. What is undefined is not there: data holds no undefined. */
export interface Change {
  readonly path: ReadonlyArray<string>
  readonly before: unknown
  readonly after: unknown
}

const { isArray } = Array
const { fromEntries, hasOwn, keys } = Object

const textOf = (value: unknown): string => (value === undefined ? '' : canonical(value))

type Parts = Readonly<Record<string, unknown>>

/**
 * The parts of both by name, where these are what is compared: the fields of records of the same kind, the values of maps,
 * the items of lists of records that are as long. A record that turned into another kind has changed as a whole.
 */
const partsOf = (before: unknown, after: unknown): readonly [Parts, Parts] | undefined => {
  if (isArray(before) && isArray(after)) {
    const areRecords = before.length === after.length && [...before, ...after].every((item) => isFields(item))
    return areRecords ? [fromEntries(before.entries()), fromEntries(after.entries())] : undefined
  }
  if (listIn(before) !== undefined || listIn(after) !== undefined) return undefined
  const [one, other] = [recordIn(before), recordIn(after)]
  if (one === undefined || other === undefined || one.tag !== other.tag) return undefined
  const { tag } = one
  return tag === undefined || one.fields[tag] === other.fields[tag] ? [one.fields, other.fields] : undefined
}

/** Names may be any words, such as those of what every record inherits. */
const partAt = (parts: Parts, name: string): unknown => (hasOwn(parts, name) ? parts[name] : undefined)

const differences = (before: unknown, after: unknown, path: ReadonlyArray<string>): ReadonlyArray<Change> => {
  if (textOf(before) === textOf(after)) return []
  const parts = partsOf(before, after)
  if (parts === undefined) return [{ path, before, after }]
  const [one, other] = parts
  const names = new Set([...keys(one), ...keys(other)])
  return [...names].toSorted().flatMap((name) => differences(partAt(one, name), partAt(other, name), [...path, name]))
}

/** The changes from `before` to `after`, by path in alphabetical order; none if they are the same data. */
export const changes = (before: unknown, after: unknown): ReadonlyArray<Change> => differences(before, after, [])

/** So many equal items at the start of two lists are not worth showing. */
const longStart = 3

const sayLists = (
  before: ReadonlyArray<unknown>,
  after: ReadonlyArray<unknown>,
  dots: string
): readonly [string, string] => {
  const parting = before.findIndex((item, index) => textOf(item) !== textOf(after[index]))
  const same = parting < 0 ? before.length : parting
  // The last item that is equal stays, so that one sees where the lists go on.
  const rest = (items: ReadonlyArray<unknown>) => `[${[dots, ...items.slice(same - 1).map(say)].join(', ')}]`
  return same > longStart ? [rest(before), rest(after)] : [say(before), say(after)]
}

/** Both sides in words: of long lists with the same start, only what comes after it. */
export const sayBoth = (before: unknown, after: unknown, dots: string): readonly [string, string] => {
  const [one, other] = [listIn(before), listIn(after)]
  return one !== undefined && other !== undefined && one.first === 1 && other.first === 1
    ? sayLists(one.items, other.items, dots)
    : [say(before), say(after)]
}
