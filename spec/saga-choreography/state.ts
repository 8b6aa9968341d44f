/** What a service knows. All of it is on disk, and one transaction changes all parts of it together. */
import * as t from 'io-ts'
import { closed, NodeId } from '../kernel/index.ts'
import { Published, Stand } from './messages.ts'

/** A link of the chain. */
export interface Config {
  /** Null for the first, where sagas begin. */
  readonly previous: NodeId | null
  /** Null for the last: when its step is done, the saga is completed. */
  readonly next: NodeId | null
  /** How many units there are to take. */
  readonly units: number
}

/** One change of the service's data: a unit taken for a saga, or given back. */
export const Entry = closed('Entry', { saga: NodeId, did: t.union([t.literal('take'), t.literal('give-back')]) })
export type Entry = t.TypeOf<typeof Entry>

/** An event that was published and that its subscriber has not confirmed. */
export const Unconfirmed = closed('Unconfirmed', { to: NodeId, event: Published })
export type Unconfirmed = t.TypeOf<typeof Unconfirmed>

export const State = closed('State', {
  /** Oldest first. */
  ledger: t.readonlyArray(Entry),
  /** By saga, for each that was heard of: what makes an event that comes twice count once. */
  stands: t.readonly(t.record(t.string, Stand)),
  /** The transactional outbox, oldest first: what is said is on disk together with what it is about. */
  outbox: t.readonlyArray(Unconfirmed)
})
export type State = t.TypeOf<typeof State>

/** What a crash keeps: all. */
export const durable = (state: State): State => state

/** One timer: armed while something is in the outbox. It is never stopped; see `ignore-timeout`. */
export type Timer = 'republish'
