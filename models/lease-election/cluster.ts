/** What the models of election by lease have in common. */
import { sameNodes } from '../../src/model/model.ts'
import type { NodeId, NodeView } from '../../spec/kernel/index.ts'
import type { Config, LeaseElection } from '../../spec/lease-election/index.ts'

/** Servers `s1` to `sN`. */
export const cluster = (servers: number, config: Config): Readonly<Record<NodeId, Config>> =>
  sameNodes('s', servers, config)

/** Clocks run for ever; a model follows them up to this tick. */
export const upToTick =
  (ticks: number) =>
  ({ durable }: NodeView<LeaseElection>): boolean =>
    durable.clock <= ticks
