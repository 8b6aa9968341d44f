/**
 * One connection of a client. Its commands are answered in their order. While some of them are under way others gather, and
 * travel together next: a client that pipelines a thousand commands has them in a few entries.
 *
 * A connection holds little, whatever the client does: beyond some commands nothing more is read, and who does not read its
 * replies is not served on, and cut off in the end.
 */
import type { Socket } from 'node:net'
import { either } from 'fp-ts'
import type { Client } from './clients.ts'
import { answerHere, isCommand } from './local-commands.ts'
import { errorReply } from './outcome.ts'
import { OK, encodeReply, errorOf, sizeOfReply, type Reply } from './resp/reply.ts'
import { requestReader } from './resp/requests.ts'
import type { Services } from './services.ts'
import { sizeOf, type Item } from './store/store.ts'
import { flawOfData, transaction } from './transaction.ts'

type Words = ReadonlyArray<string>

/** What is to be answered next. */
type Waiting =
  | { readonly reply: Reply }
  | { readonly item: Item }
  | { readonly act: () => Promise<Reply>; readonly bytes: number }
  /** Answered, and then the connection ends. */
  | { readonly last: Reply }

export interface ConnectionLimits {
  /** With so many commands waiting, or so many bytes of them, no more are read. */
  readonly waiting: number
  readonly waitingBytes: number
  /** For how long a client may take nothing of its replies, in milliseconds. */
  readonly deafMs: number
  /** How long a connection that has ended may take to tell the other side, in milliseconds. */
  readonly partingMs: number
}

export const connectionLimits: ConnectionLimits = {
  waiting: 1024,
  waitingBytes: 1_048_576,
  deafMs: 60_000,
  partingMs: 1_000
}

/** Replies are written in pieces of about this size, in bytes, so that most of them wait as what they are in the store. */
const pieceBytes = 262_144

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

const sizeOfWaiting = (one: Waiting): number =>
  'item' in one ? sizeOf(one.item) : 'act' in one ? one.bytes : sizeOfReply('last' in one ? one.last : one.reply)

export interface Connection {
  /** Ends it once what is under way is answered. */
  readonly end: () => void
}

export const serveConnection = (
  socket: Socket,
  client: Client,
  services: Services,
  limits: ConnectionLimits = connectionLimits
): Connection => {
  const { executor, operate, count, clients } = services
  const reader = requestReader()
  const multi = transaction()
  const share = services.budget.enter(() => {
    socket.destroy()
    tally()
  })
  let waiting: Waiting[] = []
  let waitingBytes = 0
  /** Of the commands that are under way. */
  let flyingBytes = 0
  /** Replies that have not been written yet. */
  let unsaid: ReadonlyArray<Reply> = []
  let unsaidBytes = 0
  let isBusy = false
  let isEnding = false

  /** Says how much is held. What is under way is held by others, too, though the connection may be gone. */
  const tally = (): void =>
    share.set(
      flyingBytes +
        (socket.destroyed
          ? 0
          : reader.held() + waitingBytes + multi.held() + unsaidBytes + Math.max(0, socket.writableLength - pieceBytes))
    )

  const wait = (one: Waiting): void => {
    waiting.push(one)
    waitingBytes += sizeOfWaiting(one)
  }
  const taken = (many: number): void => {
    waitingBytes -= waiting.slice(0, many).reduce((sum, one) => sum + sizeOfWaiting(one), 0)
    waiting = waiting.slice(many)
  }
  const isFull = () => waiting.length >= limits.waiting || waitingBytes >= limits.waitingBytes

  /** Ends the connection when all is written; one that does not let go is cut. */
  const part = (): void => {
    isEnding = true
    socket.end()
    setTimeout(() => socket.destroy(), limits.partingMs).unref()
  }

  const understood = (words: Words): Waiting => {
    const named = [(words[0] ?? '').toUpperCase(), ...words.slice(1)]
    const [name = ''] = named
    count(isCommand(name) ? name : '?')
    const queued = multi.take(named)
    if (queued !== null) return queued
    if (name === 'QUIT') return { last: OK }
    if (name === 'QUORATE') return { act: () => operate(named.slice(1)), bytes: sizeOf(named) }
    const answered = answerHere(named, client, services)
    if (answered !== undefined) return { reply: answered }
    const flaw = flawOfData(named)
    return flaw === null ? { item: named } : { reply: errorOf(flaw) }
  }

  /** Reads what has come, as far as there is room; answers whether that has ended. */
  const feed = (): boolean => {
    while (!isFull() && !isEnding) {
      const read = reader.next()
      if (either.isLeft(read)) {
        wait({ last: errorOf(`ERR ${read.left}`) })
        isEnding = true
      } else if (read.right === null) break
      else {
        clients.spoke(client)
        const next = understood(read.right)
        wait(next)
        isEnding = 'last' in next
      }
    }
    const isPaused = isFull()
    if (isPaused) socket.pause()
    else socket.resume()
    tally()
    return isPaused
  }

  /** Writes what is to be said, until the other side does not keep up: then it waits, and is not served on. */
  const write = (): void => {
    let place = 0
    while (place < unsaid.length && socket.writable) {
      let text = ''
      for (; place < unsaid.length && text.length < pieceBytes; place++) text += encodeReply(unsaid[place] ?? null)
      if (socket.write(text, 'latin1')) continue
      isBusy = true
      // Nor is anything read: what still comes would keep it alive.
      socket.pause()
      socket.setTimeout(limits.deafMs)
      socket.once('drain', () => {
        socket.setTimeout(0)
        isBusy = false
        write()
        if (!isBusy) goOn()
      })
      break
    }
    unsaid = unsaid.slice(place)
    unsaidBytes = unsaid.reduce<number>((sum, reply) => sum + sizeOfReply(reply), 0)
    tally()
  }

  const say = (replies: ReadonlyArray<Reply>): void => {
    unsaid = replies
    write()
  }

  const done = (replies: ReadonlyArray<Reply>): void => {
    isBusy = false
    flyingBytes = 0
    say(replies)
    if (!isBusy) goOn()
  }

  const goOn = (): void => {
    isBusy = false
    const isMore = feed()
    pump()
    // What was answered at once has made room, and nothing else will tell.
    if (isMore && !isBusy && !isEnding) setImmediate(() => (isBusy ? undefined : goOn()))
  }

  const run = async (flight: ReadonlyArray<Flying>): Promise<void> => {
    const items = flight.flatMap((one) => ('item' in one ? [one.item] : []))
    flyingBytes = items.reduce((sum, item) => sum + sizeOf(item), 0)
    const outcome = await executor.run(items, false)
    let place = -1
    const replies = flight.map((one) => {
      if ('reply' in one) return one.reply
      place += 1
      return either.isLeft(outcome) ? errorReply(outcome.left) : (outcome.right[place] ?? null)
    })
    done(replies)
  }

  const act = async (operation: () => Promise<Reply>, bytes: number): Promise<void> => {
    flyingBytes = bytes
    done([await operation()])
  }

  /** Starts what can be started. */
  const pump = (): void => {
    while (!isBusy && waiting.length > 0) {
      const flight = nextFlight(waiting)
      if (flight.some((one) => 'item' in one)) {
        isBusy = true
        taken(flight.length)
        void run(flight)
      } else if (flight.length > 0) {
        taken(flight.length)
        say(flight.map((one) => ('reply' in one ? one.reply : null)))
      } else {
        const [next] = waiting
        taken(1)
        if (next !== undefined && 'act' in next) {
          isBusy = true
          void act(next.act, next.bytes)
        } else if (next !== undefined && 'last' in next) {
          say([next.last])
          isBusy = true
          part()
        }
      }
    }
    if (isEnding && !isBusy && waiting.length === 0) part()
  }

  socket.on('data', (chunk) => {
    if (isEnding) return
    reader.push(chunk)
    if (isBusy) feed()
    else goOn()
  })
  // Set only while there is something to be written: nothing of it was taken.
  socket.on('timeout', () => socket.destroy())
  socket.on('close', tally)

  return {
    end: () => {
      isEnding = true
      pump()
    }
  }
}
