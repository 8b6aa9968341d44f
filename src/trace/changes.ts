/** What differs between two values: the paths at which they part. */
import { canonical } from '../model/data.ts'
import { isFields, listIn, say, tagKey } from './say.ts'

/** One difference. What is undefined is not there: data holds no undefined. */
export interface Change {
  readonly path: ReadonlyArray<string>
  readonly before: unknown
  readonly after: unknown
}

const { isArray } = Array
const { keys } = Object

const textOf = (value: unknown): string => (value === undefined ? '' : canonical(value))

/** Records of the same kind are compared by field. One that turned into another kind has changed as a whole. */
const areAlike = (before: unknown, after: unknown): boolean => {
  if (isArray(before) && isArray(after))
    return before.length === after.length && [...before, ...after].every((item) => isFields(item))
  if (!isFields(before) || !isFields(after) || listIn(before) !== undefined || listIn(after) !== undefined) return false
  const tag = tagKey(before)
  return tag === tagKey(after) && (tag === undefined || before[tag] === after[tag])
}

const differences = (before: unknown, after: unknown, path: ReadonlyArray<string>): ReadonlyArray<Change> => {
  if (textOf(before) === textOf(after)) return []
  if (!areAlike(before, after)) return [{ path, before, after }]
  const [one, other] = [before, after] as ReadonlyArray<Readonly<Record<string, unknown>>>
  const shared = new Set([...keys(one ?? {}), ...keys(other ?? {})])
  return [...shared].toSorted().flatMap((key) => differences(one?.[key], other?.[key], [...path, key]))
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
