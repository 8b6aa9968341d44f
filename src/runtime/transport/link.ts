/**
 * The way out to one peer, in one lane: a connection that we dial, and dial again.
 *
 * A connection carries messages one way, from who dialed it. So there is nothing to settle when two nodes dial each other at once,
 * each side's queue, waits and limits are its own, and a network that is cut one way looks like that to both sides. It costs
 * a second connection per pair of nodes.
 */
import type { Duplex } from 'node:stream'
import { either } from 'fp-ts'
import type { NodeId } from '../../../spec/kernel/index.ts'
import type { Clock, Random } from '../ports.ts'
import { frameHeaderBytes, frameOfPart, frameTypes, pingFrame } from '../wire/frame.ts'
import { frameReader } from '../wire/frame-reader.ts'
import { helloBytes, judgeWelcome, readGoodbye, type Identity, type Lane, type Welcome } from '../wire/handshake.ts'
import { refused, type Refused } from '../wire/refused.ts'
import { backoff, handshakeBytes, type Limits } from './limits.ts'
import { boundedQueue, type Entry } from './queue.ts'
import type { Reporter } from './reporter.ts'

/** A connection on its way, and the event that tells it is there. */
export interface Dialed {
  readonly stream: Duplex
  readonly ready: 'connect' | 'secureConnect'
}

export interface LinkOptions {
  readonly identity: Identity
  readonly to: NodeId
  readonly lane: Lane
  readonly dial: () => Dialed
  /** What an error of a stream says about the peer, if anything: a certificate of another, say. */
  readonly judgeError: (error: Error) => Refused | null
  readonly limits: Limits
  readonly clock: Clock
  readonly random: Random
  readonly report: Reporter
  readonly onChange: (isUp: boolean) => void
}

export interface Link {
  /** Dials, if it has not yet. */
  readonly open: () => void
  /** Whether it is worth encoding a message. */
  readonly takes: () => boolean
  readonly push: (entry: Entry) => void
  /** Writes what waits, at once if the peer keeps up. */
  readonly flush: () => void
  /** The version that messages are to be in: the one agreed on last, and before that the newest. */
  readonly version: () => number
  readonly isUp: () => boolean
  /** Writes what waits if it can, and ends the connection. */
  readonly close: () => void
}

/** What goes in one write, but for the last frame of it. What waits beyond is written when that has gone. */
const writeBytes = 1_048_576

export const link = ({
  identity,
  to,
  lane,
  dial,
  judgeError,
  limits,
  clock,
  random,
  report,
  onChange
}: LinkOptions): Link => {
  const queue = boundedQueue({ messages: limits.queueMessages, bytes: limits.queueBytes }, report.lost)
  /** The peer's terms while the connection is open. */
  let agreed: Welcome | null = null
  let version = identity.wire.versions.newest
  let stream: Duplex | null = null
  let unplan: (() => void) | null = null
  let isOpen = false
  let isClosed = false
  let failures = 0
  let downSince = 0
  let upSince = 0
  let heardAt = 0
  /** A message that is longer than a frame, and how much of it has gone. */
  let cut: { readonly body: Buffer; readonly sent: number } | null = null

  const plan = (after: number, run: () => void): void => {
    unplan?.()
    unplan = clock.schedule(after, run)
  }

  const nextPart = ({ maxFrameBytes }: Welcome, { body, sent }: { readonly body: Buffer; readonly sent: number }) => {
    const end = sent + maxFrameBytes
    cut = end < body.length ? { body, sent: end } : null
    return frameOfPart(body, sent, maxFrameBytes)
  }
  const nextFrame = (terms: Welcome): Buffer | null => {
    if (cut !== null) return nextPart(terms, cut)
    for (let entry = queue.take(); entry !== undefined; entry = queue.take()) {
      const length = entry.frame.length - frameHeaderBytes
      if (entry.version !== terms.version) report.lost('other-version')
      else if (length > terms.maxMessageBytes) report.lost('oversized')
      else if (length <= terms.maxFrameBytes) return entry.frame
      else return nextPart(terms, { body: entry.frame.subarray(frameHeaderBytes), sent: 0 })
    }
    return null
  }
  const nextWrite = (terms: Welcome): Buffer | null => {
    const frames: Array<Buffer> = []
    let bytes = 0
    while (bytes < writeBytes) {
      const frame = nextFrame(terms)
      if (frame === null) break
      frames.push(frame)
      bytes += frame.length
    }
    const [first] = frames
    if (first === undefined) return null
    report.sent(lane, frames.length, bytes)
    // One write is one system call, and one packet where it fits.
    return frames.length === 1 ? first : Buffer.concat(frames, bytes)
  }
  /** Writes once, and answers whether there may be more to write. */
  const write = (): boolean => {
    if (agreed === null || stream === null || stream.writableNeedDrain) return false
    const bytes = nextWrite(agreed)
    if (bytes !== null) stream.write(bytes)
    return bytes !== null
  }
  const flush = (): void => {
    while (write());
  }

  const keepAlive = (): void =>
    plan(limits.pingMs, () => {
      if (clock.now() - heardAt >= limits.idleMs) return fail(refused('idle', `node ${to} gives no sign of life`))
      if (stream !== null && !stream.writableNeedDrain) stream.write(pingFrame)
      keepAlive()
    })

  const goUp = (terms: Welcome): void => {
    agreed = { ...terms, maxFrameBytes: Math.min(terms.maxFrameBytes, limits.maxFrameBytes) }
    version = terms.version
    upSince = clock.now()
    report.up(to, lane)
    onChange(true)
    flush()
    keepAlive()
  }

  const goDown = (): void => {
    const wasUp = agreed !== null
    stream?.destroy()
    stream = null
    agreed = null
    cut = null
    unplan?.()
    if (isClosed) return
    // A peer that takes our hand and lets go of it at once has not come back.
    if (wasUp && clock.now() - upSince >= limits.backoffMostMs) failures = 0
    failures += 1
    plan(backoff(limits, failures, random), connect)
    if (!wasUp) return
    downSince = clock.now()
    report.down(to, lane)
    onChange(false)
  }
  const fail = (why: Refused): void => {
    report.refused('outgoing', why, { peer: to, lane })
    goDown()
  }

  const connect = (): void => {
    const { stream: dialed, ready } = dial()
    stream = dialed
    const isCurrent = () => stream === dialed
    plan(limits.handshakeMs, () => fail(refused('handshake-timeout', `node ${to} does not answer`)))
    const reader = frameReader(handshakeBytes, (type, payload) => {
      if (agreed !== null && type === frameTypes.pong) return null
      if (agreed === null && type === frameTypes.refused) return readGoodbye(to, payload)
      if (agreed !== null || type !== frameTypes.welcome)
        return refused('frame-type', `node ${to} sent a frame of type ${type}`)
      const welcome = judgeWelcome(identity, to, payload)
      if (either.isLeft(welcome)) return welcome.left
      goUp(welcome.right)
      return null
    })
    dialed.on(ready, () => isCurrent() && dialed.write(helloBytes(identity, to, lane)))
    dialed.on('data', (chunk: Buffer) => {
      if (!isCurrent()) return
      heardAt = clock.now()
      const why = reader.push(chunk)
      if (why !== null && isCurrent()) fail(why)
    })
    dialed.on('drain', () => {
      if (!isCurrent()) return
      // Whoever reads is alive, though its answer to a ping may be far behind in what it has still to read.
      heardAt = clock.now()
      flush()
    })
    dialed.on('error', (error: Error) => {
      if (!isCurrent()) return
      const why = judgeError(error)
      if (why !== null) report.refused('outgoing', why, { peer: to, lane })
      goDown()
    })
    dialed.on('close', () => isCurrent() && goDown())
  }

  return {
    open: () => {
      if (isOpen || isClosed) return
      isOpen = true
      downSince = clock.now()
      connect()
    },
    takes: () => agreed !== null || !isOpen || clock.now() - downSince <= limits.holdMs,
    push: queue.push,
    flush,
    version: () => version,
    isUp: () => agreed !== null,
    close: () => {
      if (isClosed) return
      isClosed = true
      unplan?.()
      flush()
      report.lost('closed', queue.clear())
      if (agreed === null) stream?.destroy()
      else stream?.end()
    }
  }
}
