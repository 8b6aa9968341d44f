/** The formats by name, for a command line. */
import type { either } from 'fp-ts'
import type { Problem } from '../../model/problem.ts'
import type { History } from '../history.ts'
import { readElle } from './elle.ts'
import { readJepsen, readKeyedJepsen } from './jepsen.ts'
import { readJsonLines } from './json-lines.ts'
import { readPorcupineKeyValue, readPorcupineRegister } from './porcupine.ts'

export type Reader = (text: string) => either.Either<Problem, History<unknown, unknown>>

export const formats = {
  'json-lines': readJsonLines,
  jepsen: readJepsen,
  'jepsen-keyed': readKeyedJepsen,
  elle: readElle,
  'porcupine-register': readPorcupineRegister,
  'porcupine-key-value': readPorcupineKeyValue
} as const satisfies Readonly<Record<string, Reader>>

export type Format = keyof typeof formats
