/** What the models of Raft have in common. */
import type { Effect, NodeId, NodeView, Protocol } from '../../spec/kernel/index.ts'
import type { Config, Raft } from '../../spec/raft/index.ts'
import { sameNodes, type ModelRequest } from '../../src/model/model.ts'

/** Raft as in [Raft] Fig. 2, all servers from the start, and none but them. */
export const asPublished: Config = {
  voters: null,
  noop: false,
  preVote: false,
  checkQuorum: false,
  parallelWrite: false,
  reads: 'round',
  batch: 4,
  window: 4,
  snapshotEvery: null,
  keep: 0
}

/** Servers `n1` to `nN`, and any of them may be exchanged for any other. */
export const cluster = (count: number, config: Config = asPublished) => {
  const nodes = sameNodes<Config>('n', count, config)
  return { nodes, symmetric: [Object.keys(nodes)] }
}

/** What keeps elections from going on for ever: a server that has reached a later term is not followed. */
export const upToTerm =
  (last: number) =>
  ({ durable }: NodeView<Raft>): boolean =>
    durable.term <= last

/**
 * A smaller search: n1 stands for election in odd terms, n2 in even ones, and the others never. A state in which somebody
 * else does is not followed.
 */
export const takingTurns = (node: NodeView<Raft>): boolean =>
  !node.up || node.state.role.is === 'follower' || node.id === (node.state.term % 2 === 1 ? 'n1' : 'n2')

/** The clients' commands: each may be given once, to any server. */
export const commands = (count: number, at?: ReadonlyArray<NodeId>): ReadonlyArray<ModelRequest<Raft>> =>
  ['x', 'y', 'z'].slice(0, count).map((command) => ({
    name: command,
    request: { type: 'command', command },
    ...(at === undefined ? {} : { at })
  }))

/** An operator asks for these servers. */
export const changes = (
  name: string,
  voters: ReadonlyArray<NodeId>,
  at: ReadonlyArray<NodeId>,
  learners: ReadonlyArray<NodeId> = []
): ModelRequest<Raft> => ({ name, request: { type: 'change-membership', voters, learners }, at })

/** The same protocol without some of its effects. */
export const without = (protocol: Protocol<Raft>, isMissing: (effect: Effect<Raft>) => boolean): Protocol<Raft> => ({
  ...protocol,
  step: (self, state, event) => {
    const moved = protocol.step(self, state, event)
    return { ...moved, effects: moved.effects.filter((effect) => !isMissing(effect)) }
  }
})

/** A leader that speaks when it takes office, is asked or is answered, and not again for being idle. */
export const startsHeartbeat = (effect: Effect<Raft>): boolean =>
  effect.type === 'start-timer' && effect.timer === 'heartbeat'
