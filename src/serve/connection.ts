/**
 * One connection of a client. Its commands are answered in their order. While some of them are under way others gather, and
 * travel together next: a client that pipelines a thousand commands has them in a few entries.
 */
import type { Socket } from 'node:net'
import { either } from 'fp-ts'
import type { Client } from './clients.ts'
import { answerHere } from './local-commands.ts'
import { errorReply } from './outcome.ts'
import { OK, encodeReply, errorOf, type Reply } from './resp/reply.ts'
import { requestReader } from './resp/requests.ts'
import type { Services } from './services.ts'
import { sizeOf, type Item } from './store/store.ts'
import { flawOfData, transaction } from './transaction.ts'

type Words = ReadonlyArray<string>

/** What is to be answered next. */
type Waiting =
  | { readonly reply: Reply }
  | { readonly item: Item }
  | { readonly act: () => Promise<Reply> }
  /** Answered, and then the connection ends. */
  | { readonly last: Reply }

/** With so many commands waiting, no more are read. */
const mostWaiting = 1024

/** What travels together is one entry at most, so it has a size, in bytes, unless one command alone is larger. */
const flightBytes = 262_144

type Flying = { readonly reply: Reply } | { readonly item: Item }

/** Those of them, from the first on, that are answered together. */
const nextFlight = (waiting: ReadonlyArray<Waiting>): ReadonlyArray<Flying> => {
  const flight: Flying[] = []
  let bytes = 0
  for (const one of waiting) {
    if ('act' in one || 'last' in one) break
    bytes += 'item' in one ? sizeOf(one.item) : 0
    if (flight.length > 0 && bytes > flightBytes) break
    flight.push(one)
  }
  return flight
}

/** The bytes of replies; null where they are more than a string can hold. */
const encoded = (replies: ReadonlyArray<Reply>): string | null => {
  try {
    return replies.map(encodeReply).join('')
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

export interface Connection {
  /** Ends it once what is under way is answered. */
  readonly end: () => void
}

export const serveConnection = (socket: Socket, client: Client, services: Services): Connection => {
  const { executor, operate, count } = services
  const reader = requestReader()
  const multi = transaction()
  let waiting: Waiting[] = []
  let isBusy = false
  let isEnding = false

  const understood = (words: Words): Waiting => {
    const named = [(words[0] ?? '').toUpperCase(), ...words.slice(1)]
    const [name = ''] = named
    count(name)
    const queued = multi.take(named)
    if (queued !== null) return queued
    if (name === 'QUIT') return { last: OK }
    if (name === 'QUORATE') return { act: () => operate(named.slice(1)) }
    const answered = answerHere(named, client, services)
    if (answered !== undefined) return { reply: answered }
    const flaw = flawOfData(named)
    return flaw === null ? { item: named } : { reply: errorOf(flaw) }
  }

  /** Reads what has come, as far as there is room. */
  const feed = (): void => {
    while (waiting.length < mostWaiting && !isEnding) {
      const read = reader.next()
      if (either.isLeft(read)) {
        waiting.push({ last: errorOf(`ERR ${read.left}`) })
        isEnding = true
      } else if (read.right === null) break
      else {
        const next = understood(read.right)
        waiting.push(next)
        isEnding = 'last' in next
      }
    }
    if (waiting.length >= mostWaiting) socket.pause()
    else socket.resume()
  }

  const say = (replies: ReadonlyArray<Reply>): void => {
    // Who does not read is not served on: what it asked for would pile up here.
    const text = encoded(replies)
    if (text === null) socket.destroy()
    else if (socket.writable && !socket.write(text, 'latin1')) {
      isBusy = true
      socket.once('drain', goOn)
    }
  }

  const done = (replies: ReadonlyArray<Reply>): void => {
    isBusy = false
    say(replies)
    if (!isBusy) goOn()
  }

  const goOn = (): void => {
    isBusy = false
    feed()
    pump()
  }

  const run = async (flight: ReadonlyArray<Flying>): Promise<void> => {
    const items = flight.flatMap((one) => ('item' in one ? [one.item] : []))
    const outcome = await executor.run(items, false)
    let place = -1
    const replies = flight.map((one) => {
      if ('reply' in one) return one.reply
      place += 1
      return either.isLeft(outcome) ? errorReply(outcome.left) : (outcome.right[place] ?? null)
    })
    done(replies)
  }

  const act = async (operation: () => Promise<Reply>): Promise<void> => done([await operation()])

  /** Starts what can be started. */
  const pump = (): void => {
    while (!isBusy && waiting.length > 0) {
      const flight = nextFlight(waiting)
      if (flight.some((one) => 'item' in one)) {
        isBusy = true
        waiting = waiting.slice(flight.length)
        void run(flight)
      } else if (flight.length > 0) {
        waiting = waiting.slice(flight.length)
        say(flight.map((one) => ('reply' in one ? one.reply : null)))
      } else {
        const next = waiting.shift()
        if (next !== undefined && 'act' in next) {
          isBusy = true
          void act(next.act)
        } else if (next !== undefined && 'last' in next) {
          say([next.last])
          isBusy = true
          socket.end()
        }
      }
    }
    if (isEnding && !isBusy && waiting.length === 0) socket.end()
  }

  socket.on('data', (chunk) => {
    if (isEnding) return
    reader.push(chunk)
    feed()
    pump()
  })

  return {
    end: () => {
      isEnding = true
      pump()
    }
  }
}
