/** What a node knows. Nothing of it survives a crash: the algorithm assumes that there are none. [CR79] */
import * as t from 'io-ts'

export interface Config {
  /** >= 0. No two nodes of a ring have the same. */
  readonly number: number
}

export interface State {
  /** Whether this node's number, or a higher one, has gone on from here: it then stops lower ones. */
  readonly takesPart: boolean
  /** The number of the node that is elected; null before this node knows. */
  readonly leader: number | null
}

export const Durable = t.null
export type Durable = null

export const durable = (): Durable => null

/** Armed from the start: some node begins, and any number of them may. */
export type Timer = 'begin'
