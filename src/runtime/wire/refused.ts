/** Why a transport takes no more from a peer. Each reason is counted under its name, and is a problem with a code. */
import { problem, type Code, type Problem } from '../../model/problem.ts'

/** What is wrong with the other side: reasons by the code of their problem. */
const reasons = {
  /** The connection does not begin as ours do. */
  magic: 'Q953',
  /** A frame, or a message in parts, is longer than allowed. */
  oversized: 'Q953',
  /** A frame does not have the checksum it says. */
  checksum: 'Q953',
  /** A frame of a type that is unknown, or has no place here. */
  'frame-type': 'Q953',
  /** A first frame that does not decode. */
  handshake: 'Q954',
  /** Another cluster. */
  cluster: 'Q954',
  /** Another protocol. */
  protocol: 'Q954',
  /** No version of the messages that both speak. */
  version: 'Q954',
  /** Another encoding of messages. */
  codec: 'Q954',
  /** A node that is no peer of this one. */
  'unknown-node': 'Q954',
  /** Not the node that was meant. */
  'wrong-node': 'Q954',
  /** A certificate that is not the one of the node. */
  identity: 'Q954',
  /** No certificate, or one that is not trusted, or no TLS at all. */
  tls: 'Q954',
  /** Bytes that are no data in the encoding agreed on. */
  garbage: 'Q955',
  /** Data that the codec of the protocol refuses. */
  message: 'Q955',
  /** No end of the handshake in time. */
  'handshake-timeout': 'Q956',
  /** No sign of life. */
  idle: 'Q956',
  /** Too many connections that have not said who they are. */
  flood: 'Q956'
} as const satisfies Readonly<Record<string, Code>>

export type Reason = keyof typeof reasons

export const isReason = (name: string): name is Reason => Object.hasOwn(reasons, name)

export interface Refused {
  readonly reason: Reason
  readonly problem: Problem
}

/** @param what one sentence without a full stop; what the other side sent is quoted only in short */
export const refused = (reason: Reason, what: string): Refused => ({ reason, problem: problem(reasons[reason], what) })
