/** The files of this repository, and what is comment in them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** The files below some folders whose names end in one of these ways. */
export const filesIn = (folders: ReadonlyArray<string>, endings: ReadonlyArray<string>): ReadonlyArray<SourceFile> =>
  folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }))

/** Length in lines. */
export const lengthOf = ({ text }: SourceFile): number => text.trimEnd().split('\n').length

/** Longer than 400 lines, without a reason at its head. */
export const isTooLong = (file: SourceFile): boolean =>
  lengthOf(file) > 400 && !/^(\/\/|\/?\*\*?| \*) Long because ./m.test(file.text.split('\n').slice(0, 20).join('\n'))

export const median = (values: ReadonlyArray<number>): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** The prose in a file: its comments and strings with spaces in code, all of it in Markdown. */
const proseOf = ({ path, text }: SourceFile): string =>
  path.endsWith('.md')
    ? text
    : [...text.matchAll(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]* [^'\n]*'/g)].map(([comment]) => comment).join('\n')

/** The keys of sources that a file cites: `[Raft] §5.1`. A link of Markdown is none, and neither is code in backticks. */
export const citationsIn = (file: SourceFile): ReadonlyArray<string> => [
  ...new Set(
    [
      ...proseOf(file)
        .replaceAll(/`[^`\n]*`/g, '')
        .matchAll(/(?<![\w\]])\[([A-Z][A-Za-z]+(?:[0-9]{2}[a-z]?)?|[A-Z]{2,5}[0-9]{0,2}|6\.824)\](?![([:])/g)
    ].map(([, key = '']) => key)
  )
]

/** The rows of the first table of a document: the first cell of each, without what is above the rule. */
export const rowsOf = (document: string): ReadonlyArray<string> =>
  document
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) => (line.split('|')[1] ?? '').trim())
