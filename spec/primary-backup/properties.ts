/** What replication promises: to clients, and to whoever takes over. */
import {
  always,
  entries,
  entryAt,
  lastIndex,
  reachable,
  step,
  type Log,
  type NodeId,
  type NodeView,
  type View as Sight
} from '../kernel/index.ts'
import { membersOf, type Entry, type View } from './messages.ts'
import type { Replication } from './rules.ts'
import type { Kept } from './state.ts'

type Node = NodeView<Replication>

/** A server and its log: in memory while it is up, on disk while it is down. */
export interface Store {
  readonly id: NodeId
  readonly kept: Kept
}

const storeOf = (node: Node): ReadonlyArray<Store> => {
  const { id } = node
  if (node.up) return node.state.role === 'server' ? [{ id, kept: node.state }] : []
  return node.durable.role === 'server' ? [{ id, kept: node.durable }] : []
}

export const storesOf = (nodes: ReadonlyArray<Node>): ReadonlyArray<Store> => nodes.flatMap(storeOf)

/** The primaries that take requests; one that has been replaced may not know it. */
export const servingOf = (nodes: ReadonlyArray<Node>): ReadonlyArray<Store> =>
  nodes.flatMap((node) =>
    node.up && node.state.role === 'server' && node.state.phase === 'serving' ? storeOf(node) : []
  )

const sameEntry = (one: Entry, other: Entry | undefined): boolean =>
  one.type === other?.type && (one.type === 'read' || (other.type === 'write' && one.value === other.value))

/** Whether the first `length` entries of `log` are the first of `other`. */
const agreeUpTo = (length: number, log: Log<Entry>, other: Log<Entry>): boolean =>
  entries(log)
    .slice(0, length)
    .every((entry, place) => sameEntry(entry, entryAt(other, place + 1)))

/** Whether `log` has all that a server has acknowledged or was told of. */
const hasAllCommitted = (log: Log<Entry>, { committed, log: own }: Kept): boolean => agreeUpTo(committed, own, log)

/**
 * At any time at most one server is the primary. [BMST93], Pb1. A primary that has been replaced and has not heard of
 * it still takes itself for one; what makes it none is that it cannot acknowledge anything: too few of its backups are
 * left in its view.
 */
export const atMostOneServes = (copies: (view: View) => number) =>
  always<Replication>('at-most-one-primary-serves', ({ nodes }) => {
    const [first, ...others] = servingOf(nodes)
    if (first === undefined || others.length === 0) return true
    const stores = storesOf(nodes)
    const following = ({ number, backups }: View) =>
      stores.filter(({ id, kept }) => backups.includes(id) && kept.view.number === number).length
    return [first, ...others].filter(({ kept: { view } }) => following(view) >= copies(view)).length <= 1
  })

/** Who serves has all that was acknowledged in its view and in those before. */
export const acknowledgedSurvive = always<Replication>('acknowledged-writes-survive', ({ nodes }) =>
  servingOf(nodes).every(({ kept: { view, log } }) =>
    storesOf(nodes).every(({ kept }) => kept.synced > view.number || hasAllCommitted(log, kept))
  )
)

/** No server gives up or changes what it knows to be acknowledged. */
export const acknowledgedStay = step<Replication>('acknowledged-writes-stay', ({ before, after }) =>
  storeOf(before).every(({ kept: was }) =>
    storeOf(after).every(({ kept: is }) => is.committed >= was.committed && hasAllCommitted(is.log, was))
  )
)

/** What is acknowledged is on the disks of as many backups as was said. [AD76] calls it resiliency. */
export const copiesExist = (copies: (view: View) => number) =>
  always<Replication>('acknowledged-writes-have-their-copies', ({ nodes }) =>
    servingOf(nodes).every(({ kept: primary }) => {
      const holding = storesOf(nodes).filter(
        ({ id, kept }) => primary.view.backups.includes(id) && hasAllCommitted(kept.log, primary)
      )
      return holding.length >= copies(primary.view)
    })
  )

const inSameView = (nodes: ReadonlyArray<Node>, { view }: Kept): ReadonlyArray<Store> =>
  storesOf(nodes).filter(({ id, kept }) => view.backups.includes(id) && kept.synced === view.number)

/** Who has chosen the log of the view it is in. */
const primariesOf = (nodes: ReadonlyArray<Node>): ReadonlyArray<Store> =>
  storesOf(nodes).filter(({ id, kept: { view, synced } }) => view.primary === id && synced === view.number)

/** In one view, the log of each backup is a prefix of the primary's. */
export const backupsHoldPrefix = always<Replication>('backups-hold-a-prefix', ({ nodes }) =>
  primariesOf(nodes).every(({ kept: primary }) =>
    inSameView(nodes, primary).every(({ kept: { log } }) => agreeUpTo(lastIndex(log), log, primary.log))
  )
)

/** In one view, no backup takes more for acknowledged than its primary. [PacificA], Commit Invariant */
export const backupsCommitLater = always<Replication>('backups-commit-after-the-primary', ({ nodes }) =>
  primariesOf(nodes).every(({ kept: primary }) =>
    inSameView(nodes, primary).every(({ kept }) => kept.committed <= primary.committed)
  )
)

/** Down a chain, the log of each is a prefix of the one before. [CR], Update Propagation Invariant */
export const updatePropagation = always<Replication>('update-propagation-invariant', ({ nodes }) =>
  primariesOf(nodes).every((primary) => {
    const synced = [primary, ...inSameView(nodes, primary.kept)]
    const chain = membersOf(primary.kept.view).flatMap((member) => synced.filter(({ id }) => id === member))
    return chain.every(({ kept: { log } }, place) =>
      chain.slice(0, place).every(({ kept: earlier }) => agreeUpTo(lastIndex(log), log, earlier.log))
    )
  })
)

/** What holds in every mode, since it says nothing of what is acknowledged. */
export const replication = [backupsHoldPrefix, backupsCommitLater]

/** What a mode owes that calls a write acknowledged when so many backups have it. */
export const resilience = (copies: (view: View) => number) => [
  atMostOneServes(copies),
  acknowledgedSurvive,
  acknowledgedStay,
  copiesExist(copies),
  ...replication
]

/** Failover happens, and leads on: a primary that was not the first serves, with something acknowledged. */
export const nextServes = (first: View) =>
  reachable<Replication>('the-next-primary-acknowledges', ({ nodes }) =>
    servingOf(nodes).some(({ id, kept: { committed } }) => id !== first.primary && committed > 0)
  )

/** Everybody is in the same view, has so many entries, and knows that they are acknowledged. */
export const allHave = (count: number) =>
  reachable<Replication>('everybody-has-everything', ({ nodes }) =>
    storesOf(nodes).every(({ kept: { view, synced, committed } }) => synced === view.number && committed === count)
  )

/** Where there is nothing left to do, whoever is up and follows a primary that serves has all that it has. */
export const converged = ({ nodes }: Sight<Replication>): boolean =>
  servingOf(nodes).every(({ kept: primary }) =>
    nodes
      .flatMap((node) => (node.up ? storeOf(node) : []))
      .filter(({ id, kept }) => primary.view.backups.includes(id) && kept.view.number === primary.view.number)
      .every(({ kept }) => lastIndex(kept.log) === lastIndex(primary.log) && kept.committed === primary.committed)
  )
