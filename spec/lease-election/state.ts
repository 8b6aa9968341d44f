/**
 * What a server knows: its clock, what it has granted, and the lease that it holds or bids for.
 *
 * A clock counts ticks. The assumption that carries the protocol: at every moment, no two clocks differ by more than
 * `drift`. A clock runs on its own and survives a crash; the grant is on disk; lease and bid are lost in a crash.
 */
import * as t from 'io-ts'
import { closed, Natural, NodeId, Positive } from '../kernel/index.ts'

/** The same for all servers. Both in ticks. */
export interface Config {
  /** How long a lease runs, > drift. */
  readonly duration: number
  /** How far two clocks may be apart. A leader stops so much earlier than its grantors forget it. */
  readonly drift: number
}

export const Granted = closed('Granted', { to: NodeId, until: Positive })
export type Granted = t.TypeOf<typeof Granted>

export interface State {
  readonly clock: number
  /** The promise to grant nobody else. Null when there is none that still binds. */
  readonly granted: Granted | null
  /** `by`: who has granted it, itself included; sorted, not a majority. */
  readonly bid: { readonly until: number; readonly by: ReadonlyArray<NodeId> } | null
  /** Until when a majority has granted leadership to this server. Null when it does not lead. */
  readonly lease: number | null
}

export const Durable = closed('Durable', { clock: Natural, granted: t.union([Granted, t.null]) })
export type Durable = t.TypeOf<typeof Durable>

export const durable = ({ clock, granted }: State): Durable => ({ clock, granted })

/** `tick`: the clock moves on. `campaign`: time to bid, or to bid again before the lease ends. */
export type Timer = 'tick' | 'campaign'
