/** An acceptor: phases 1(b) and 2(b). It never refuses, it ignores; so any message may be lost. [Lamport01] §2.2 */
import { fired, send, stay, type NodeId } from '../kernel/index.ts'
import type { Accept, Message } from './messages.ts'
import type { Move } from './rules.ts'
import type { State } from './state.ts'

/**
 * Phase 1(b): "If an acceptor receives a prepare request with number n greater than that of any prepare request to which
 * it has already responded, then it responds to the request with a promise not to accept any more proposals numbered
 * less than n and with the highest-numbered proposal (if any) that it has accepted."
 */
export const onPrepare = (state: State, from: NodeId, ballot: number): Move =>
  ballot > state.promised
    ? fired(
        'promise',
        { ...state, promised: ballot },
        send<Message>(from, { type: 'promise', ballot, accepted: state.accepted })
      )
    : stay('ignore-prepare', state)

/**
 * Phase 2(b): "If an acceptor receives an accept request for a proposal numbered n, it accepts the proposal unless it has
 * already responded to a prepare request having a number greater than n."
 */
export const onAccept = (state: State, from: NodeId, { ballot, value }: Accept): Move =>
  // To accept is to promise as well, so that what it has accepted is always of the highest ballot so far.
  ballot >= state.promised
    ? fired(
        'accept',
        { ...state, promised: ballot, accepted: { ballot, value } },
        send<Message>(from, { type: 'accepted', ballot })
      )
    : stay('ignore-accept', state)
