/**
 * Messages of a protocol to bytes and back, in any version that a node speaks.
 *
 * A node of wire version N speaks all of [oldest, N]. Two nodes speak the lower of their newest versions, so that in a
 * cluster that is upgraded node by node the new ones talk down to the old, and nobody has to be told. Between versions,
 * messages are translated as data: what is sent goes down step by step, what came goes up, and only then does the codec of the
 * protocol judge it. So a reducer sees messages of its own version alone.
 */
import { either } from 'fp-ts'
import * as t from 'io-ts'
import { explainErrors } from '../../../spec/kernel/index.ts'
import { problem, type Problem } from '../../model/problem.ts'
import { json, type WireCodec } from './codec.ts'
import type { Body } from './frame.ts'
import { refused, type Refused } from './refused.ts'

/** From a version to the one before, and back. Both get plain data, and give it; they may throw on data that is not theirs. */
export interface Translation {
  /** A message of the newer version in the older; null where it has no form there, and is lost. */
  readonly older: (data: unknown) => unknown
  /** A message of the older version in the newer. */
  readonly newer: (data: unknown) => unknown
}

export interface VersionRange {
  readonly oldest: number
  readonly newest: number
}

/** What a node needs to know of a protocol to talk to its peers. */
export interface Spoken {
  readonly protocol: {
    readonly name: string
    readonly wireVersion: number
    readonly codecs: { readonly message: t.Type<any, unknown> }
  }
  /** By the newer of its two versions: `{ 3: … }` stands between 2 and 3. The versions back to the oldest, without a gap. */
  readonly translate?: Readonly<Record<number, Translation>>
  readonly codec?: WireCodec
}

/** Why a message cannot be said: it has no form in a version, or what the protocol gives cannot be encoded at all. */
export type Unsaid = 'no-such-version' | 'unencodable'

export interface MessageWire {
  readonly protocol: string
  readonly codec: string
  readonly versions: VersionRange
  readonly encode: (message: unknown, version: number) => either.Either<Unsaid, Body>
  readonly decode: (bytes: Buffer, version: number) => either.Either<Refused, unknown>
}

/**
 * What a codec makes of data. `decode` of io-ts builds a context per field, and costs four times what parsing the JSON does;
 * `is` costs a tenth of that. Where `encode` is the identity, the second law of io-ts, `decode(encode(a)) =
 * right(a)`, says of everything that `is` accepts that `decode` gives just that. All else goes the long way.
 */
export const decoded = (codec: t.Type<any, unknown>, data: unknown): t.Validation<unknown> =>
  codec.encode === t.identity && codec.is(data) ? either.right(data) : codec.decode(data)

/** The version that two nodes speak: the lower of their newest. Null where one of them no longer knows it. */
export const commonVersion = (ours: VersionRange, theirs: VersionRange): number | null => {
  const version = Math.min(ours.newest, theirs.newest)
  return version >= Math.max(ours.oldest, theirs.oldest) ? version : null
}

const misused = (what: string, protocol: string) =>
  either.left(problem('Q951', what, [`protocol ${protocol}`, 'translate']))

/** Left where the versions have a gap, or one lies beyond the version of the protocol. */
export const messageWire = ({
  protocol: { name, wireVersion, codecs },
  translate = {},
  codec = json
}: Spoken): either.Either<Problem, MessageWire> => {
  const steps = Object.keys(translate)
    .map(Number)
    .toSorted((a, b) => b - a)
  const oldest = wireVersion - steps.length
  const stray = steps.find((step, index) => step !== wireVersion - index || step < 2)
  if (stray !== undefined)
    return misused(`version ${stray} is not one of the versions right before ${wireVersion}`, name)

  const down = (data: unknown, version: number): unknown => {
    let older = data
    for (let step = wireVersion; step > version && older !== null; step--)
      older = (translate[step] as Translation).older(older)
    return older
  }
  const up = (data: unknown, version: number): unknown => {
    let newer = data
    for (let step = version + 1; step <= wireVersion; step++) newer = (translate[step] as Translation).newer(newer)
    return newer
  }
  /** A translation may throw on what is not its own, and a codec on what is nested too deep for it. */
  const judged = (data: unknown, version: number): t.Validation<unknown> | null => {
    try {
      return decoded(codecs.message, up(data, version))
    } catch {
      return null
    }
  }

  return either.right({
    protocol: name,
    codec: codec.name,
    versions: { oldest, newest: wireVersion },
    encode: (message, version) => {
      try {
        const data = down(codecs.message.encode(message), version)
        return data === null ? either.left('no-such-version') : either.right(codec.encode(data))
      } catch {
        return either.left('unencodable')
      }
    },
    decode: (bytes, version) => {
      const data = codec.decode(bytes)
      if (either.isLeft(data))
        return either.left(refused('garbage', `a message of ${bytes.length} bytes: ${data.left}`))
      const message = judged(data.right, version)
      if (message === null) return either.left(refused('message', `a message is none of version ${version}`))
      return either.mapLeft((errors: t.Errors) =>
        refused('message', `a message does not decode: ${explainErrors(errors)}`)
      )(message)
    }
  })
}
