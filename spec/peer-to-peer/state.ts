/**
 * What a node knows: its replica, and nothing else. All of it is on disk before a client is answered or a peer hears of
 * it; otherwise a node that comes back would give two updates the same name.
 */
import type { Replica } from './replicated-type.ts'

/** Who starts the exchange. Nodes of both kinds can be peers. [Demers87] §1.3 */
export interface Config {
  /** `push`: it sends the others its replica; `pull`: it asks them for theirs. */
  readonly gossip: 'push' | 'pull'
}

export const durable = <Content>(replica: Replica<Content>): Replica<Content> => replica

/** Armed always: a node gossips for as long as it is up. */
export type Timer = 'gossip'
