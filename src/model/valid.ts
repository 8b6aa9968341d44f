/** A model that has been looked at: names resolved, defaults filled in, partitions spelled out. */
import type { AnySignature, HistoryProperty, NodeId, RequestId, Self } from '../../spec/kernel/index.ts'
import type { Cut, Model } from './model.ts'

/** The k-th making of a request is `ids[k - 1]`. */
export interface ValidRequest {
  readonly name: string
  readonly request: unknown
  /** Positions of the nodes it may be made at. */
  readonly at: ReadonlyArray<number>
  readonly ids: ReadonlyArray<RequestId>
}

/** Names that are exchanged together for those of another member, each for the one in its place. */
export interface Member {
  readonly names: ReadonlyArray<string>
  /** By name: the position of the node, or -1 for a value. */
  readonly nodes: ReadonlyArray<number>
}

/** What is left of each budget; as a model's own budget, what there is to begin with. */
export interface Budget {
  readonly crashes: number
  readonly crashesForGood: number
  readonly lose: number
  readonly duplicate: number
  readonly partitions: number
}

export interface ValidModel<P extends AnySignature = AnySignature> {
  readonly model: Model<P>
  /** The nodes in the model's order. Elsewhere a node is its position here. */
  readonly ids: ReadonlyArray<NodeId>
  readonly selves: ReadonlyArray<Self<P>>
  readonly budget: Budget
  /** By position: whether the node may crash. */
  readonly mayCrash: ReadonlyArray<boolean>
  /** None where the budget has no partition. */
  readonly cuts: ReadonlyArray<Cut>
  readonly heal: boolean
  readonly requests: ReadonlyArray<ValidRequest>
  /** Groups of two or more whose members may be exchanged. */
  readonly symmetric: ReadonlyArray<ReadonlyArray<Member>>
  /** The properties of what clients see: the state carries a content for each. */
  readonly histories: ReadonlyArray<HistoryProperty<P>>
}

/** The position of a node that is known to be there. */
export const positionOf = (valid: ValidModel, id: NodeId): number => valid.ids.indexOf(id)
