/** What the models of quorum voting have in common. */
import type { ModelRequest } from '../../src/model/model.ts'
import { linearizableHistory } from '../../src/consistency/in-models.ts'
import { register } from '../../src/consistency/specifications/registers.ts'
import type { NodeId } from '../../spec/kernel/index.ts'
import type { Config, QuorumVoting } from '../../spec/quorum-voting/index.ts'

/** `n1` to `nN` with the votes given in this order. */
export const cluster = (
  votes: ReadonlyArray<number>,
  quorums: Omit<Config, 'votes'>
): Readonly<Record<NodeId, Config>> => {
  const byNode = Object.fromEntries(votes.map((count, index) => [`n${index + 1}`, count]))
  return Object.fromEntries(Object.keys(byNode).map((id) => [id, { votes: byNode, ...quorums }]))
}

/** One vote each for three nodes, two of which are a quorum for whatever is done. */
export const majorities = cluster([1, 1, 1], { readQuorum: 2, writeQuorum: 2, writeBack: true })

export const write = (value: string, at: NodeId): ModelRequest<QuorumVoting> => ({
  name: `write-${value}`,
  request: { type: 'write', value },
  at: [at]
})

export const read = (at: NodeId): ModelRequest<QuorumVoting> => ({
  name: `read-at-${at}`,
  request: { type: 'read' },
  at: [at]
})

/** To its clients, the cluster is one register. [Herlihy90], [ABD95] */
export const linearizable = linearizableHistory<QuorumVoting, any, unknown, unknown>('linearizable', register(), {
  operation: (request) => request,
  answer: (response) => ({ type: 'ok', response: response.type === 'found' ? response.value : null })
})
