/** What the models of election by lease have in common. */
import { sameNodes, type Timing } from '../../src/model/model.ts'
import type { NodeId, NodeView } from '../../spec/kernel/index.ts'
import type { Config, LeaseElection } from '../../spec/lease-election/index.ts'

/** Servers `s1` to `sN`. */
export const cluster = (servers: number, config: Config): Readonly<Record<NodeId, Config>> =>
  sameNodes('s', servers, config)

/**
 * Synchronized clocks: whatever happens, no two are further apart than this. A node that is down does not tick, and the others wait for its
 * clock: to be down for long is to be back at once and silent for as long.
 */
export const clocksWithin = (drift: number): Timing<LeaseElection> => ({
  assumes: `no two clocks are more than ${drift} ${drift === 1 ? 'tick' : 'ticks'} apart`,
  mayFire: ({ nodes }, { durable: { clock } }, timer) =>
    timer !== 'tick' || nodes.every((other) => clock + 1 - other.durable.clock <= drift)
})

/** Clocks run for ever; a model follows them up to this tick. */
export const upToTick =
  (ticks: number) =>
  ({ durable }: NodeView<LeaseElection>): boolean =>
    durable.clock <= ticks
