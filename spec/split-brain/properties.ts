/** What failover must not break, in the words of primary-backup replication. */
import { allDistinct, always, reachable } from '../kernel/index.ts'
import {
  acknowledgedStay,
  acknowledgedSurvive,
  atMostOneServes,
  backupsHoldPrefix,
  copiesExist,
  servingOf,
  type Replication,
  type Server
} from '../primary-backup/index.ts'
import { restOfMajority } from './by-majority.ts'

/** No two servers have been made primary of views with the same number. */
export const onePerEpoch = always<Replication>('one-primary-per-epoch', ({ nodes }) =>
  allDistinct(
    nodes.flatMap((node) =>
      node.up && node.state.role === 'server' && isPrimary(node.state.phase) ? [node.state.view.number] : []
    )
  )
)

const isPrimary = (phase: Server['phase']): boolean => phase === 'transferring' || phase === 'serving'

/** Two servers take requests: one of them in vain. */
export const twoBelieve = reachable<Replication>(
  'two-servers-take-requests',
  ({ nodes }) => servingOf(nodes).length > 1
)

export const noSplitBrain = [
  atMostOneServes(restOfMajority),
  onePerEpoch,
  acknowledgedSurvive,
  acknowledgedStay,
  copiesExist(restOfMajority),
  backupsHoldPrefix
]
