/** The clauses, and the protocol's types under one name. */
import type { Event, NodeId, Signature, Step } from '../kernel/index.ts'
import {
  replicationRules,
  type Message,
  type Replica,
  type Request,
  type Response,
  type Server,
  type ServerRecord,
  type Timer
} from '../primary-backup/index.ts'
import type { Config } from './state.ts'

/** Those of replication are where they were; these are of failover. */
export const rules = [
  ...replicationRules,
  'announce-again',
  // by timeout
  'take-over',
  'go-on-without',
  'ask-to-join',
  'let-in',
  'yield',
  'ignore-stranger',
  // by majority
  'stand',
  'concede'
] as const
export type Rule = (typeof rules)[number] | Replica['rule']

export type SplitBrain = Signature<{
  config: Config
  state: Server
  durable: ServerRecord
  message: Message
  timer: Timer
  request: Request
  response: Response
  rule: Rule
}>

export type Happening = Event<SplitBrain>
export type Move = Step<SplitBrain>

/** Who a server is, and whom it has around it. */
export interface Place {
  readonly id: NodeId
  readonly nodes: ReadonlyArray<NodeId>
}
