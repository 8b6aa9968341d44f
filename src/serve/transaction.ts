/** MULTI … EXEC: commands are checked as they are queued, and run together. */
import { OK, errorOf, type Reply } from './resp/reply.ts'
import { dataCommands, flawOf } from './store/commands.ts'
import { sizeOf, type Item } from './store/store.ts'

type Words = ReadonlyArray<string>

/** What a command within a connection's transaction comes to; null where it has nothing to do with one. */
export type Queued = { readonly reply: Reply } | { readonly item: Item } | null

export interface Transaction {
  readonly take: (words: Words) => Queued
  /** About how many bytes of queued commands it holds. */
  readonly held: () => number
}

/** The most commands between MULTI and EXEC. */
const most = 65_536
/** The most bytes of a command, and of a transaction: each is one entry, or a part of one. */
const mostBytes = 2 ** 20

export const flawOfData = (words: Words): string | null => {
  const [name = ''] = words
  const command = Object.hasOwn(dataCommands, name) ? dataCommands[name] : undefined
  if (sizeOf(words) > mostBytes) return 'ERR the command is too large'
  return command === undefined ? `ERR unknown command '${name.slice(0, 64).toLowerCase()}'` : flawOf(command, words)
}

export const transaction = (): Transaction => {
  let queued: Words[] | null = null
  let bytes = 0
  let words = 0
  let isBroken = false

  const refused = (text: string): Queued => {
    isBroken = true
    return { reply: errorOf(text) }
  }

  const end = (): ReadonlyArray<Words> => {
    const all = queued ?? []
    queued = null
    bytes = 0
    words = 0
    isBroken = false
    return all
  }

  const take = (given: Words): Queued => {
    const [name = ''] = given
    if (name === 'MULTI') {
      if (queued !== null) return { reply: errorOf('ERR MULTI calls can not be nested') }
      queued = []
      return { reply: OK }
    }
    if (queued === null)
      return name === 'EXEC' || name === 'DISCARD' ? { reply: errorOf(`ERR ${name} without MULTI`) } : null
    if (name === 'DISCARD') {
      end()
      return { reply: OK }
    }
    if (name === 'EXEC') {
      const hadFlaw = isBroken
      const all = end()
      if (hadFlaw) return { reply: errorOf('EXECABORT Transaction discarded because of previous errors.') }
      return all.length === 0 ? { reply: [] } : { item: { all } }
    }
    bytes += sizeOf(given)
    const flaw = queued.length >= most || bytes > mostBytes ? 'ERR the transaction is too large' : flawOfData(given)
    if (flaw !== null) return refused(flaw)
    queued.push(given)
    words += given.length
    return { reply: { status: 'QUEUED' } }
  }

  // A word takes some bytes, however short it is.
  return { take, held: () => (queued === null ? 0 : Math.min(bytes, mostBytes) + 32 * (words + queued.length)) }
}
