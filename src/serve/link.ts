/** A connection to the client port of another node: calls go out in order, answers come back in order. */
import { connect, type Socket } from 'node:net'
import { either } from 'fp-ts'
import type { Place } from './store/store.ts'
import { failed, type Failure } from './outcome.ts'
import { encodeCommand, type Reply } from './resp/reply.ts'
import { replyReader } from './resp/replies.ts'

type Called = either.Either<Failure, Reply>

interface Call {
  readonly settle: (called: Called) => void
  readonly timer: NodeJS.Timeout
}

export interface Link {
  readonly place: Place
  /** Never rejects. Without an answer in time the connection is given up, since nobody could tell the answers apart. */
  readonly call: (words: ReadonlyArray<string>, deadline: number) => Promise<Called>
  readonly close: () => void
}

/** Connects when it is first needed, and anew after it was lost. */
export const link = (place: Place): Link => {
  let socket: Socket | null = null
  let isConnected = false
  let open: Call[] = []

  const drop = (why: string): void => {
    const [lost, mayHaveHappened] = [open, isConnected]
    const old = socket
    open = []
    socket = null
    isConnected = false
    old?.destroy()
    for (const { settle, timer } of lost) {
      clearTimeout(timer)
      settle(failed(mayHaveHappened, why))
    }
  }

  const connected = (): Socket => {
    if (socket !== null) return socket
    const made = connect({ host: place.host, port: place.clientPort })
    const reader = replyReader()
    const isOld = () => socket !== made
    socket = made
    made.setNoDelay(true)
    made.on('connect', () => {
      isConnected ||= !isOld()
    })
    made.on('error', (error) => (isOld() ? undefined : drop(error.message)))
    made.on('close', () => (isOld() ? undefined : drop('the connection was closed')))
    made.on('data', (chunk) => {
      if (isOld()) return
      reader.push(chunk)
      for (let read = reader.next(); ; read = reader.next()) {
        if (either.isLeft(read)) return drop(read.left)
        if (read.right === undefined) return
        const call = open.shift()
        if (call === undefined) return drop('an answer to nothing')
        clearTimeout(call.timer)
        call.settle(either.right(read.right))
      }
    })
    return made
  }

  return {
    place,
    call: (words, deadline) =>
      new Promise((resolve) => {
        const late = () => drop(`no answer from ${place.host}:${place.clientPort} within ${deadline} ms`)
        open.push({ settle: resolve, timer: setTimeout(late, deadline) })
        connected().write(encodeCommand(words), 'latin1')
      }),
    close: () => drop('the link is closed')
  }
}
