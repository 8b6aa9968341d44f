/** What clients and representatives say to each other. [LS97] names the two rounds; [Gifford79] the representatives. */
import * as t from 'io-ts'
import { closed, Natural } from '../kernel/index.ts'

/**
 * A version number, made unique by the node that chose it: two writers may choose one number at the same time. [LS97]
 * calls it a tag. Ordered by number, then by writer; number 0 with writer '' is the version before the first write.
 */
export const Version = closed('Version', { number: Natural, writer: t.string })
export type Version = t.TypeOf<typeof Version>

/** null before the first write. */
export const Value = t.union([t.string, t.null], 'a string or null')
export type Value = t.TypeOf<typeof Value>

/** The operation that a message belongs to: the name of the client's request, unique in a run. */
const operation = t.string

/** Coordinator to representatives: what do you hold? First round. */
export const Query = closed('Query', { type: t.literal('query'), operation })

/** Representative to coordinator: what it holds. */
export const Holding = closed('Holding', { type: t.literal('holding'), operation, version: Version, value: Value })

/** Coordinator to representatives: hold this, unless you hold something newer. Second round. */
export const Store = closed('Store', { type: t.literal('store'), operation, version: Version, value: Value })

/** Representative to coordinator: it holds that version or a newer one, and a crash will not change it. */
export const Stored = closed('Stored', { type: t.literal('stored'), operation })

export const Message = t.union([Query, Holding, Store, Stored])
export type Message = t.TypeOf<typeof Message>

export const Read = closed('Read', { type: t.literal('read') })
export const Write = closed('Write', { type: t.literal('write'), value: t.string })

/** A client may ask any node, which then coordinates the operation. */
export const Request = t.union([Read, Write])
export type Request = t.TypeOf<typeof Request>

/** What a read found. */
export const Found = closed('Found', { type: t.literal('found'), value: Value })

/** A write quorum holds what was written, or something newer. */
export const Written = closed('Written', { type: t.literal('written') })

export const Response = t.union([Found, Written])
export type Response = t.TypeOf<typeof Response>
