/**
 * What a node knows. One run of the protocol ends one transaction.
 *
 * The disk holds one record: the last one written to what [BHG87] §7.4 calls the distributed transaction log. It changes
 * at most twice: from nothing to `yes`, and from nothing or `yes` to a decision, which stays.
 */
import * as t from 'io-ts'
import { closed, type NodeId, type RequestId } from '../kernel/index.ts'
import { Decision } from './messages.ts'

export type Vote = 'yes' | 'no'

/** A cluster has one coordinator; every other node is a participant. */
export type Config =
  | { readonly role: 'coordinator' }
  | {
      readonly role: 'participant'
      readonly coordinator: NodeId
      /** What it answers when it is asked in time. One that is asked too late has aborted and votes no. */
      readonly vote: Vote
    }

export type Coordinator =
  /** No client has asked yet. */
  | { readonly role: 'coordinator'; readonly phase: 'initial' }
  | {
      readonly role: 'coordinator'
      readonly phase: 'waiting'
      /** Who has voted yes: sorted, never all of the participants. */
      readonly yes: ReadonlyArray<NodeId>
      /** The client requests to answer with the outcome: sorted, at least one. */
      readonly clients: ReadonlyArray<RequestId>
    }
  | { readonly role: 'coordinator'; readonly phase: 'decided'; readonly decision: Decision }

interface Member {
  readonly role: 'participant'
  readonly coordinator: NodeId
}

/** *Working* and *prepared* are the words of [GL06] §3; committed and aborted are the decisions. */
export type Participant =
  /** Has not been asked for its vote, and may still abort on its own. */
  | (Member & { readonly phase: 'working'; readonly vote: Vote })
  /** Has voted yes and is uncertain: whatever it did on its own could be wrong. */
  | (Member & { readonly phase: 'prepared' })
  | (Member & { readonly phase: 'decided'; readonly decision: Decision })

export type State = Coordinator | Participant

/** What a crash keeps. Only a participant writes `yes`. */
export const Durable = closed('Durable', { record: t.union([t.literal('yes'), Decision, t.null]) })
export type Durable = t.TypeOf<typeof Durable>

export const durable = (state: State): Durable => {
  if (state.phase === 'decided') return { record: state.decision }
  return { record: state.phase === 'prepared' ? 'yes' : null }
}

/** One timer for every wait: armed by whoever waits for a message. It is never stopped; see `ignore-timeout`. */
export type Timer = 'patience'
