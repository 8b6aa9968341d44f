/** Data to bytes and back. */
import { isUtf8 } from 'node:buffer'
import { either } from 'fp-ts'
import type { Body } from './frame.ts'

/** An encoding of plain data. Both sides of a connection must use the same. */
export interface WireCodec {
  /** Part of the handshake. */
  readonly name: string
  readonly encode: (data: unknown) => Body
  /** Left tells what is wrong, without a full stop. */
  readonly decode: (bytes: Buffer) => either.Either<string, unknown>
}

/**
 * JSON. bench/wire.mjs measures it against msgpack, which is hardly faster for messages of Raft unless both sides keep
 * a table of the shapes of records, per connection; and that table would be state that a peer can fill.
 */
export const json: WireCodec = {
  name: 'json',
  encode: (data) => JSON.stringify(data),
  decode: (bytes) => {
    // `toString` would put U+FFFD for what is no UTF-8, and so make up a message that nobody sent.
    if (!isUtf8(bytes)) return either.left('it is no UTF-8')
    return either.tryCatch(
      () => JSON.parse(bytes.toString('utf8')) as unknown,
      () => 'it is no JSON'
    )
  }
}
