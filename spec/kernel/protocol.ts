/**
 * The language that specs are written in: a protocol is a pure reducer from events to steps.
 *
 * One node of a protocol is a state. An event reaches it, and `step` answers with the next state and the effects to
 * carry out. Nothing here reads a clock, draws a random number or does I/O: time, disk and network are events and
 * effects, so the model checker and the production host can drive the same text.
 */
import type * as t from 'io-ts'
import type { NodeId } from './codecs.ts'

/** A client request's name: not empty, unique in a run. */
export type RequestId = string

/** Everything a protocol may talk about. A protocol names the parts it uses with {@link Signature}. */
export interface AnySignature {
  /** What sets one node apart from another before the start: its role, its quorum sizes. */
  readonly config: any
  /** All that a node knows. */
  readonly state: any
  /** The part of the state that a crash keeps. */
  readonly durable: any
  /** What nodes send each other. */
  readonly message: any
  /** The names of the timers. */
  readonly timer: any
  /** What clients ask. */
  readonly request: any
  /** What clients are answered. */
  readonly response: any
  /** What the replicated state machine consumes. */
  readonly entry: any
  /** What a snapshot of the replicated state machine holds. */
  readonly content: any
  /** What `note` may report. */
  readonly fact: any
  /** The names of the clauses of the reducer. */
  readonly rule: any
}

interface Unused {
  config: null
  durable: null
}

/**
 * The types of one protocol, gathered under one name. A part that is left out is not used by the protocol: `config` and
 * `durable` are then `null`, the others `never`, so that an effect the protocol does not have does not type-check.
 *
 * @example
 * type TwoPhase = Signature<{ state: State; durable: Durable; message: Message; timer: Timer; rule: Rule }>
 */
export type Signature<Parts extends Partial<AnySignature>> = {
  readonly [Part in keyof AnySignature]: Part extends keyof Parts
    ? Parts[Part]
    : Part extends keyof Unused
      ? Unused[Part]
      : never
}

/** Who a reducer is running as. */
export interface Self<P extends AnySignature> {
  readonly id: NodeId
  /** Every node of the cluster in the model's order, this one included. */
  readonly nodes: ReadonlyArray<NodeId>
  readonly config: P['config']
}

/** A variant of a union that vanishes with the part of the signature it carries. */
type Used<Part, Variant> = [Part] extends [never] ? never : Variant

/** What a client asked of this node. */
export interface ClientRequest<Request> {
  readonly type: 'request'
  readonly id: RequestId
  readonly request: Request
}

/** The replicated state machine as it was when the node asked for it with `take-snapshot`. */
export interface Snapshot<Content> {
  readonly type: 'snapshot'
  /** As the node named it when it asked. */
  readonly index: number
  readonly content: Content
}

/** What can happen to a node that is up. */
export type Event<P extends AnySignature> =
  | Used<P['message'], { readonly type: 'deliver'; readonly from: NodeId; readonly message: P['message'] }>
  | Used<P['timer'], { readonly type: 'timeout'; readonly timer: P['timer'] }>
  | Used<P['request'], ClientRequest<P['request']>>
  | Used<P['content'], Snapshot<P['content']>>

/** What a step asks of the world, carried out in order after the durable part of its state is safe on disk. */
export type Effect<P extends AnySignature> =
  | Used<P['message'], { readonly type: 'send'; readonly to: NodeId; readonly message: P['message'] }>
  | Used<P['timer'], { readonly type: 'start-timer'; readonly timer: P['timer'] }>
  | Used<P['timer'], { readonly type: 'stop-timer'; readonly timer: P['timer'] }>
  | Used<P['response'], { readonly type: 'reply'; readonly id: RequestId; readonly response: P['response'] }>
  | Used<P['entry'], { readonly type: 'apply'; readonly entry: P['entry']; readonly request: RequestId | null }>
  | Used<P['content'], { readonly type: 'take-snapshot'; readonly index: number }>
  | Used<P['content'], { readonly type: 'restore'; readonly content: P['content'] }>
  | Used<P['fact'], { readonly type: 'note'; readonly fact: P['fact'] }>

/** One step of one node: the clause that fired, the state it leads to, and what the world is asked to do. */
export interface Step<P extends AnySignature> {
  readonly rule: P['rule']
  readonly state: P['state']
  readonly effects: ReadonlyArray<Effect<P>>
}

/** The codecs at a protocol's borders. What does not decode never reaches the reducer. */
export interface Codecs<P extends AnySignature> {
  readonly message: t.Type<P['message'], unknown>
  readonly durable: t.Type<P['durable'], unknown>
  readonly request?: t.Type<P['request'], unknown>
  readonly response?: t.Type<P['response'], unknown>
  readonly entry?: t.Type<P['entry'], unknown>
  readonly content?: t.Type<P['content'], unknown>
}

/**
 * A protocol.
 *
 * Every function is pure and total. States, messages and everything else are immutable JSON-like data with one
 * canonical form: what is equal in meaning is equal in structure, so a set is a sorted array without duplicates.
 */
export interface Protocol<P extends AnySignature> {
  /** Kebab-case; part of the handshake between nodes. */
  readonly name: string
  /** Goes up when messages of the old version and the new one cannot be mixed. >= 1. */
  readonly wireVersion: number
  readonly codecs: Codecs<P>
  /** Every rule that a step may name. */
  readonly rules: ReadonlyArray<P['rule']>
  /** Every timer that a step may start. */
  readonly timers: ReadonlyArray<P['timer']>
  /** The first step of a node that has nothing on its disk. */
  readonly initial: (self: Self<P>) => Step<P>
  /** One event. Total: an event that is ignored is a rule too. */
  readonly step: (self: Self<P>, state: P['state'], event: Event<P>) => Step<P>
  /** What a crash keeps of a state. The host makes it durable before any effect of the step leaves the node. */
  readonly durable: (state: P['state']) => P['durable']
  /** The first step after a crash, from what the crash kept. No timer is armed before it. */
  readonly recover: (self: Self<P>, durable: P['durable']) => Step<P>
}
