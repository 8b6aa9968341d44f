/** Reads replies: the client's side of RESP2. */
import type { Buffer } from 'node:buffer'
import { either } from 'fp-ts'
import { bytes } from './bytes.ts'
import type { Reply } from './reply.ts'

export interface ReplyReader {
  readonly push: (chunk: Buffer) => void
  /** The next reply that has come whole; undefined while there is none. Left where it is no RESP2. */
  readonly next: () => either.Either<string, Reply | undefined>
}

/** A list that is under way, and the one that it is in. */
interface Open {
  readonly items: Reply[]
  readonly count: number
}

/** What stands on a line by itself; undefined where it says how much follows. */
const simple = (line: string): Reply | undefined => {
  const rest = line.slice(1)
  const kind = line[0]
  if (kind === '+') return { status: rest }
  if (kind === '-') return { error: rest }
  if (kind === ':') return Number.isSafeInteger(Number(rest)) ? Number(rest) : { integer: rest }
  return line === '$-1' || line === '*-1' ? null : undefined
}

export const replyReader = (): ReplyReader => {
  const input = bytes()
  const open: Open[] = []
  /** Of the bulk string that is under way; -1 for none. */
  let length = -1

  /** Puts a value into the list under way; answers the outermost one that is complete by that. */
  const placed = (value: Reply): Reply | undefined => {
    let done = value
    for (let list = open.at(-1); list !== undefined; list = open.at(-1)) {
      list.items.push(done)
      if (list.items.length < list.count) return undefined
      open.pop()
      done = list.items
    }
    return done
  }

  const next = (): either.Either<string, Reply | undefined> => {
    for (;;) {
      let value: Reply | undefined
      if (length >= 0) {
        const block = input.block(length)
        if (block === null) return either.right(undefined)
        if (block === undefined) return either.left('a bulk string does not end where it should')
        length = -1
        value = block
      } else {
        const line = input.line()
        if (line === null) return either.right(undefined)
        value = simple(line)
        const count = Number(line.slice(1))
        if (value === undefined && (!Number.isSafeInteger(count) || count < 0)) return either.left(`no RESP: ${line}`)
        if (value === undefined && line.startsWith('$')) length = count
        else if (value === undefined && line.startsWith('*') && count > 0) open.push({ items: [], count })
        else if (value === undefined && line.startsWith('*')) value = []
        else if (value === undefined) return either.left(`no RESP: ${line}`)
      }
      const whole = value === undefined ? undefined : placed(value)
      if (whole !== undefined) return either.right(whole)
    }
  }

  return { push: input.push, next }
}
