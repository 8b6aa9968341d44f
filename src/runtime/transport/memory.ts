/**
 * A network in memory. Under a virtual clock and a seeded source of random numbers, every run with the same seed is the same run.
 * A message goes through the protocol's codec and the encoding of the wire, so what could not be sent cannot be sent here.
 */
import { either } from 'fp-ts'
import type { NodeId } from '../../../spec/kernel/index.ts'
import type { Problem } from '../../model/problem.ts'
import { noMetrics } from '../clock.ts'
import type { Clock, Inbound, Metrics, Random, Transport } from '../ports.ts'
import { messageWire, type MessageWire, type Spoken } from '../wire/messages.ts'
import { faulty, networkFaults, type Faults } from './faults.ts'

export interface MemoryNetworkOptions extends Spoken {
  readonly clock: Clock
  readonly random: Random
  readonly metrics?: Metrics
}

export interface MemoryNetwork {
  readonly faults: Faults
  /** The way of a node into the network. A node that restarts takes a new one. */
  readonly transport: (self: NodeId) => Transport
}

const networkOver = (
  wire: MessageWire,
  { clock, random, metrics = noMetrics }: MemoryNetworkOptions
): MemoryNetwork => {
  const faults = networkFaults()
  const nodes = new Map<NodeId, Inbound>()

  const carry = (from: NodeId, to: NodeId, message: unknown): void => {
    const { newest } = wire.versions
    const body = wire.encode(message, newest)
    const receiver = nodes.get(to)
    if (either.isLeft(body) || receiver === undefined) {
      const why = either.isLeft(body) ? body.left : 'unreachable'
      return metrics.count('quorate_transport_lost_total', 1, { why })
    }
    clock.schedule(0, () => {
      // A node that went down meanwhile, even if it is back, does not get what was sent to it before.
      if (nodes.get(to) !== receiver) return
      const decoded = wire.decode(Buffer.from(body.right), newest)
      if (either.isRight(decoded)) receiver.deliver(from, decoded.right)
      else metrics.count('quorate_transport_refused_total', 1, { direction: 'incoming', reason: decoded.left.reason })
    })
  }

  const plain = (self: NodeId): Transport => {
    let ours: Inbound | null = null
    const leave = (): void => {
      if (ours === null || nodes.get(self) !== ours) return
      nodes.delete(self)
      for (const other of nodes.values()) other.linked(self, false)
    }
    return {
      open: async (inbound) => {
        ours = inbound
        for (const [id, other] of nodes) {
          inbound.linked(id, true)
          other.linked(self, true)
        }
        nodes.set(self, inbound)
      },
      send: (batch) => {
        for (const { to, message } of batch) carry(self, to, message)
      },
      close: async () => {
        leave()
        ours = null
      }
    }
  }

  return { faults, transport: (self) => faulty({ self, transport: plain(self), faults, clock, random, metrics }) }
}

/** Left where the versions of the protocol contradict each other. */
export const memoryNetwork = (options: MemoryNetworkOptions): either.Either<Problem, MemoryNetwork> =>
  either.map((wire: MessageWire) => networkOver(wire, options))(messageWire(options))
