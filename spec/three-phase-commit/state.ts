/**
 * What a site knows. The states are those of [Skeen81]: q (here `initial` and `working`), w (`waiting` and `wait`), p
 * (`prepared`), a and c (`decided`). One run ends one transaction.
 */
import * as t from 'io-ts'
import { match, P } from 'ts-pattern'
import { closed, type NodeId, type RequestId } from '../kernel/index.ts'
import { Decision } from './messages.ts'

export type Vote = 'yes' | 'no'

/** The first node of the cluster is the coordinator, which is a participant of nothing. The others follow in their order. */
export type Config =
  | { readonly role: 'coordinator' }
  | {
      readonly role: 'participant'
      /** What it answers when it is asked in time. */
      readonly vote: Vote
    }

/** It has decided, or has been down and asks what was decided. */
export type Ended =
  | { readonly phase: 'decided'; readonly decision: Decision }
  /** Down after it had voted or moved to `prepared`: others decide without it. `record` is what it found on its disk. */
  | { readonly phase: 'recovered'; readonly record: 'yes' | 'pre-commit' }

export type Coordinator = { readonly role: 'coordinator' } & (
  | { readonly phase: 'initial' }
  | {
      readonly phase: 'waiting'
      /** Who has voted yes: sorted, never all. */
      readonly yes: ReadonlyArray<NodeId>
      /** The client requests to answer with the outcome: sorted, at least one. */
      readonly clients: ReadonlyArray<RequestId>
    }
  | {
      readonly phase: 'prepared'
      /** Whose acknowledgement is awaited: sorted, never empty. */
      readonly awaiting: ReadonlyArray<NodeId>
      readonly clients: ReadonlyArray<RequestId>
    }
  | Ended
)

/** What a participant knows of the others until it has decided. */
interface Following {
  /** Whose orders it takes. Moves on when a site fails, never back. */
  readonly coordinator: NodeId
  /** Who is known to have failed: sorted. */
  readonly failed: ReadonlyArray<NodeId>
}

/** Whose acknowledgement a backup coordinator awaits: sorted, never empty; null for a site that leads nobody. */
export type Awaiting = ReadonlyArray<NodeId> | null

export type Participant = { readonly role: 'participant' } & (
  | (Following & { readonly phase: 'working'; readonly vote: Vote })
  | (Following & { readonly phase: 'wait'; readonly awaiting: Awaiting })
  | (Following & { readonly phase: 'prepared'; readonly awaiting: Awaiting })
  | Ended
)

export type State = Coordinator | Participant

/** What a crash keeps: that it has voted, that all have, or the decision. */
export const Durable = closed('Durable', {
  record: t.union([t.literal('yes'), t.literal('pre-commit'), Decision, t.null])
})
export type Durable = t.TypeOf<typeof Durable>

export const durable = (state: State): Durable =>
  match(state)
    .returnType<Durable>()
    .with({ phase: P.union('initial', 'waiting', 'working') }, () => ({ record: null }))
    .with({ phase: 'wait' }, () => ({ record: 'yes' }))
    .with({ phase: 'prepared' }, () => ({ record: 'pre-commit' }))
    .with({ phase: 'decided' }, ({ decision }) => ({ record: decision }))
    .with({ phase: 'recovered' }, ({ record }) => ({ record }))
    .exhaustive()

/**
 * `patience`: whoever is awaited has not been heard for longer than a site that is up can take, so it has failed. That
 * there is such a time is the assumption of the protocol. Armed by whoever waits, and never stopped; see `ignore-timeout`.
 */
export type Timer = 'patience'

/** Whose silence ends a site's patience. Who has decided waits for nobody; who was down has asked everybody, and is told by whoever decides. */
export const awaited = (nodes: ReadonlyArray<NodeId>, state: State): ReadonlyArray<NodeId> =>
  match(state)
    .returnType<ReadonlyArray<NodeId>>()
    .with({ phase: P.union('initial', 'decided', 'recovered') }, () => [])
    .with({ phase: 'waiting' }, ({ yes }) => nodes.slice(1).filter((node) => !yes.includes(node)))
    .with({ role: 'coordinator', phase: 'prepared' }, ({ awaiting }) => awaiting)
    .with({ phase: 'working' }, ({ coordinator }) => [coordinator])
    .with(
      { role: 'participant', phase: P.union('wait', 'prepared') },
      ({ awaiting, coordinator }) => awaiting ?? [coordinator]
    )
    .exhaustive()
