/** What the models of election by quorum have in common. */
import { sameNodes, type ModelRequest } from '../../src/model/model.ts'
import type { NodeId, NodeView } from '../../spec/kernel/index.ts'
import type { Config, QuorumElection } from '../../spec/quorum-election/index.ts'

/** Servers `s1` to `sN`, and the store. */
export const cluster = (servers: number): Readonly<Record<NodeId, Config>> => {
  const config: Config = { store: 'store' }
  return { ...sameNodes('s', servers, config), store: config }
}

/** A client asks a server to write. */
export const write = (value: string, ...at: ReadonlyArray<NodeId>): ModelRequest<QuorumElection> => ({
  name: `write-${value}`,
  request: { type: 'write', value },
  at
})

/** Elections go on for ever; a model follows them up to this term. */
export const upToTerm =
  (term: number) =>
  ({ durable }: NodeView<QuorumElection>): boolean =>
    durable.role === 'store' || durable.term <= term
