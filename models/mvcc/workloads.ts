/** Sets of transactions that get in each other's way, over the keys x and y. Each writes values of its own. */
import { transaction } from './cluster.ts'

/** Two that read both keys and write one each, and one that writes what another does: every anomaly is in reach. */
export const contention = [
  transaction('t1', 's1', 'r x', 'r y', 'w x 1'),
  transaction('t2', 's2', 'r x', 'r y', 'w y 2'),
  transaction('t3', 's3', 'r x', 'w x 3')
]

/** Two that read and write both keys, in opposite order, so that one may wait for the other; one that aborts. */
export const crossing = [
  transaction('t1', 's1', 'r x', 'w x 1', 'r y', 'w y 1'),
  transaction('t2', 's2', 'r y', 'w y 2', 'r x', 'w x 2'),
  transaction('t3', 's3', 'scan', 'w x 3', 'r x', 'abort')
]

/** Each reads both keys, and writes the one that the other does not. [Berenson95] A5B */
export const writeSkew = [
  transaction('t1', 's1', 'r x', 'r y', 'w x 1'),
  transaction('t2', 's2', 'r x', 'r y', 'w y 2')
]

/** A withdrawal that looks at both accounts, a deposit to one of them, and a report. [Fekete04] */
export const report = [
  transaction('withdrawal', 's1', 'r x', 'r y', 'w x 1'),
  transaction('deposit', 's2', 'r y', 'w y 2'),
  transaction('report', 's3', 'r x', 'r y')
]

/** Two that read a key and write it. [Berenson95] P4 */
export const increments = [transaction('t1', 's1', 'r x', 'w x 1'), transaction('t2', 's2', 'r x', 'w x 2')]

/** One reads a key twice while the other writes it. [Berenson95] P2 */
export const rereading = [transaction('t1', 's1', 'r x', 'r x'), transaction('t2', 's2', 'r x', 'w x 2')]

/** One reads both keys while the other writes both. [Berenson95] A5A */
export const readSkew = [transaction('t1', 's1', 'r x', 'r y'), transaction('t2', 's2', 'w x 2', 'w y 2')]

/** One reads both keys; two others write them, one after the other. */
export const seededSkew = [
  transaction('t1', 's1', 'r x', 'r y'),
  transaction('t2', 's2', 'w x 2', 'w y 2'),
  transaction('t3', 's3', 'w x 3', 'w y 3')
]
