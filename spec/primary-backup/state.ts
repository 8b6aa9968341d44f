/**
 * What the view service and the servers know.
 *
 * A server keeps all but its conversations: the view it has entered, and the log with the view that it is from. So a
 * server that comes back is a server that was slow.
 */
import * as t from 'io-ts'
import { closed, emptyLog, logOf, Natural, NodeId, Positive, type Log, type RequestId } from '../kernel/index.ts'
import { Request, View, type Entry } from './messages.ts'

/** Which copies a write must have before its client is answered, and the way it takes to them. */
export const Mode = t.union([
  /** Every backup of the view, each sent to by the primary. [PacificA] */
  t.literal('synchronous'),
  /** Every backup of the view, each sent to by the one before it. [CR] */
  t.literal('chain'),
  /** Any one backup. */
  t.literal('semi-synchronous'),
  /** None but the primary's own. */
  t.literal('asynchronous')
])
export type Mode = t.TypeOf<typeof Mode>

/** A cluster has one view service; every other node is a server. Mode and first view are the same for all. */
export type Config =
  | { readonly role: 'view-service'; readonly mode: Mode; readonly first: View }
  | { readonly role: 'server'; readonly mode: Mode; readonly first: View; readonly service: NodeId }

export interface ViewService {
  readonly role: 'view-service'
  /** The last view whose members all had its log: only they may be relied on for what was acknowledged. */
  readonly active: View
  /** The view that is to follow, until its primary says that the log is everywhere. */
  readonly proposed: View | null
}

/** The log of a server, and where it is from. */
export interface Kept {
  /** The view last entered. The number grows. */
  readonly view: View
  /** The number of the view that the log is from, <= view.number. In one view, logs only grow. */
  readonly synced: number
  readonly log: Log<Entry>
  /** How many entries have been acknowledged, as far as this server knows. <= lastIndex(log) */
  readonly committed: number
}

export interface Client {
  readonly id: RequestId
  /** Of its entry. */
  readonly index: number
}

/** By backup: how far it has confirmed the log of this view. Who has confirmed nothing may not have the log at all. */
export type Confirmed = Readonly<Record<NodeId, number>>

/** What a report says of a log. */
export type Findings = Omit<Kept, 'view'>

interface Member extends Kept {
  readonly role: 'server'
}

export type Outsider = Member & { readonly phase: 'outsider' }
/** It has reported, and has the log of its view once `synced` says so. */
export type Backup = Member & { readonly phase: 'backup' }
interface Primary extends Member {
  /** Who waits for an answer, by ascending index: in the view before, if this server was its primary, too. */
  readonly waiting: ReadonlyArray<Client>
}

/** A primary that waits for reports, to choose the log that has everything acknowledged in it. */
export type Gathering = Primary & {
  readonly phase: 'gathering'
  readonly reports: Readonly<Record<NodeId, Findings>>
}
/** A primary that has chosen the log of its view, and sees to it that its backups have it. */
export type Transferring = Primary & { readonly phase: 'transferring'; readonly confirmed: Confirmed }
/** A primary that takes requests. */
export type Serving = Primary & {
  readonly phase: 'serving'
  readonly confirmed: Confirmed
  /** The last index at the last silence: a backup that has not confirmed it by the next one is missed. */
  readonly due: number
}

export type Server = Outsider | Backup | Gathering | Transferring | Serving

export type State = ViewService | Server

export const ServiceRecord = closed('ServiceRecord', {
  role: t.literal('view-service'),
  active: View,
  proposed: t.union([View, t.null])
})

export const ServerRecord = closed('ServerRecord', {
  role: t.literal('server'),
  view: View,
  synced: Positive,
  log: logOf(Request),
  committed: Natural
})
export type ServerRecord = t.TypeOf<typeof ServerRecord>

export const Durable = t.union([ServiceRecord, ServerRecord])
export type Durable = t.TypeOf<typeof Durable>

export const keptOf = ({ view, synced, log, committed }: Kept): Kept => ({ view, synced, log, committed })

export const recordOf = (server: Server): ServerRecord => ({ role: 'server', ...keptOf(server) })

export const durable = (state: State): Durable =>
  state.role === 'view-service' ? { role: state.role, active: state.active, proposed: state.proposed } : recordOf(state)

/** A server that has never done anything: it has all of the first view's log, since there is nothing in it. */
export const blank = (first: View): Kept => ({ view: first, synced: first.number, log: emptyLog, committed: 0 })

/**
 * Both are of servers, and always armed. `beat`: say again what may have been lost. `silence`, set anew whenever the one
 * that is waited for is heard, and so several times as long: the one is taken for dead.
 */
export type Timer = 'beat' | 'silence'
