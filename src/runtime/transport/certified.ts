/**
 * Whose certificate it is. A node may call itself as it likes; what counts is that its certificate carries the one name that
 * belongs to that node, as a subject alternative name, to the letter: no wildcards, and no common name ([RFC9525] §2).
 */
import { either } from 'fp-ts'
import type { NodeId } from '../../../spec/kernel/index.ts'
import { problem, type Problem } from '../../model/problem.ts'

/** The name that the certificate of a node must carry, as `DNS:…` or `URI:…`. */
export type NameOf = (node: NodeId) => string

const place = '{node}'

/**
 * @param pattern `DNS:` or `URI:` and then a name with `{node}` in it once
 * @example nameOf('URI:quorate://shop/{node}') // of n1: 'URI:quorate://shop/n1'
 */
export const nameOf = (pattern: string): either.Either<Problem, NameOf> => {
  const parts = pattern.split(place)
  return /^(DNS|URI):/.test(pattern) && parts.length === 2
    ? either.right((node) => parts.join(node))
    : either.left(problem('Q951', `the identity "${pattern}" is not DNS: or URI: and a name with ${place}`, ['tls']))
}

/** One entry of the list: a type, and a value that is quoted as in JSON where it could be mistaken for more than one entry. */
const entry = /([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/gy

const unquoted = (value: string): string | null =>
  value.startsWith('"')
    ? either.getOrElse((): string | null => null)(
        either.tryCatch(
          () => JSON.parse(value) as string,
          () => null
        )
      )
    : value

/**
 * The names of a certificate, as `TYPE:value`.
 *
 * @param subjectAltName as Node gives it; undefined where the certificate has none
 */
export const namesIn = (subjectAltName: string | undefined): ReadonlyArray<string> =>
  [...(subjectAltName ?? '').matchAll(entry)].flatMap(([, type = '', value = '']) => {
    const plain = unquoted(value)
    return plain === null ? [] : [`${type}:${plain}`]
  })
