/**
 * A cluster that was set up wrong: two nodes take themselves for the coordinator, and each has a participant. Neither
 * hears from all the others, so both abort, and clients that ask a participant are sent on.
 */
import { agreement, allAbort, allDecided, finality, twoPhaseCommit } from '../../spec/two-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { endTransaction } from './cluster.ts'

export default model({
  name: 'two-phase-commit-two-coordinators',
  protocol: twoPhaseCommit,
  nodes: {
    c1: { role: 'coordinator' },
    c2: { role: 'coordinator' },
    p1: { role: 'participant', coordinator: 'c1', vote: 'yes' },
    p2: { role: 'participant', coordinator: 'c2', vote: 'yes' }
  },
  network: asynchronous(),
  requests: [
    { ...endTransaction, name: 'end-at-c1', at: ['c1'] },
    { ...endTransaction, name: 'end-at-c2', at: ['c2'] },
    { ...endTransaction, name: 'end-at-p1', at: ['p1'] }
  ],
  properties: [agreement, finality, allAbort],
  mayStop: allDecided
})
