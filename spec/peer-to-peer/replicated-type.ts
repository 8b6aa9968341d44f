/**
 * What a conflict-free replicated type is to the protocol: the parameter that resolves conflicts.
 *
 * The contents must form a join semilattice with `merge` as its join: commutative, associative, idempotent; and an
 * update must lead upwards. Then replicas that have seen the same updates are equal, whatever came in which order, how
 * often and by which way. [Shapiro11] §2.3
 */
import type * as t from 'io-ts'
import type { Dot, VersionVector } from './version-vectors.ts'

/** What a node has: a content, and which updates are in it. */
export interface Replica<Content> {
  readonly seen: VersionVector
  readonly content: Content
}

export interface ReplicatedType<Content, Operation, Value> {
  /** Kebab-case; part of the protocol's name. */
  readonly name: string
  readonly codecs: {
    readonly content: t.Type<Content, unknown>
    readonly operation: t.Type<Operation, unknown>
    readonly value: t.Type<Value, unknown>
  }
  /** Before any update. */
  readonly empty: Content
  /** After a client's operation at this node, which makes it the update `dot`. */
  readonly update: (content: Content, operation: Operation, dot: Dot) => Content
  /** The join of both. The version vectors tell what a replica does not have yet from what it no longer has. */
  readonly merge: (mine: Replica<Content>, theirs: Replica<Content>) => Content
  /** What a client reads. */
  readonly read: (content: Content) => Value
}
