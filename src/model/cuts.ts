/** The partitions of a cluster. */
import type { NodeId } from '../../spec/kernel/index.ts'
import type { Cut } from './model.ts'

const links = (from: ReadonlyArray<NodeId>, to: ReadonlyArray<NodeId>) =>
  from.flatMap((a) => to.map((b): readonly [NodeId, NodeId] => [a, b]))

/** The groups do not hear each other. */
export const between = (one: ReadonlyArray<NodeId>, other: ReadonlyArray<NodeId>): Cut => ({
  name: `${one.join(' ')} | ${other.join(' ')}`,
  links: [...links(one, other), ...links(other, one)]
})

/** `to` does not hear `from`. */
export const oneWay = (from: ReadonlyArray<NodeId>, to: ReadonlyArray<NodeId>): Cut => ({
  name: `${from.join(' ')} -x-> ${to.join(' ')}`,
  links: links(from, to)
})

/** Every way to pick some of the nodes, but neither none nor all; the pick and the rest. */
const splits = (nodes: ReadonlyArray<NodeId>): ReadonlyArray<readonly [ReadonlyArray<NodeId>, ReadonlyArray<NodeId>]> =>
  Array.from({ length: Math.max(0, 2 ** nodes.length - 2) }, (_, index) => {
    const isPicked = (position: number) => Math.floor((index + 1) / 2 ** position) % 2 === 1
    return [nodes.filter((_id, i) => isPicked(i)), nodes.filter((_id, i) => !isPicked(i))] as const
  })

/** Every split in two groups; the group with the first node is named first. */
export const symmetricCuts = (nodes: ReadonlyArray<NodeId>): ReadonlyArray<Cut> =>
  splits(nodes)
    .filter(([one]) => one[0] === nodes[0])
    .map(([one, other]) => between(one, other))

/** Every split in a group that is not heard and a group that does not hear. */
export const oneWayCuts = (nodes: ReadonlyArray<NodeId>): ReadonlyArray<Cut> =>
  splits(nodes).map(([one, other]) => oneWay(one, other))
