/** What a node knows: it is proposer, acceptor and learner in one. [Lamport01] §2.5 */
import * as t from 'io-ts'
import { closed, Natural, type NodeId, type RequestId } from '../kernel/index.ts'
import { Proposal, Value } from './messages.ts'

/**
 * How many acceptors make a quorum, the same for all nodes. Any two quorums of different phases must share an acceptor:
 * the two sizes are more than the number of nodes together. Majorities in both phases are Paxos as published;
 * other sizes are Flexible Paxos ([HMS16]).
 */
export interface Config {
  /** Promises that a proposer needs before it proposes, >= 1. */
  readonly phase1Quorum: number
  /** Acceptances that make a proposal chosen, >= 1. */
  readonly phase2Quorum: number
}

/** What a crash keeps. */
export const Durable = closed('Durable', {
  /** Proposer: the highest of its ballots that it has begun, never to be begun again. 0 before the first. */
  tried: Natural,
  /** Proposer: what a client asked for first. */
  proposal: t.union([Value, t.null]),
  /** Acceptor: accepts nothing below this ballot. 0 at first. */
  promised: Natural,
  /** Acceptor: of all proposals it has accepted, the one of the highest ballot, which is at most `promised`. */
  accepted: t.union([Proposal, t.null]),
  /** Learner: the value that is chosen, once it is known. */
  outcome: t.union([Value, t.null])
})
export type Durable = t.TypeOf<typeof Durable>

/** Where the proposer is in the ballot `tried`. */
export type Attempt =
  | { readonly is: 'idle' }
  /** Phase 1: who has promised, sorted, and the proposal of the highest ballot among those they reported. */
  | { readonly is: 'preparing'; readonly promises: ReadonlyArray<NodeId>; readonly highest: Proposal | null }
  /** Phase 2: what it has proposed, and who has accepted, sorted. */
  | { readonly is: 'proposing'; readonly value: Value; readonly acceptances: ReadonlyArray<NodeId> }

export interface State extends Durable {
  readonly attempt: Attempt
  /** Who waits for the outcome: sorted. */
  readonly clients: ReadonlyArray<RequestId>
}

export const durable = ({ tried, proposal, promised, accepted, outcome }: State): Durable => ({
  tried,
  proposal,
  promised,
  accepted,
  outcome
})

/** Runs while a proposer waits for the outcome, at a length that differs between proposers. */
export type Timer = 'retry'
