/** Traces as text: JSON that a reviewer can compare line by line. */
import { either } from 'fp-ts'
import { explainErrors } from '../../spec/kernel/index.ts'
import { problem, type Problem } from '../model/problem.ts'
import { isFields } from './say.ts'
import { Trace } from './trace.ts'

const { isArray } = Array
const { entries, keys } = Object
const { stringify } = JSON

/** These come first, in this order: they tell what a record is. The other keys follow in alphabetical order. */
const leading = [
  ...[
    'quorateTrace',
    'model',
    'protocol',
    'wireVersion',
    'nodes',
    'shows',
    'property',
    'explanation',
    'start',
    'steps'
  ],
  ...['action', 'type', 'is', 'kind', 'node', 'from', 'to', 'rule', 'up', 'name']
]

const rank = (key: string): number => (leading.includes(key) ? leading.indexOf(key) : leading.length)

const ordered = (record: Readonly<Record<string, unknown>>): ReadonlyArray<readonly [string, unknown]> =>
  entries(record).toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))

const inline = (value: unknown): string => {
  if (isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (!isFields(value)) return stringify(value)
  if (keys(value).length === 0) return '{}'
  return `{ ${ordered(value)
    .map(([key, item]) => `${stringify(key)}: ${inline(item)}`)
    .join(', ')} }`
}

const lineWidth = 120

/** A value on the rest of its line if it fits there, else its parts on lines of their own. */
const written = (value: unknown, indent: string, taken: number): string => {
  const whole = inline(value)
  const isSmall = taken + whole.length <= lineWidth
  if (isSmall || !(isArray(value) || isFields(value))) return whole
  const inside = `${indent}  `
  const parts = isArray(value)
    ? value.map((item) => written(item, inside, inside.length + 1))
    : ordered(value).map(([key, item]) => {
        const name = `${stringify(key)}: `
        return `${name}${written(item, inside, inside.length + name.length + 1)}`
      })
  const [open, close] = isArray(value) ? '[]' : '{}'
  return `${open}\n${parts.map((part) => `${inside}${part}`).join(',\n')}\n${indent}${close}`
}

/** A trace as JSON text: equal traces are equal texts. What is short stands on one line. Ends in a line feed. */
export const encodeTrace = ({ explanation, ...trace }: Trace): string =>
  `${written(explanation === null ? trace : { ...trace, explanation }, '', 0)}\n`

/** A node that is named and not listed, with the path to it. */
const strangerIn = ({ nodes, start, steps }: Trace): string | undefined => {
  const named = [
    ...start.map(({ node }, index) => [`start.${index}.node`, node] as const),
    ...steps.flatMap(({ action }, index) => [
      ...('node' in action ? [[`steps.${index}.action.node`, action.node] as const] : []),
      ...('from' in action ? [[`steps.${index}.action.from`, action.from] as const] : [])
    ])
  ]
  const found = named.find(([, node]) => !nodes.includes(node))
  return found === undefined ? undefined : `at ${found[0]}: ${stringify(found[1])} is not among the nodes`
}

/** In the text, an explanation that is null is left out. */
const decode = (json: unknown): either.Either<Problem, Trace> => {
  const decoded = Trace.decode(isFields(json) ? { explanation: null, ...json } : json)
  if (either.isLeft(decoded)) return either.left(problem('Q402', explainErrors(decoded.left)))
  const stranger = strangerIn(decoded.right)
  return stranger === undefined ? decoded : either.left(problem('Q402', stranger))
}

/**
 * A trace from its JSON text.
 *
 * @returns Q401 if it is not JSON; Q402, with the path, if it is not a trace of this version
 */
export const decodeTrace = (text: string): either.Either<Problem, Trace> =>
  either.chain(decode)(
    either.tryCatch(
      (): unknown => JSON.parse(text),
      (error) => problem('Q401', error instanceof Error ? error.message : String(error))
    )
  )
