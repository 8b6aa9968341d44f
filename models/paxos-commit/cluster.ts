/** What the models of Paxos Commit have in common. */
import type { NodeId, NodeView, Protocol } from '../../spec/kernel/index.ts'
import { paxosCommit, type Cluster, type Config, type PaxosCommit, type Value } from '../../spec/paxos-commit/index.ts'
import type { ModelRequest } from '../../src/model/model.ts'

export interface Sizes {
  readonly resourceManagers: number
  readonly acceptors: number
  readonly leaders: number
}

const named = (prefix: string, count: number): ReadonlyArray<NodeId> =>
  Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`)

/** Resource managers `r1` to `rN`, acceptors `a1` to `aN`, leaders `l1` to `lN`. */
export const clusterOf = ({ resourceManagers, acceptors, leaders }: Sizes): Cluster => ({
  resourceManagers: named('r', resourceManagers),
  acceptors: named('a', acceptors),
  leaders: named('l', leaders)
})

const all = (ids: ReadonlyArray<NodeId>, config: Config) => ids.map((id): [NodeId, Config] => [id, config])

export const nodesOf = (cluster: Cluster, vote: Value = 'prepared'): Readonly<Record<NodeId, Config>> =>
  Object.fromEntries([
    ...all(cluster.leaders, { role: 'leader', cluster }),
    ...all(cluster.resourceManagers, { role: 'resource-manager', cluster, vote }),
    ...all(cluster.acceptors, { role: 'acceptor', cluster })
  ])

/**
 * Who may crash. Acceptors are all alike, and so are resource managers: where one node crashes, the first of them stands for the
 * others. Leaders are not.
 */
export const crashing = ({ resourceManagers, acceptors, leaders }: Cluster, crashes: number): ReadonlyArray<NodeId> =>
  crashes > 1
    ? [...resourceManagers, ...acceptors, ...leaders]
    : [...resourceManagers.slice(0, 1), ...acceptors.slice(0, 1), ...leaders]

/** One client asks the first leader, once. */
export const endTransaction: ModelRequest<PaxosCommit> = {
  name: 'end-transaction',
  request: { type: 'end-transaction' },
  at: ['l1']
}

/** Leaders begin no ballot beyond this one. */
export const upToBallot =
  (last: number) =>
  ({ durable }: NodeView<PaxosCommit>): boolean =>
    durable.role !== 'leader' || durable.ballot <= last

/**
 * On a network that counts messages, a resource manager that asks again and again puts ever more of them in flight. Here it
 * asks once after its vote and twice after each restart, and what it would ask later is left out of the model.
 */
export const askingOnce: Protocol<PaxosCommit> = {
  ...paxosCommit,
  step: (self, state, event) => {
    const moved = paxosCommit.step(self, state, event)
    return moved.rule === 'repeat-vote-and-ask'
      ? { ...moved, effects: moved.effects.filter(({ type }) => type !== 'start-timer') }
      : moved
  }
}
