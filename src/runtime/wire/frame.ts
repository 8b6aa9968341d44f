/**
 * What goes over a connection: eight bytes of magic, then frames. docs/TRANSPORT.md has the layout to the byte.
 *
 *     0        4        8      9
 *     | CRC32  | length | type | payload … |
 *
 * The checksum stands first so that it covers all that follows it, the length too: one that was damaged on the way
 * cannot pass for another. Numbers are big-endian.
 */
import { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'

/** What both sides send before anything else. The last byte is the version of the framing itself. */
export const magic = Buffer.from('QUORATE\u0001', 'latin1')

export const frameTypes = {
  /** The first frame of who dials: who it is, and what it speaks. */
  hello: 1,
  /** The answer that opens the connection. */
  welcome: 2,
  /** The answer that ends it. */
  refused: 3,
  /** A message, or the last piece of one. */
  message: 4,
  /** A piece of a message that is larger than a frame; more of it follows. */
  part: 5,
  /** Are you there? */
  ping: 6,
  pong: 7
} as const

export type FrameType = (typeof frameTypes)[keyof typeof frameTypes]

export const frameHeaderBytes = 9
const crcEnd = 4
const typeAt = 8

/** Encoded data: text, which is written as UTF-8, or bytes. */
export type Body = string | Uint8Array

const sealed = (frame: Buffer, type: FrameType, length: number): Buffer => {
  frame.writeUInt32BE(length, crcEnd)
  frame[typeAt] = type
  frame.writeUInt32BE(crc32(frame.subarray(crcEnd)), 0)
  return frame
}

/** One frame, in a buffer of its own. Text is written where it goes, without a copy in between. */
export const encodeFrame = (type: FrameType, body: Body): Buffer => {
  const length = typeof body === 'string' ? Buffer.byteLength(body, 'utf8') : body.length
  const frame = Buffer.allocUnsafe(frameHeaderBytes + length)
  if (typeof body === 'string') frame.write(body, frameHeaderBytes, 'utf8')
  else frame.set(body, frameHeaderBytes)
  return sealed(frame, type, length)
}

const { ping, pong, message, part } = frameTypes
const nothing = new Uint8Array(0)
export const pingFrame = encodeFrame(ping, nothing)
export const pongFrame = encodeFrame(pong, nothing)

/**
 * A message that is longer than a frame may be goes in parts: this is the one that begins at `from`.
 *
 * @param body all of the message
 * @param maxFrameBytes the longest payload that the other side takes, >= 1
 */
export const frameOfPart = (body: Uint8Array, from: number, maxFrameBytes: number): Buffer =>
  encodeFrame(from + maxFrameBytes < body.length ? part : message, body.subarray(from, from + maxFrameBytes))
