/** A number that tells data apart, for comparing runs: not secure, and not meant to be. */
import { crc32 } from 'node:zlib'
import { either } from 'fp-ts'
import { canonical } from '../../model/data.ts'

/** Of equal data equal; 0 for what is not plain data. */
export const checkOf = (value: unknown): number =>
  either.getOrElse(() => 0)(either.tryCatch(() => crc32(canonical(value)), String))
