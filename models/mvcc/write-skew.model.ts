/** Snapshot isolation is not serializable: two transactions each read what the other one replaces. [Berenson95] A5B */
import { breaking } from './cluster.ts'
import { writeSkew } from './workloads.ts'

export const committers = breaking(
  'mvcc-first-committer-wins-shows-write-skew',
  'first-committer-wins',
  writeSkew,
  'serializable'
)
export const updaters = breaking(
  'mvcc-first-updater-wins-shows-write-skew',
  'first-updater-wins',
  writeSkew,
  'serializable'
)
