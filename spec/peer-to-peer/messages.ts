/** What peers and clients say to each other. What depends on the replicated type is built from its codecs. */
import * as t from 'io-ts'
import { closed } from '../kernel/index.ts'
import type { Replica, ReplicatedType } from './replicated-type.ts'
import { Dot, VersionVector } from './version-vectors.ts'

/** A whole replica, as it is sent and as it lies on disk. */
export const replicaOf = <Content>(content: t.Type<Content, unknown>): t.Type<Replica<Content>, unknown> =>
  closed('Replica', { seen: VersionVector, content })

/** This is what I have. */
export interface Push<Content> {
  readonly type: 'push'
  readonly replica: Replica<Content>
}

/** This is what I have seen: send me your replica if there is more in it. */
export const Pull = closed('Pull', { type: t.literal('pull'), seen: VersionVector })
export type Pull = t.TypeOf<typeof Pull>

export type Message<Content> = Push<Content> | Pull
export const messageOf = <Content>(type: ReplicatedType<Content, any, any>): t.Type<Message<Content>, unknown> =>
  t.union([closed('Push', { type: t.literal('push'), replica: replicaOf(type.codecs.content) }), Pull])

/** Changes the object here, and everywhere in time. */
export interface Update<Operation> {
  readonly type: 'update'
  readonly operation: Operation
}

/** A read of what is here, if all of `after` is in it: what the client was told before, or nothing. */
export const Read = closed('Read', { type: t.literal('read'), after: VersionVector })
export type Read = t.TypeOf<typeof Read>

export type Request<Operation> = Update<Operation> | Read
export const requestOf = <Operation>(type: ReplicatedType<any, Operation, any>): t.Type<Request<Operation>, unknown> =>
  t.union([closed('Update', { type: t.literal('update'), operation: type.codecs.operation }), Read])

/** The acknowledgement: the update is on this node's disk, is called `dot`, and came after everything in `seen`. */
export const Updated = closed('Updated', { type: t.literal('updated'), dot: Dot, seen: VersionVector })
export type Updated = t.TypeOf<typeof Updated>

/** The value of the object with exactly the updates in `seen`. */
export interface Shown<Value> {
  readonly type: 'shown'
  readonly value: Value
  readonly seen: VersionVector
}

/** This node has not yet seen what the client has: try again, or elsewhere. */
export const Behind = closed('Behind', { type: t.literal('behind'), seen: VersionVector })
export type Behind = t.TypeOf<typeof Behind>

export type Response<Value> = Updated | Shown<Value> | Behind
export const responseOf = <Value>(type: ReplicatedType<any, any, Value>): t.Type<Response<Value>, unknown> =>
  t.union([
    Updated,
    closed('Shown', { type: t.literal('shown'), value: type.codecs.value, seen: VersionVector }),
    Behind
  ])
