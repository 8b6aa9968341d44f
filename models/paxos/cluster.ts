/** What the models of Paxos have in common. */
import type { NodeView } from '../../spec/kernel/index.ts'
import type { Config, Paxos } from '../../spec/paxos/index.ts'
import { sameNodes, type ModelRequest } from '../../src/model/model.ts'

const { floor } = Math

/** More than half of so many. */
export const majorityOf = (nodes: number): number => floor(nodes / 2) + 1

/** Nodes `n1` to `nN`; majorities in both phases, unless said otherwise. */
export const cluster = (count: number, quorums: Partial<Config> = {}) =>
  sameNodes<Config>('n', count, { phase1Quorum: majorityOf(count), phase2Quorum: majorityOf(count), ...quorums })

/** The first nodes are asked by a client each, for a value each: `a` at `n1`, `b` at `n2` … */
export const proposals = (proposers: number): ReadonlyArray<ModelRequest<Paxos>> =>
  ['a', 'b', 'c', 'd'].slice(0, proposers).map((value, index) => ({
    name: value,
    request: { type: 'propose', value },
    at: [`n${index + 1}`]
  }))

/** Those that are never asked may be exchanged for each other. */
export const acceptorsOf = (count: number, proposers: number): ReadonlyArray<string> =>
  Object.keys(cluster(count)).slice(proposers)

/** Nobody begins a ballot beyond this one. With n nodes, ni has the ballots i, i + n, i + 2n … */
export const upToBallot =
  (last: number) =>
  ({ durable }: NodeView<Paxos>): boolean =>
    durable.tried <= last
