/** What replication within a view leaves open: how many copies, on which way, and who must agree. */
import { match } from 'ts-pattern'
import type { NodeId } from '../kernel/index.ts'
import { membersOf, type View } from './messages.ts'
import type { Mode } from './state.ts'

export interface Policy {
  /** How many backups must report before the primary can tell what was acknowledged before its view. */
  readonly reports: (view: View) => number
  /** How many backups must have the log of the view before its primary may serve. */
  readonly transfers: (view: View) => number
  /** How many backups must have a write before its client is answered. */
  readonly copies: (view: View) => number
  /** Whom a member of the view sends entries, those it took itself and those it was sent. */
  readonly successors: (view: View, member: NodeId) => ReadonlyArray<NodeId>
  /** Who has to agree before a primary serves; null for nobody. */
  readonly service: NodeId | null
}

export const everyBackup = ({ backups }: View): number => backups.length
const anyBackup = ({ backups }: View): number => Math.min(1, backups.length)

export const fromPrimaryToAll = (view: View, member: NodeId): ReadonlyArray<NodeId> =>
  member === view.primary ? view.backups : []

const downTheChain = (view: View, member: NodeId): ReadonlyArray<NodeId> => {
  const next = membersOf(view).indexOf(member) + 1
  return membersOf(view).slice(next, next + 1)
}

/** On how many backups of its view a write is when it is acknowledged. */
export const copiesIn = (mode: Mode): ((view: View) => number) =>
  match(mode)
    .with('synchronous', 'chain', () => everyBackup)
    .with('semi-synchronous', () => anyBackup)
    .with('asynchronous', () => () => 0)
    .exhaustive()

/** Views come from a view service, which counts on every member of an active view to have its log. */
export const underViewService = (service: NodeId, mode: Mode): Policy => ({
  reports: everyBackup,
  transfers: everyBackup,
  copies: copiesIn(mode),
  successors: mode === 'chain' ? downTheChain : fromPrimaryToAll,
  service
})

/**
 * How many members of an active view must go on into the next one, for one of them to have everything acknowledged.
 * Asynchronous replication cannot know who has it, and goes on with anybody.
 */
export const survivorsNeeded = (mode: Mode, view: View): number =>
  mode === 'asynchronous' ? 1 : membersOf(view).length - copiesIn(mode)(view)
