/** Why a value did not decode, in one line: the path to what is wrong, and what was expected there. */
import * as t from 'io-ts'
import { either } from 'fp-ts'

/** What a codec of io-ts shows of itself, each field if it is of that kind. */
interface Codec {
  readonly name: string
  readonly _tag?: string
  /** The fields of a record. */
  readonly props?: Readonly<Record<string, Codec>>
  /** The branches of a union. */
  readonly types?: ReadonlyArray<Codec>
  /** The literal field that decides a union. */
  readonly tag?: string
  /** The value of a literal. */
  readonly value?: unknown
}

const longest = 60

const written = (value: unknown): string => {
  const json = either.tryCatch(() => JSON.stringify(value) ?? typeof value, String)
  const text = typeof value === 'number' ? String(value) : either.getOrElse((): string => typeof value)(json)
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

const hasLiteralsOf = ({ props = {} }: Codec, value: unknown): boolean =>
  t.UnknownRecord.is(value) &&
  Object.entries(props).every(([key, field]) => field._tag !== 'LiteralType' || field.value === value[key])

const literalsAt = (tag: string, { types, props }: Codec): ReadonlyArray<unknown> =>
  types === undefined ? [props?.[tag]?.value] : types.flatMap((branch) => literalsAt(tag, branch))

const at = (path: ReadonlyArray<string>, said: string): string =>
  path.length === 0 ? said : `at ${path.join('.')}: ${said}`

const explainHere = (value: unknown, expected: Codec, message: string | undefined, path: ReadonlyArray<string>) => {
  if (message !== undefined) return at(path, message)
  const { tag } = expected
  if (tag === undefined || !t.UnknownRecord.is(value)) return at(path, `${written(value)} is not ${expected.name}`)
  const literals = literalsAt(tag, expected).map(written).join(', ')
  return at([...path, tag], `${written(value[tag])} is none of ${literals}`)
}

/** Errors that all lie at or below one place: the context at `depth`, which is at `path` in the value. */
const explainFrom = (errors: t.Errors, depth: number, path: ReadonlyArray<string>): string => {
  const entry = errors[0]?.context[depth]
  if (entry === undefined) return 'it does not decode'
  const codec = entry.type as Codec
  const here = errors.find(({ context }) => context.length === depth + 1)
  if (here !== undefined) return explainHere(here.value, codec, here.message, path)

  const under = (key: string) => errors.filter(({ context }) => context[depth + 1]?.key === key)
  const [first = ''] = errors.map(({ context }) => context[depth + 1]?.key ?? '')
  if (codec._tag === 'IntersectionType') return explainFrom(under(first), depth + 1, path)
  if (codec._tag !== 'UnionType') return explainFrom(under(first), depth + 1, [...path, first])

  // A branch is meant if it is a record with the right literals, or if it found something to refuse further inside.
  const isMeant = (branch: Codec, found: t.Errors): boolean =>
    branch.props === undefined
      ? found.some(({ context }) => context.length > depth + 2)
      : hasLiteralsOf(branch, entry.actual)
  const tried = (codec.types ?? []).map((branch, index) => ({ branch, found: under(String(index)) }))
  const [meant, ...others] = tried.filter(({ branch, found }) => isMeant(branch, found))
  return meant !== undefined && others.length === 0
    ? explainFrom(meant.found, depth + 1, path)
    : at(path, `${written(entry.actual)} is none of ${tried.map(({ branch }) => branch.name).join(', ')}`)
}

/**
 * What a failed decoding says. Of several errors, the first; of the branches of a union, the one that was meant, if one
 * can be told by its literal fields or because only that one got inside the value.
 *
 * @example either.mapLeft(explainErrors)(Vote.decode({ type: 'vote', term: -1 })) // 'at term: -1 is not a whole number >= 0'
 */
export const explainErrors = (errors: t.Errors): string => explainFrom(errors, 0, [])
