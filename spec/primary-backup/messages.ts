/** What the view service, the servers and the clients say to each other. */
import * as t from 'io-ts'
import { closed, logOf, Natural, NodeId, Positive } from '../kernel/index.ts'

/** A view: who is primary and who are its backups, from this number on until the next. */
export const View = closed('View', {
  /** The epoch that fences off earlier views: every view has a higher one than those before. */
  number: Positive,
  primary: NodeId,
  /** In the order in which a chain passes entries on. Without the primary. */
  backups: t.readonlyArray(NodeId)
})
export type View = t.TypeOf<typeof View>

/** Who is in a view: the primary first. */
export const membersOf = ({ primary, backups }: View): ReadonlyArray<NodeId> => [primary, ...backups]

export const Write = closed('Write', { type: t.literal('write'), value: t.string })

/** Reads are replicated like writes: a primary that has been replaced and does not know it must not answer one. */
export const Read = closed('Read', { type: t.literal('read') })

/** A client asks the primary. What it asks is an entry of the log, in the order in which the primary took it. */
export const Request = t.union([Write, Read])
export type Request = t.TypeOf<typeof Request>
export type Entry = Request

/** Server to view service: let this be the next view, for somebody is silent or wants to come in. */
export const Propose = closed('Propose', { type: t.literal('propose'), view: View })
export type Propose = t.TypeOf<typeof Propose>

/** View service to servers: the latest view. */
export const NewView = closed('NewView', { type: t.literal('view'), view: View })

/** Backup to primary, on entering a view: I listen to no earlier view any more, and this is what I have. */
export const Report = closed('Report', {
  type: t.literal('report'),
  view: Positive,
  /** The number of the view that the log is from. */
  synced: Positive,
  log: logOf(Request),
  /** How much of it is acknowledged, as far as this backup knows. */
  committed: Natural
})
export type Report = t.TypeOf<typeof Report>

/** Primary to backups, and down a chain: entries that follow index `after`. From 0 on it is the state transfer. */
export const Append = closed('Append', {
  type: t.literal('append'),
  view: Positive,
  after: Natural,
  entries: t.readonlyArray(Request),
  /** How far the primary may have acknowledged. */
  committed: Natural
})
export type Append = t.TypeOf<typeof Append>

/** Backup to primary: I have the log of this view up to `length`. */
export const Have = closed('Have', { type: t.literal('have'), view: Positive, length: Natural })
export type Have = t.TypeOf<typeof Have>

/** Primary to view service: everybody in this view has its log. */
export const Complete = closed('Complete', { type: t.literal('complete'), view: Positive })
export type Complete = t.TypeOf<typeof Complete>

/** View service to primary: serve. */
export const Activate = closed('Activate', { type: t.literal('activate'), view: Positive })

export const Message = t.union([Propose, NewView, Report, Append, Have, Complete, Activate])
export type Message = t.TypeOf<typeof Message>

/** The write is acknowledged. */
export const Written = closed('Written', { type: t.literal('written') })

/** What the last write before the read wrote; null if there was none. */
export const Value = closed('Value', { type: t.literal('value'), value: t.union([t.string, t.null]) })

/** The server does not serve; nothing has happened. `primary` is who does, as far as this server knows. */
export const Refused = closed('Refused', { type: t.literal('refused'), primary: t.union([NodeId, t.null]) })

export const Response = t.union([Written, Value, Refused])
export type Response = t.TypeOf<typeof Response>
