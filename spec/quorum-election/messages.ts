/** What servers, the store and clients say to each other. Terms and votes as in [Raft] §5.2, the fence as in [Burrows06] §2.4. */
import * as t from 'io-ts'
import { closed, NodeId, Positive } from '../kernel/index.ts'

/** Candidate to servers: vote for me in this term. */
export const VoteRequest = closed('VoteRequest', { type: t.literal('vote-request'), term: Positive })

/** Server to candidate: you have my vote in this term, and nobody else will have it. */
export const Vote = closed('Vote', { type: t.literal('vote'), term: Positive })

/** To a candidate or leader, from a server or the store: this term, newer than yours, has begun. */
export const NewerTerm = closed('NewerTerm', { type: t.literal('newer-term'), term: Positive })

/** Leader to servers: I lead this term. */
export const Heartbeat = closed('Heartbeat', { type: t.literal('heartbeat'), term: Positive })

/** Leader to the store: whatever older terms have not written by now, they never will. */
export const RaiseFence = closed('RaiseFence', { type: t.literal('raise-fence'), term: Positive })

/** Store to leader: no older term writes any more. */
export const FenceRaised = closed('FenceRaised', { type: t.literal('fence-raised'), term: Positive })

/** Leader to the store. The term is the fencing token; the sequence number orders the writes of a term. */
export const Write = closed('Write', { type: t.literal('write'), term: Positive, sequence: Positive, value: t.string })

/** Store to leader: it is written, or something later of the same leader is, and a crash will not change it. */
export const Written = closed('Written', { type: t.literal('written'), term: Positive, sequence: Positive })

export const Message = t.union([VoteRequest, Vote, NewerTerm, Heartbeat, RaiseFence, FenceRaised, Write, Written])
export type Message = t.TypeOf<typeof Message>

/** A client asks a server to write. */
export const Request = closed('Request', { type: t.literal('write'), value: t.string })
export type Request = t.TypeOf<typeof Request>

/** The value is in the store. */
export const Done = closed('Done', { type: t.literal('done') })

/** Nothing was written: this node does not lead. `leader` is who does, as far as it knows. */
export const NotLeader = closed('NotLeader', { type: t.literal('not-leader'), leader: t.union([NodeId, t.null]) })

export const Response = t.union([Done, NotLeader])
export type Response = t.TypeOf<typeof Response>
