/** A cluster of hosts in virtual time, whose nodes can be killed and started again. */
import { either } from 'fp-ts'
import type { AnySignature, NodeId } from '../../spec/kernel/index.ts'
import {
  host,
  memorySink,
  recordTo,
  virtualClock,
  type Answer,
  type HostOptions,
  type Node,
  type VirtualClock
} from '../../src/runtime/index.ts'
import { clockOf, disk, network, randomOf, type Disk, type Life, type Network } from './world.ts'

export interface Cluster<P extends AnySignature> {
  readonly clock: VirtualClock
  readonly net: Network
  readonly disks: Readonly<Record<NodeId, Disk>>
  readonly start: (id: NodeId) => Promise<void>
  /** As by a power failure: between two turns, or in the middle of a commit. */
  readonly kill: (id: NodeId) => void
  readonly stop: (id: NodeId) => Promise<void>
  readonly nodes: () => ReadonlyMap<NodeId, Node<P>>
  /** The text of every recording: one for each life of a node, in the order in which they began. */
  readonly recordings: () => ReadonlyArray<readonly [name: string, text: string]>
}

export type Setting<P extends AnySignature> = Pick<HostOptions<P>, 'protocol' | 'timers'> & {
  readonly configs: Readonly<Record<NodeId, P['config']>>
  readonly machine?: () => NonNullable<HostOptions<P>['machine']>
  readonly seed: number
  readonly lose?: number
  readonly failAt?: number
}

/** Nobody is started yet. */
export const cluster = <P extends AnySignature>(setting: Setting<P>): Cluster<P> => {
  const { protocol, timers, configs, machine, seed, lose = 0, failAt = Infinity } = setting
  const clock = virtualClock()
  const random = randomOf(seed)
  const ids = Object.keys(configs)
  const net = network(clock, random, () => 1 + 10 * random() ** 3, lose)
  const disks = Object.fromEntries(ids.map((id) => [id, disk(clock, () => 3 * random(), failAt)]))
  const nodes = new Map<NodeId, Node<P>>()
  const lives = new Map<NodeId, Life>()
  const sinks: Array<readonly [string, ReturnType<typeof memorySink>]> = []

  return {
    clock,
    net,
    disks,
    nodes: () => nodes,
    recordings: () => sinks.map(([name, sink]) => [name, sink.files().join('')]),
    start: async (id) => {
      const life: Life = { isOver: false }
      const sink = memorySink()
      sinks.push([`${id}.${sinks.length}`, sink])
      const own = clockOf(clock, life)
      const booting = host<P>({
        protocol,
        self: { id, nodes: ids, config: configs[id] },
        ...(machine === undefined ? {} : { machine: machine() }),
        timers,
        storage: (disks[id] as Disk).storage(life),
        transport: net.transport(id, life),
        clock: own,
        random,
        recorder: recordTo(sink, { clock: own, origin: 0, buffer: 0, checkEvery: 4 })
      })
      lives.set(id, life)
      await clock.pass(4)
      const booted = await booting
      if (either.isLeft(booted)) throw new Error(JSON.stringify(booted.left))
      nodes.set(id, booted.right)
    },
    kill: (id) => {
      const life = lives.get(id)
      if (life !== undefined) life.isOver = true
      nodes.delete(id)
    },
    stop: async (id) => {
      const stopping = nodes.get(id)?.stop()
      nodes.delete(id)
      await clock.pass(10_000)
      await stopping
    }
  }
}

/** The answer to a request, should it come within this time. */
export const within = async <A>(
  clock: VirtualClock,
  milliseconds: number,
  asked: Promise<Answer<A>>
): Promise<A | null> => {
  let answer: A | null = null
  void asked.then((given) => {
    answer = either.isRight(given) ? given.right : null
    return answer
  })
  await clock.pass(milliseconds)
  return answer
}
