/**
 * Properties: what a protocol promises, as small named predicates over what can be seen from outside.
 *
 * A property reads views, never the checker. The checker keeps its verdict by what it read, so a property that does
 * not read the network costs one evaluation per distinct combination of node states.
 */
import type { NodeId } from './codecs.ts'
import type { AnySignature, Effect, Event, RequestId } from './protocol.ts'

/** A node that is up. */
export interface UpNode<P extends AnySignature> {
  readonly id: NodeId
  readonly up: true
  readonly state: P['state']
  /** What a crash at this moment would keep. */
  readonly durable: P['durable']
  /** The armed timers, sorted. */
  readonly timers: ReadonlyArray<P['timer']>
  /** The state of this node's replicated state machine; null where the model has none. */
  readonly machine: unknown
}

/** A node that is down: only its disk is left. */
export interface DownNode<P extends AnySignature> {
  readonly id: NodeId
  readonly up: false
  readonly durable: P['durable']
  /** It crashed for good and will never restart. */
  readonly gone: boolean
}

export type NodeView<P extends AnySignature> = UpNode<P> | DownNode<P>

/** A message on its way. */
export interface InFlight<P extends AnySignature> {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: P['message']
}

/** One global state, seen from outside. */
export interface View<P extends AnySignature> {
  /** In the model's order. */
  readonly nodes: ReadonlyArray<NodeView<P>>
  /**
   * Every message in flight, by destination, then in the order of the network. A property that reads this is judged in
   * every global state and turns off the reductions that may drop messages.
   */
  readonly network: ReadonlyArray<InFlight<P>>
}

/** What set a node in motion: an event, or a crash or restart. */
export type Cause<P extends AnySignature> =
  Event<P> | { readonly type: 'crash'; readonly forGood: boolean } | { readonly type: 'restart' }

/** One step of one node, seen from outside. */
export interface Transition<P extends AnySignature> {
  readonly before: NodeView<P>
  readonly event: Cause<P>
  /** The clause that fired; null for a crash. */
  readonly rule: P['rule'] | null
  /** What left the node: cut short where a crash cut it. */
  readonly effects: ReadonlyArray<Effect<P>>
  readonly after: NodeView<P>
}

/** Holds in every reachable global state. */
export interface Always<P extends AnySignature> {
  readonly kind: 'always'
  readonly name: string
  readonly holds: (view: View<P>) => boolean
}

/** Holds for every step of every node that changes the node or has an effect. */
export interface StepProperty<P extends AnySignature> {
  readonly kind: 'step'
  readonly name: string
  readonly holds: (transition: Transition<P>) => boolean
}

/** Holds in some reachable global state. Guards against models that are safe because nothing ever happens. */
export interface Reachable<P extends AnySignature> {
  readonly kind: 'reachable'
  readonly name: string
  readonly holds: (view: View<P>) => boolean
}

/** What clients see, in the order it happens. */
export type ClientRecord<P extends AnySignature> =
  | { readonly type: 'invoke'; readonly id: RequestId; readonly node: NodeId; readonly request: P['request'] }
  | { readonly type: 'reply'; readonly id: RequestId; readonly response: P['response'] }

/**
 * Holds for what clients have seen in every run. The content is folded from the records and is part of the global
 * state: the less of a history it keeps, the fewer states there are.
 */
export interface HistoryProperty<P extends AnySignature> {
  readonly kind: 'history'
  readonly name: string
  readonly initial: unknown
  readonly next: (content: any, record: ClientRecord<P>) => unknown
  readonly holds: (content: any) => boolean
  /**
   * The content with its lists in the order that `next` would have them in, after names in it were exchanged. Needed where a model declares
   * something symmetric and contents have lists in an order that names have a part in.
   */
  readonly arrange?: (content: any) => unknown
  /**
   * Why it does not hold, in words, a few lines, for whoever reads a run that violates it. Given all that clients saw,
   * since the content need not keep what an explanation tells. Null where there is nothing to say.
   */
  readonly explain?: (seen: ReadonlyArray<ClientRecord<P>>) => string | null
}

export type Property<P extends AnySignature> = Always<P> | StepProperty<P> | Reachable<P> | HistoryProperty<P>

/**
 * An invariant.
 *
 * @param name kebab-case, the paper's name where it has one
 * @example always('election-safety', ({ nodes }) => allDistinct(nodes.filter(isLeader).map(termOf)))
 */
export const always = <P extends AnySignature>(name: string, holds: Always<P>['holds']): Always<P> => ({
  kind: 'always',
  name,
  holds
})

/**
 * A property of single steps of a node, such as "a committed entry never changes".
 *
 * @example step('term-never-falls', ({ before, after }) => after.durable.term >= before.durable.term)
 */
export const step = <P extends AnySignature>(name: string, holds: StepProperty<P>['holds']): StepProperty<P> => ({
  kind: 'step',
  name,
  holds
})

/** Something good that must be possible. */
export const reachable = <P extends AnySignature>(name: string, holds: Reachable<P>['holds']): Reachable<P> => ({
  kind: 'reachable',
  name,
  holds
})

/**
 * A property of what clients see: `next` folds each record into the content, `holds` judges it, `explain` says of all
 * records why it does not hold.
 *
 * @param initial the content before the first record; plain data, as every later one
 * @example history('no-reply-twice', { initial: [], next: (ids, r) => (r.type === 'reply' ? [...ids, r.id] : ids), holds: allDistinct })
 */
export const history = <P extends AnySignature, Content>(
  name: string,
  fold: {
    readonly initial: Content
    readonly next: (content: Content, record: ClientRecord<P>) => Content
    readonly holds: (content: Content) => boolean
    readonly arrange?: (content: Content) => Content
    readonly explain?: (seen: ReadonlyArray<ClientRecord<P>>) => string | null
  }
): HistoryProperty<P> => ({ kind: 'history', name, ...fold })

/** The nodes that are up. */
export const living = <P extends AnySignature>(nodes: ReadonlyArray<NodeView<P>>): ReadonlyArray<UpNode<P>> =>
  nodes.filter((node): node is UpNode<P> => node.up)

/** Whether no two values are the same, by `===`. */
export const allDistinct = (values: ReadonlyArray<string | number>): boolean => new Set(values).size === values.length

/** Whether all values are the same, by `===`. */
export const allEqual = (values: ReadonlyArray<string | number | boolean | null>): boolean =>
  values.every((value) => value === values[0])
