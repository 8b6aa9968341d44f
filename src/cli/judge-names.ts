/** The judges that can be asked for: their tables, and what was probably meant by a name that no judge has. */
import { either } from 'fp-ts'
import { families, judgeNamed, judgeNames, objects, type AnyJudge, type JudgeOptions } from '../consistency/judges.ts'
import { problem, type Problem } from '../model/problem.ts'
import { table } from './table.ts'

const { max, min } = Math

/** How many characters have to be put in, taken out or replaced to make one text of the other. */
const distance = (one: string, other: string): number => {
  const start = Array.from({ length: other.length + 1 }, (_, index) => index)
  const last = [...one].reduce(
    (row, character, i) =>
      [...other].reduce<ReadonlyArray<number>>(
        (next, wanted, j) => [
          ...next,
          min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (character === wanted ? 0 : 1))
        ],
        [i + 1]
      ),
    start as ReadonlyArray<number>
  )
  return last.at(-1) ?? 0
}

const mostSuggestions = 4

/** Whoever types `isolation:snapsot` may mean a name that goes on after it. */
const away = (name: string, known: string): number =>
  min(distance(name, known), distance(name, known.slice(0, name.length + 1)) + 1)

/** The names with the text in them, else those that are the fewest characters away. None if none is near. */
export const suggestionsFor = (name: string): ReadonlyArray<string> => {
  const containing = name.length >= 3 ? judgeNames.filter((known) => known.includes(name)) : []
  if (containing.length > 0) return containing.slice(0, mostSuggestions)
  const distances = judgeNames.map((known) => away(name, known))
  const least = min(...distances)
  return least > max(2, name.length / 5)
    ? []
    : judgeNames.filter((_, index) => distances[index] === least).slice(0, mostSuggestions)
}

/** The judges of these names, or Q501 for each that no judge has, with what was probably meant. */
export const judgesNamed = (
  names: ReadonlyArray<string>,
  options: JudgeOptions
): either.Either<ReadonlyArray<Problem>, ReadonlyArray<AnyJudge>> => {
  const found = names.map((name) =>
    either.mapLeft(({ code, what }: Problem) => {
      const meant = suggestionsFor(name)
      return problem(code, `${what}${meant.length === 0 ? '' : `: did you mean ${meant.join(' or ')}?`}`, ['--as'])
    })(judgeNamed(name, options))
  )
  const problems = found.flatMap((one) => (either.isLeft(one) ? [one.left] : []))
  return problems.length > 0
    ? either.left(problems)
    : either.right(found.flatMap((one) => (either.isRight(one) ? [one.right] : [])))
}

type Row = readonly [name: string, says: string]

const twoColumns = (title: Row, rows: ReadonlyArray<Row>, width: number): ReadonlyArray<string> =>
  table<Row>(
    [
      { title: title[0], text: ([name]) => name, align: 'left', expendable: 0 },
      { title: title[1], text: ([, says]) => says, align: 'left', expendable: 0 }
    ],
    rows,
    width
  )

/** Names in lines of at most so many columns, indented. */
const filled = (names: ReadonlyArray<string>, width: number): ReadonlyArray<string> =>
  names
    .reduce<ReadonlyArray<string>>((lines, name) => {
      const last = lines.at(-1)
      const longer = `${last}, ${name}`
      return last !== undefined && longer.length < width ? lines.with(-1, longer) : [...lines, name]
    }, [])
    .map((line, at, lines) => `  ${line}${at < lines.length - 1 ? ',' : ''}`)

/** All judges, line by line. */
export const judgeTable = (width: number): ReadonlyArray<string> => {
  const kinds = Object.entries(families).map(([family, { of, says }]): Row => [
    of === null ? family : of === 'GUARANTEE' ? `${family}[:${of}]` : `${family}:${of}`,
    says
  ])
  const known = Object.entries(objects).map(([name, { operations }]): Row => [name, operations])
  return [
    ...twoColumns(['judge', 'what it asks'], kinds, width),
    '',
    ...twoColumns(['OBJECT', 'its operations'], known, width),
    '',
    'GUARANTEE',
    ...filled(families.session.members, min(width, 100)),
    '',
    'LEVEL',
    ...filled(families.isolation.members, min(width, 100))
  ]
}
