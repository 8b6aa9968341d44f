/** What a bounded model is: a protocol, how many of whom, what may go wrong, and what must hold. */
import type {
  AnySignature,
  NodeId,
  NodeView,
  Property,
  RequestId,
  Protocol,
  UpNode,
  View
} from '../../spec/kernel/index.ts'

/** How messages travel. */
export type Network =
  | { readonly kind: 'asynchronous' }
  | { readonly kind: 'unordered' | 'fifo'; readonly lose: number; readonly duplicate: number }

/** How often messages may be lost or delivered twice in a run. Both 0 unless said otherwise. */
export interface LinkBudget {
  readonly lose?: number
  readonly duplicate?: number
}

/**
 * Messages in flight form a set per destination: one that was sent may be delivered any number of times, in any order,
 * or never. Loss, duplication and reordering are all in there and need no budget.
 */
export const asynchronous = (): Network => ({ kind: 'asynchronous' })

/** Each message is delivered exactly once, in any order; loss and duplication within their budgets. */
export const unordered = ({ lose = 0, duplicate = 0 }: LinkBudget = {}): Network => ({
  kind: 'unordered',
  lose,
  duplicate
})

/** Each message is delivered exactly once, in the order sent from one node to another; loss and duplication as above. */
export const fifo = ({ lose = 0, duplicate = 0 }: LinkBudget = {}): Network => ({ kind: 'fifo', lose, duplicate })

/** A directed link. */
export type Link = readonly [from: NodeId, to: NodeId]

/** Directed links that carry nothing while the partition is in force. */
export interface Cut {
  /** Shown in traces: `a | b c`, `a -x-> b`. */
  readonly name: string
  readonly links: ReadonlyArray<Link>
}

/** Which partitions may come. */
export interface Partitions {
  /** How often a partition may start in a run. Only one is in force at a time. */
  readonly times: number
  /**
   * `symmetric`: every way to split the nodes in two groups that do not hear each other. `one-way`: every way to split
   * them so that one group does not hear the other. Or the cuts themselves.
   */
  readonly cuts: 'symmetric' | 'one-way' | ReadonlyArray<Cut>
  /** Whether a partition may heal, at no cost. True unless said otherwise. */
  readonly heal?: boolean
}

/** What may go wrong with nodes and links, and how often in a run. What is not named does not happen. */
export interface Faults {
  /** Crashes from which a node may restart. */
  readonly crashes?: number
  /** Crashes from which a node never comes back. */
  readonly crashesForGood?: number
  /** The nodes that may crash. All, unless said otherwise. */
  readonly crashing?: ReadonlyArray<NodeId>
  readonly partitions?: Partitions
}

/** A request that clients may make. */
export interface ModelRequest<P extends AnySignature> {
  readonly name: string
  readonly request: P['request']
  /** The nodes it may be made at. All, unless said otherwise. */
  readonly at?: ReadonlyArray<NodeId>
  /** How often it may be made. Once, unless said otherwise. The k-th is called `name#k` if it may be made twice. */
  readonly times?: number
}

/** A pure replicated state machine: what `apply` effects feed. A crash resets it; recovery applies again. */
export interface Machine<P extends AnySignature> {
  readonly initial: unknown
  /** The next content and, for the client that asked, the response. */
  readonly apply: (
    content: any,
    entry: P['entry'],
    request: RequestId | null
  ) => { readonly content: unknown; readonly response: P['response'] }
}

/** A global state as an assumption about time sees it. */
export interface Moment<P extends AnySignature> extends View<P> {
  /** The links that the partition in force cuts; empty where none is. */
  readonly severed: ReadonlyArray<Link>
}

/**
 * What a model assumes of time. Without it, an armed timer may fire at any moment: no bound on the delay of messages, none on the drift of
 * clocks. A protocol that needs more says here what it needs; what it needs is then part of what was shown, and no more than assumed.
 *
 * @example A detector that suspects nobody who is up, and a clock that is never two ticks ahead of another:
 * { assumes: 'who is silent is down', mayFire: ({ nodes }, { state }) => nodes.some(({ id, up }) => id === state.leader && !up) }
 * { assumes: 'no clock is two ticks ahead', mayFire: ({ nodes }, { durable }) => nodes.every((other) => durable.clock <= other.durable.clock) }
 */
export interface Timing<P extends AnySignature> {
  /** The assumption in a few words, for reports and tables. */
  readonly assumes: string
  /**
   * Whether this timer, which is armed at this node, may fire at this moment. Pure, like a property. One that reads
   * `network` is asked in every state, and turns off the reductions that may drop messages.
   */
  readonly mayFire: (moment: Moment<P>, node: UpNode<P>, timer: P['timer']) => boolean
}

/** Where exploration stops. A state outside the bounds is counted and checked, and not expanded. */
export interface Bounds<P extends AnySignature> {
  /** A global state is inside when this holds for each of its nodes. */
  readonly node?: (node: NodeView<P>) => boolean
  /** The most steps from the initial state. */
  readonly depth?: number
}

/** The answer that a model is known to give. */
export type Expectation = 'holds' | 'deadlock' | { readonly violates: string } | { readonly unreachable: string }

/** A bounded model of a protocol. */
export interface Model<P extends AnySignature = AnySignature> {
  /** Unique among the models checked together; no spaces. */
  readonly name: string
  readonly protocol: Protocol<P>
  /** The nodes in order, each with its configuration. */
  readonly nodes: Readonly<Record<NodeId, P['config']>>
  readonly network: Network
  readonly faults?: Faults
  readonly requests?: ReadonlyArray<ModelRequest<P>>
  readonly machine?: Machine<P>
  /** What is assumed of time. Nothing unless said otherwise. */
  readonly timing?: Timing<P>
  readonly bounds?: Bounds<P>
  /**
   * Groups of names any two of which may be exchanged without changing anything: nodes, or values that requests ask for. Names in a list
   * of their own are exchanged together, each for the one in its place: a node and the value that only it is asked for.
   *
   * @example [['n1', 'n2', 'n3'], ['x', 'y']], or [[['n1', 'x'], ['n2', 'y']]] where x is asked of n1 and y of n2
   */
  readonly symmetric?: ReadonlyArray<ReadonlyArray<string | ReadonlyArray<string>>>
  readonly properties: ReadonlyArray<Property<P>>
  /** Where no action is enabled: fine always (true), fine in these states, or a deadlock (not given). */
  readonly mayStop?: true | ((view: View<P>) => boolean)
  /** `holds` unless said otherwise. */
  readonly expect?: Expectation
}

/** Declares a model. */
export const model = <P extends AnySignature>(definition: Model<P>): Model<P> => definition

/** The same configuration for nodes `prefix1` to `prefixN`. */
export const sameNodes = <Config>(prefix: string, count: number, config: Config): Readonly<Record<NodeId, Config>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index + 1}`, config]))
