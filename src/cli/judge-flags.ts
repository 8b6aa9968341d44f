/** What the options of `quorate judge` hold, and how their texts are read. Loaded for the help, so it imports no judge. */
import { InvalidArgumentError } from 'commander'
import type { Format } from '../consistency/formats/formats.ts'

export interface JudgeFlags {
  /** Names of judges, as typed. */
  readonly as?: ReadonlyArray<string>
  readonly format?: Format
  readonly initial?: { readonly value: unknown }
  readonly keys?: 'sequential' | 'linearizable'
  readonly visits?: number
  readonly timeline?: string
  readonly json?: true
  readonly list?: true
}

export const formatNames = [
  'json-lines',
  'jepsen',
  'jepsen-keyed',
  'elle',
  'porcupine-register',
  'porcupine-key-value'
] as const satisfies ReadonlyArray<Format>

export const keyAssumptions = ['sequential', 'linearizable'] as const

/** Names with commas between them, collected over all occurrences. */
export const readJudgeNames = (text: string, before: ReadonlyArray<string> = []): ReadonlyArray<string> => [
  ...before,
  ...text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !before.includes(name))
]

/** JSON; what is not JSON is a string. */
export const readInitial = (text: string): { readonly value: unknown } => {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return { value: text }
  }
}

export const readPictureFile = (text: string): string => {
  if (!/\.(svg|html?)$/i.test(text)) throw new InvalidArgumentError('give a file that ends in .svg or .html')
  return text
}
