/** The handshake: who dials says who it is and what it speaks; who listens says which version it will be, or why not. */
import { either } from 'fp-ts'
import * as t from 'io-ts'
import { closed, explainErrors, NodeId, Positive } from '../../../spec/kernel/index.ts'
import { json } from './codec.ts'
import { encodeFrame, frameTypes, magic } from './frame.ts'
import { commonVersion, type MessageWire } from './messages.ts'
import { isReason, refused, type Reason, type Refused } from './refused.ts'

/** Which messages a connection is for: those that must not wait, or those that make others wait. */
export const Lane = t.keyof({ main: null, bulk: null }, 'a lane')
export type Lane = t.TypeOf<typeof Lane>

/** The first frame of who dials. */
export const Hello = closed('Hello', {
  cluster: t.string,
  /** Who dials. */
  from: NodeId,
  /** Whom it means to reach: an address may have passed to another node. */
  to: NodeId,
  protocol: t.string,
  versions: closed('Versions', { oldest: Positive, newest: Positive }),
  codec: t.string,
  lane: Lane
})
export type Hello = t.TypeOf<typeof Hello>

/** The answer that opens the connection. The limits are those of who listens; who dials keeps to them. */
export const Welcome = closed('Welcome', {
  from: NodeId,
  version: Positive,
  maxFrameBytes: Positive,
  maxMessageBytes: Positive
})
export type Welcome = t.TypeOf<typeof Welcome>

/** The answer that ends it. */
export const Goodbye = closed('Goodbye', { reason: t.string, what: t.string })

/** Who a node is, to its peers. */
export interface Identity {
  readonly cluster: string
  readonly self: NodeId
  readonly wire: MessageWire
}

const firstFrame = (type: 1 | 2 | 3, data: Hello | Welcome | t.TypeOf<typeof Goodbye>): Buffer =>
  Buffer.concat([magic, encodeFrame(type, json.encode(data))])

export const helloBytes = ({ cluster, self, wire }: Identity, to: NodeId, lane: Lane): Buffer =>
  firstFrame(frameTypes.hello, {
    cluster,
    from: self,
    to,
    protocol: wire.protocol,
    versions: wire.versions,
    codec: wire.codec,
    lane
  })

export const welcomeBytes = (welcome: Welcome): Buffer => firstFrame(frameTypes.welcome, welcome)

export const goodbyeBytes = ({ reason, problem: { what } }: Refused): Buffer =>
  firstFrame(frameTypes.refused, { reason, what })

const read = <A>(codec: t.Type<A, unknown>, payload: Buffer): either.Either<Refused, A> => {
  const data = json.decode(payload)
  if (either.isLeft(data)) return either.left(refused('handshake', `a handshake does not decode: ${data.left}`))
  return either.mapLeft((errors: t.Errors) =>
    refused('handshake', `a handshake does not decode: ${explainErrors(errors)}`)
  )(codec.decode(data.right))
}

/** What a string of the other side looks like in a log: short, and on one line. */
const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)

const no = (reason: Reason, what: string) => either.left(refused(reason, what))

/** What who listens makes of a hello: the hello and the version to speak, or why not. */
export const judgeHello = (
  { cluster, self, wire }: Identity,
  isPeer: (node: NodeId) => boolean,
  payload: Buffer
): either.Either<Refused, { readonly hello: Hello; readonly version: number }> => {
  const said = read(Hello, payload)
  if (either.isLeft(said)) return said
  const hello = said.right
  if (hello.cluster !== cluster)
    return no('cluster', `a node of cluster ${quoted(hello.cluster)} calls, and this is ${quoted(cluster)}`)
  if (hello.protocol !== wire.protocol)
    return no('protocol', `a node speaks protocol ${quoted(hello.protocol)}, and this one ${wire.protocol}`)
  if (hello.codec !== wire.codec)
    return no('codec', `a node encodes its messages as ${quoted(hello.codec)}, and this one as ${wire.codec}`)
  if (hello.to !== self) return no('wrong-node', `a node calls ${quoted(hello.to)}, and this is ${self}`)
  if (!isPeer(hello.from)) return no('unknown-node', `node ${quoted(hello.from)} calls, which is no peer`)
  const version = commonVersion(wire.versions, hello.versions)
  if (version === null) {
    const range = ({ oldest, newest }: Hello['versions']) => `${oldest} to ${newest}`
    const what = `node ${hello.from} speaks versions ${range(hello.versions)}, and this one ${range(wire.versions)}`
    return no('version', what)
  }
  return either.right({ hello, version })
}

/** What who dials makes of a welcome. */
export const judgeWelcome = ({ wire }: Identity, to: NodeId, payload: Buffer): either.Either<Refused, Welcome> => {
  const said = read(Welcome, payload)
  if (either.isLeft(said)) return said
  const { from, version } = said.right
  if (from !== to) return either.left(refused('wrong-node', `node ${quoted(from)} answers in the place of ${to}`))
  return version < wire.versions.oldest || version > wire.versions.newest
    ? either.left(refused('version', `node ${to} chose version ${version}, which this one does not speak`))
    : said
}

/** Why who listens refused, as who dials tells it. */
export const readGoodbye = (to: NodeId, payload: Buffer): Refused => {
  const said = read(Goodbye, payload)
  if (either.isLeft(said)) return said.left
  const { reason, what } = said.right
  return refused(isReason(reason) ? reason : 'handshake', `node ${to} refuses: ${quoted(what)}`)
}
