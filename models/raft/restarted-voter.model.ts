/**
 * Broken: within the bound on clocks, but a server that answered a leader's round crashes, and votes as soon as it is back.
 * What it had promised by hearing that leader, to vote for nobody else until its election timer fires, it has forgotten.
 */
import leaseReads from './lease-reads.model.ts'

const whole = leaseReads.build({ servers: 3, terms: 2, reads: 2, crashes: 1 })

export default {
  ...whole,
  name: 'raft-restarted-voter-makes-lease-reads-stale',
  faults: { crashes: 1, crashing: ['n3'] },
  properties: whole.properties.filter(({ name }) => name === 'linearizable'),
  expect: { violates: 'linearizable' }
}
