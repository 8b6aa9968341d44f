/**
 * The way in: connections that others dialed. One that has not said who it is may take a place for a short time and a few
 * kilobytes; one that has, is the only one of its peer in its lane. So what strangers and peers can take up is bounded.
 */
import type { Duplex } from 'node:stream'
import { either } from 'fp-ts'
import type { NodeId } from '../../../spec/kernel/index.ts'
import type { Clock } from '../ports.ts'
import { frameTypes, pongFrame } from '../wire/frame.ts'
import { frameReader } from '../wire/frame-reader.ts'
import { growing } from '../wire/growing.ts'
import { goodbyeBytes, judgeHello, welcomeBytes, type Hello, type Identity } from '../wire/handshake.ts'
import { refused, type Refused } from '../wire/refused.ts'
import { handshakeBytes, type Limits } from './limits.ts'
import type { Reporter } from './reporter.ts'

export interface AcceptorOptions {
  readonly identity: Identity
  readonly isPeer: (node: NodeId) => boolean
  readonly deliver: (from: NodeId, message: unknown) => void
  readonly limits: Limits
  readonly clock: Clock
  readonly report: Reporter
}

/** What a connection takes up until it has said who it is. */
export interface Place {
  readonly giveUp: () => void
}

export interface Acceptor {
  /** A place for a connection that was just made, which it must earn in time. Where all are taken, the oldest makes room. */
  readonly admit: (raw: Duplex) => Place
  /**
   * Talks to a connection that has a place.
   *
   * @param mayBe whether what is known of the other side, such as its certificate, is that of a node
   */
  readonly accept: (stream: Duplex, place: Place, mayBe: (node: NodeId) => boolean) => void
  /** Cuts all connections. */
  readonly close: () => void
  /** Cuts those of nodes that are no longer peers. */
  readonly prune: () => void
  readonly counts: () => { readonly unauthenticated: number; readonly authenticated: number }
}

interface Guest {
  readonly from: NodeId
  readonly cut: () => void
}

const keyOf = ({ from, lane }: Hello) => `${lane} ${from}`

export const acceptor = ({ identity, isPeer, deliver, limits, clock, report }: AcceptorOptions): Acceptor => {
  const strangers = new Set<Duplex>()
  const guests = new Map<string, Guest>()

  const refuse = (stream: Duplex, why: Refused, fields: Readonly<Record<string, unknown>> = {}): void => {
    report.refused('incoming', why, fields)
    stream.destroy()
    // It may be told of its end only later, and must not take a place until then.
    strangers.delete(stream)
  }

  const admit = (raw: Duplex): Place => {
    // The reason why it is cut is known; what the stream says of it is not.
    raw.on('error', () => raw.destroy())
    // The oldest makes room, not the newest: a peer says who it is within milliseconds, so it gets in through a flood of
    // connections that only sit there.
    const [oldest] = strangers
    if (oldest !== undefined && strangers.size >= limits.maxUnauthenticated)
      refuse(oldest, refused('flood', `${strangers.size} connections have not said who they are, and another one came`))
    strangers.add(raw)
    const tooLong = clock.schedule(limits.handshakeMs, () =>
      refuse(raw, refused('handshake-timeout', 'a connection did not say in time who it is'))
    )
    const giveUp = () => {
      tooLong()
      strangers.delete(raw)
    }
    raw.on('close', giveUp)
    return { giveUp }
  }

  /** An open connection: what comes is messages. */
  const welcome = (stream: Duplex, hello: Hello, version: number) => {
    const { from, lane } = hello
    const parts = growing()
    let heardAt = clock.now()
    let messages = 0
    let isAsked = false

    const cut = (why: Refused): void => refuse(stream, why, { peer: from, lane })
    const watch = (after: number): (() => void) =>
      clock.schedule(after, () => {
        const quietMs = clock.now() - heardAt
        if (quietMs >= limits.idleMs) cut(refused('idle', `node ${from} gives no sign of life`))
        else unwatch = watch(limits.idleMs - quietMs)
      })
    let unwatch = watch(limits.idleMs)

    const guest: Guest = { from, cut: () => stream.destroy() }
    const key = keyOf(hello)
    const before = guests.get(key)
    // The peer has dialed anew, so for it the old one is dead: it may have restarted before we noticed.
    if (before !== undefined)
      report.warn({ peer: from, lane }, 'a connection took the place of an older one of its peer')
    guests.set(key, guest)
    before?.cut()
    stream.on('close', () => {
      unwatch()
      if (guests.get(key) === guest) guests.delete(key)
    })

    const take = (bytes: Buffer): Refused | null => {
      const message = identity.wire.decode(bytes, version)
      if (either.isLeft(message)) return message.left
      messages += 1
      deliver(from, message.right)
      return null
    }
    const gather = (payload: Buffer): Refused | null => {
      const total = parts.length() + payload.length
      if (total > limits.maxMessageBytes)
        return refused('oversized', `a message of more than ${limits.maxMessageBytes} bytes came from node ${from}`)
      parts.append(payload)
      return null
    }
    const takeGathered = (last: Buffer): Refused | null => {
      const tooLong = gather(last)
      if (tooLong !== null) return tooLong
      const why = take(parts.bytes())
      parts.clear()
      return why
    }
    return {
      onFrame: (type: number, payload: Buffer): Refused | null => {
        if (type === frameTypes.message)
          return parts.length() === 0 && payload.length <= limits.maxMessageBytes
            ? take(payload)
            : takeGathered(payload)
        if (type === frameTypes.part) return gather(payload)
        if (type !== frameTypes.ping) return refused('frame-type', `node ${from} sent a frame of type ${type}`)
        isAsked = true
        return null
      },
      onChunk: (bytes: number): void => {
        heardAt = clock.now()
        report.received(lane, messages, bytes)
        messages = 0
        // One answer for all that was asked at once, and none to who does not read the answers.
        if (isAsked && !stream.writableNeedDrain) stream.write(pongFrame)
        isAsked = false
      },
      cut
    }
  }

  const accept = (stream: Duplex, place: Place, mayBe: (node: NodeId) => boolean): void => {
    let open: ReturnType<typeof welcome> | null = null
    let saidNo = false
    /** Tells a node that speaks our language why not. It has until the end of its time to read it. */
    const sayNo = (why: Refused): null => {
      saidNo = true
      report.refused('incoming', why, {})
      stream.end(goodbyeBytes(why), () => stream.destroy())
      return null
    }
    const greet = (payload: Buffer): null => {
      const judged = judgeHello(identity, isPeer, payload)
      if (either.isLeft(judged)) return sayNo(judged.left)
      const { hello, version } = judged.right
      if (!mayBe(hello.from))
        return sayNo(refused('identity', `a certificate is not that of node ${hello.from}, which it is shown for`))
      place.giveUp()
      const { maxFrameBytes, maxMessageBytes } = limits
      reader.allow(maxFrameBytes)
      stream.write(welcomeBytes({ from: identity.self, version, maxFrameBytes, maxMessageBytes }))
      open = welcome(stream, hello, version)
      return null
    }
    const reader = frameReader(handshakeBytes, (type, payload) => {
      if (saidNo) return null
      if (open !== null) return open.onFrame(type, payload)
      if (type === frameTypes.hello) return greet(payload)
      return refused('frame-type', `a connection begins with a frame of type ${type}`)
    })
    stream.on('error', () => stream.destroy())
    stream.on('data', (chunk: Buffer) => {
      if (stream.destroyed || saidNo) return
      const why = reader.push(chunk)
      if (why === null) open?.onChunk(chunk.length)
      else if (open === null) refuse(stream, why)
      else open.cut(why)
    })
    stream.on('end', () => stream.end())
  }

  return {
    admit,
    accept,
    close: () => {
      for (const raw of strangers) raw.destroy()
      for (const guest of guests.values()) guest.cut()
    },
    prune: () => {
      for (const guest of guests.values()) if (!isPeer(guest.from)) guest.cut()
    },
    counts: () => ({ unauthenticated: strangers.size, authenticated: guests.size })
  }
}
