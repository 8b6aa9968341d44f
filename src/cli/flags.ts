/** What options hold, and how their texts are read. */
import { InvalidArgumentError } from 'commander'
import { mostThreads } from '../checker/team.ts'
import { reductionNames, type Reduction } from '../checker/report.ts'
import type { Limits } from './run.ts'

/** Options of every command that checks models. */
export interface ModelFlags {
  readonly param?: Readonly<Record<string, string>>
  readonly only?: string
  /** False for `--no-reduce`. */
  readonly reduce?: ReadonlyArray<Reduction> | false
  readonly maxStates?: number
  /** Bytes. */
  readonly memory?: number
  readonly workers?: number
}

export interface CheckFlags extends ModelFlags {
  readonly json?: true
  readonly traceDir?: string
  readonly text?: true
  readonly diagram?: true
  readonly quiet?: true
}

export const limitsOf = ({ reduce, maxStates, memory, workers }: ModelFlags): Limits => ({
  ...(reduce === undefined ? {} : { reduce: reduce === false ? [] : reduce }),
  ...(maxStates === undefined ? {} : { maxStates }),
  ...(memory === undefined ? {} : { maxBytes: memory }),
  ...(workers === undefined ? {} : { workers })
})

const invalid = (expected: string): never => {
  throw new InvalidArgumentError(expected)
}

/** `name=value`, collected over all occurrences; the last one of a name counts. */
export const readParameter = (text: string, before: ModelFlags['param'] = {}): ModelFlags['param'] => {
  const [, name = '', value = ''] = /^([^=\s]+)=(.*)$/s.exec(text) ?? invalid('give it as name=value')
  return { ...before, [name]: value }
}

const isReduction = (name: string): name is Reduction => (reductionNames as ReadonlyArray<string>).includes(name)

/** Names with commas between them, or `none`. */
export const readReductions = (text: string): ReadonlyArray<Reduction> => {
  const names = text.split(',').map((name) => name.trim())
  if (text.trim() === 'none') return []
  return names.every(isReduction) ? names : invalid(`the reductions are ${reductionNames.join(', ')}; or none`)
}

/** A whole number >= 1, with `_` or `,` between its digits if that helps. */
export const readCount = (text: string): number => {
  const value = /^\d[\d_,]*$/.test(text) ? Number(text.replaceAll(/[_,]/g, '')) : 0
  return Number.isSafeInteger(value) && value >= 1 ? value : invalid('give a whole number >= 1')
}

/** A number of threads. */
export const readWorkers = (text: string): number => {
  const count = readCount(text)
  return count <= mostThreads ? count : invalid(`give at most ${mostThreads}`)
}

const units = 'bkmgt'

/** Bytes: `512m`, `8g`, `1.5GiB`; powers of 1024. */
export const readBytes = (text: string): number => {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(?:([bkmgt])(?:i?b)?)?$/i.exec(text) ?? []
  const value = Number(number) * 1024 ** units.indexOf(unit.toLowerCase() || 'b')
  return value >= 1 ? Math.floor(value) : invalid('give a size such as 512m or 8g')
}
