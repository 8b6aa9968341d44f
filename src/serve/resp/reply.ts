/** What a client is answered, and how that is said in RESP2. [RESP] */

/**
 * A reply as plain data. A string is bytes, one per character, as everything that comes from clients here; null is the
 * bulk string that is not there.
 */
export type Reply =
  | null
  | number
  | string
  /** A simple string, such as OK. */
  | { readonly status: string }
  /** Begins with a word in capitals, which clients tell errors by. */
  | { readonly error: string }
  /** An integer of 64 bits that is no safe number, in digits. */
  | { readonly integer: string }
  /** In RESP already: what another node answered. */
  | { readonly raw: string }
  | ReadonlyArray<Reply>

export const OK: Reply = { status: 'OK' }

export const errorOf = (text: string): Reply => ({ error: text })

/** An error is one line. */
const inOneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ')

const isList = (reply: Reply): reply is ReadonlyArray<Reply> => Array.isArray(reply)

/** The bytes of a reply, one per character. */
export const encodeReply = (reply: Reply): string => {
  if (reply === null) return '$-1\r\n'
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`
  if (typeof reply === 'number') return `:${reply}\r\n`
  if (isList(reply)) return `*${reply.length}\r\n${reply.map(encodeReply).join('')}`
  if ('status' in reply) return `+${reply.status}\r\n`
  if ('error' in reply) return `-${inOneLine(reply.error)}\r\n`
  if ('integer' in reply) return `:${reply.integer}\r\n`
  return reply.raw
}

/** About how many bytes a reply takes, in memory as over a connection. */
export const sizeOfReply = (reply: Reply): number => {
  if (reply === null || typeof reply === 'number') return 16
  if (typeof reply === 'string') return reply.length + 16
  if (isList(reply)) return reply.reduce<number>((sum, one) => sum + sizeOfReply(one), 16)
  if ('raw' in reply) return reply.raw.length + 16
  return 64 + ('error' in reply ? reply.error.length : 0)
}

/** A command as clients send it: a list of bulk strings. */
export const encodeCommand = (words: ReadonlyArray<string>): string =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`
