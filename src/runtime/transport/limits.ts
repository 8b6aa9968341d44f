/** How much of everything a transport takes, and how long it waits. Every bound on its memory is here. */
import { either } from 'fp-ts'
import { problem, type Problem } from '../../model/problem.ts'

export interface Limits {
  /** The longest payload of a frame, in bytes; a longer message goes in parts. */
  readonly maxFrameBytes: number
  /** The longest message, in bytes. A longer one is not sent, and not taken. */
  readonly maxMessageBytes: number
  /** A message of this many bytes or more takes the bulk lane, unless it is given a lane. */
  readonly bulkBytes: number
  /** What may wait for one peer in one lane, in messages. */
  readonly queueMessages: number
  /** The same in bytes. One message may be longer, if nothing else waits. */
  readonly queueBytes: number
  /** For how long messages wait for a peer that cannot be reached, in milliseconds. After that they are lost unencoded. */
  readonly holdMs: number
  /** Connections that have not said who they are. With one more, the oldest is cut. */
  readonly maxUnauthenticated: number
  /** From the connection to the end of the handshake, in milliseconds. */
  readonly handshakeMs: number
  /** How often who dialed asks for a sign of life, in milliseconds. */
  readonly pingMs: number
  /** Without a sign of life for so long, a connection is cut, in milliseconds. */
  readonly idleMs: number
  /** The upper end of the first wait before dialing again, in milliseconds; it doubles from there. */
  readonly backoffMs: number
  /** What it does not go beyond, in milliseconds. */
  readonly backoffMostMs: number
  /** For how long a transport that closes waits for what is on its way out, in milliseconds. */
  readonly closeMs: number
}

export const defaultLimits: Limits = {
  maxFrameBytes: 1_048_576,
  maxMessageBytes: 268_435_456,
  bulkBytes: 262_144,
  queueMessages: 16_384,
  queueBytes: 16_777_216,
  holdMs: 1_000,
  maxUnauthenticated: 64,
  handshakeMs: 5_000,
  pingMs: 2_000,
  idleMs: 10_000,
  backoffMs: 50,
  backoffMostMs: 5_000,
  closeMs: 1_000
}

/** A handshake is a few names and numbers. */
export const handshakeBytes = 4_096

const least: Partial<Limits> = { holdMs: 0, backoffMs: 0, backoffMostMs: 0, closeMs: 0, bulkBytes: 0 }

/** The limits with the defaults filled in. */
export const validLimits = (given: Partial<Limits>): either.Either<Problem, Limits> => {
  const limits = { ...defaultLimits, ...given }
  const wrong = (Object.keys(defaultLimits) as ReadonlyArray<keyof Limits>).find(
    (name) => !Number.isSafeInteger(limits[name]) || limits[name] < (least[name] ?? 1)
  )
  if (wrong !== undefined) {
    const what = `${wrong} is ${limits[wrong]}, and not a whole number >= ${least[wrong] ?? 1}`
    return either.left(problem('Q951', what, ['limits']))
  }
  return limits.pingMs < limits.idleMs
    ? either.right(limits)
    : either.left(problem('Q951', 'pingMs is not less than idleMs, so every quiet connection is cut', ['limits']))
}

/**
 * How long to wait before dialing again: anything up to a bound that doubles with every failure ("full jitter"), so that nodes which
 * lost each other at the same moment do not come back at the same moment, again and again. [Brooker15]
 *
 * @param failures in a row, >= 1
 */
export const backoff = ({ backoffMs, backoffMostMs }: Limits, failures: number, random: () => number): number =>
  random() * Math.min(backoffMostMs, backoffMs * 2 ** (failures - 1))
