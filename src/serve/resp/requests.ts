/**
 * Commands as clients send them: lists of bulk strings, or a line of words for people with a terminal. Whatever the pieces
 * in which the bytes come, the commands are the same. [RESP]
 */
import type { Buffer } from 'node:buffer'
import { either } from 'fp-ts'
import { bytes } from './bytes.ts'
import { wordsOf } from './words.ts'

export interface RequestLimits {
  /** The longest word, in bytes. */
  readonly wordBytes: number
  /** The most words in a command. */
  readonly words: number
  /** The longest command, in bytes. */
  readonly commandBytes: number
  /** The longest line, in bytes. */
  readonly lineBytes: number
}

export const requestLimits: RequestLimits = {
  // What a node sends on to another is one word: many commands, as JSON.
  wordBytes: 8 * 2 ** 20,
  words: 65_536,
  commandBytes: 8 * 2 ** 20 + 4096,
  lineBytes: 65_536
}

/** What is wrong with what came. Nothing that comes behind it can be told apart any more. */
export type ProtocolError = string

export interface RequestReader {
  /** The next command that has come whole; null while there is none. Once left, it stays so. */
  readonly next: () => either.Either<ProtocolError, ReadonlyArray<string> | null>
  readonly push: (chunk: Buffer) => void
  /** About how many bytes it holds: what has not been read, and the words of a command that has not come whole. */
  readonly held: () => number
}

/** A length as it stands behind `*` or `$`. */
const lengthIn = (line: string): number => (/^-?\d{1,10}$/.test(line.slice(1)) ? Number(line.slice(1)) : NaN)

export const requestReader = (limits: RequestLimits = requestLimits): RequestReader => {
  const input = bytes()
  /** Of the command that is under way. */
  let words: string[] = []
  let missing = 0
  let size = 0
  /** How much of it has come. */
  let come = 0
  /** Of the word that is under way; -1 before its length is known. */
  let length = -1
  let broken: ProtocolError | null = null

  const fail = (error: ProtocolError) => {
    broken = `Protocol error: ${error}`
    return either.left(broken)
  }

  const lineOrTooLong = (): string | null | undefined => {
    const line = input.line()
    if (line !== null) return line.length > limits.lineBytes ? undefined : line
    return input.length() > limits.lineBytes ? undefined : null
  }

  /** What is wrong with the length of the next word; null for nothing. */
  const beginWord = (line: string): ProtocolError | null => {
    if (!line.startsWith('$')) return `expected '$', got '${line.slice(0, 1)}'`
    length = lengthIn(line)
    size += length
    return length >= 0 && length <= limits.wordBytes && size <= limits.commandBytes ? null : 'invalid bulk length'
  }

  /** The words of the list under way, as far as they have come. */
  const collect = (): either.Either<ProtocolError, ReadonlyArray<string> | null> => {
    while (missing > 0) {
      if (length < 0) {
        const line = lineOrTooLong()
        if (line === undefined) return fail('too big bulk count string')
        if (line === null) return either.right(null)
        const error = beginWord(line)
        if (error !== null) return fail(error)
      }
      const word = input.block(length)
      if (word === undefined) return fail('a bulk string does not end where it should')
      if (word === null) return either.right(null)
      words.push(word)
      come += word.length
      length = -1
      missing -= 1
    }
    const command = words
    words = []
    return either.right(command)
  }

  const next = (): either.Either<ProtocolError, ReadonlyArray<string> | null> => {
    while (missing === 0) {
      const line = lineOrTooLong()
      if (line === undefined) return fail('too big inline request')
      if (line === null) return either.right(null)
      if (line.startsWith('*')) {
        const count = lengthIn(line)
        if (Number.isNaN(count) || count > limits.words) return fail('invalid multibulk length')
        missing = Math.max(0, count)
        size = 0
        come = 0
      } else {
        const given = wordsOf(line)
        if (given === null) return fail('unbalanced quotes in request')
        if (given.length > 0) return either.right(given)
      }
    }
    return collect()
  }

  /** A word takes some bytes, however short it is. */
  const held = () => input.length() + (missing > 0 ? come + 32 * words.length : 0)

  return { push: input.push, held, next: () => (broken === null ? next() : either.left(broken)) }
}
