/** What the models of peer-to-peer replication have in common. */
import type { NodeId } from '../../spec/kernel/index.ts'
import { nothing, type Config, type Read, type Update, type VersionVector } from '../../spec/peer-to-peer/index.ts'
import { sameNodes } from '../../src/model/model.ts'

/** `n1` to `nN`, peers. */
export const cluster = (count: number, gossip: Config['gossip'] = 'push'): Readonly<Record<NodeId, Config>> =>
  sameNodes<Config>('n', count, { gossip })

/** The same, but the last asks for what it has not seen, while the others send what they have. */
export const mixedCluster = (count: number): Readonly<Record<NodeId, Config>> => ({
  ...cluster(count),
  [`n${count}`]: { gossip: 'pull' }
})

const update = <O>(name: string, operation: O, at: ReadonlyArray<NodeId>) => ({
  name,
  request: { type: 'update', operation } satisfies Update<O>,
  at
})

export const write = (value: string, ...at: ReadonlyArray<NodeId>) =>
  update(`write-${value}`, { type: 'write' as const, value }, at)

export const increment = (by: number, ...at: ReadonlyArray<NodeId>) =>
  update(`increment-by-${by}`, { type: 'increment' as const, by }, at)

export const add = (element: string, ...at: ReadonlyArray<NodeId>) =>
  update(`add-${element}`, { type: 'add' as const, element }, at)

export const remove = (element: string, ...at: ReadonlyArray<NodeId>) =>
  update(`remove-${element}`, { type: 'remove' as const, element }, at)

/**
 * At any node and at any time: what one read can see in some run, the checker sees. `after` is what the client was told
 * elsewhere, and will not be shown less than.
 */
export const readAfter = (after: VersionVector) => ({ name: 'read', request: { type: 'read', after } satisfies Read })

export const read = readAfter(nothing)
