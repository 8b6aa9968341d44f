/**
 * What is wrong with a network, and a transport that suffers from it. The same faults lie over a simulated network and
 * over TCP, so a test of partitions runs on either.
 */
import type { NodeId } from '../../../spec/kernel/index.ts'
import type { Clock, Inbound, Metrics, Packet, Random, Transport } from '../ports.ts'

export interface Weather {
  /** The share of messages that are lost, from 0 to 1. */
  readonly loss: number
  /** The share of messages that come twice, from 0 to 1. */
  readonly duplication: number
  /** How long a message takes on top of what it takes anyway, in milliseconds. Messages overtake each other where this varies. */
  readonly delayMs: readonly [shortest: number, longest: number]
}

export const fairWeather: Weather = { loss: 0, duplication: 0, delayMs: [0, 0] }

/** A switchboard that a test holds in its hand while the cluster runs. */
export interface Faults {
  readonly weather: () => Weather
  readonly setWeather: (weather: Partial<Weather>) => void
  /** Nothing more goes from `from` to `to`; the way back is as it was. */
  readonly cut: (from: NodeId, to: NodeId) => void
  /** Nothing more goes between a node of one group and one of another. */
  readonly partition: (...groups: ReadonlyArray<ReadonlyArray<NodeId>>) => void
  readonly heal: (from: NodeId, to: NodeId) => void
  /** Heals all links; the weather stays. */
  readonly healAll: () => void
  readonly isCut: (from: NodeId, to: NodeId) => boolean
  /** Calls back after every cut and healing. Returns how to end that. */
  readonly onChange: (listener: () => void) => () => void
}

export const networkFaults = (): Faults => {
  let weather = fairWeather
  const links = new Map<NodeId, Set<NodeId>>()
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  const cutOne = (from: NodeId, to: NodeId) => {
    links.set(from, (links.get(from) ?? new Set()).add(to))
  }
  return {
    weather: () => weather,
    setWeather: (changed) => {
      weather = { ...weather, ...changed }
    },
    cut: (from, to) => {
      cutOne(from, to)
      tell()
    },
    partition: (...groups) => {
      for (const group of groups)
        for (const other of groups)
          if (group !== other) for (const from of group) for (const to of other) cutOne(from, to)
      tell()
    },
    heal: (from, to) => {
      links.get(from)?.delete(to)
      tell()
    },
    healAll: () => {
      links.clear()
      tell()
    },
    isCut: (from, to) => links.get(from)?.has(to) === true,
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }
}

const isFair = ({ loss, duplication, delayMs }: Weather): boolean => loss === 0 && duplication === 0 && delayMs[1] === 0

export interface FaultyOptions {
  readonly self: NodeId
  readonly transport: Transport
  readonly faults: Faults
  readonly clock: Clock
  readonly random: Random
  readonly metrics?: Metrics
}

/**
 * A transport over a network with these faults. A link that is cut is told at once, which is kinder than a real network,
 * where it takes until the time is out for a sign of life.
 */
export const faulty = ({ self, transport, faults, clock, random, metrics }: FaultyOptions): Transport => {
  const up = new Set<NodeId>()
  const told = new Set<NodeId>()
  let inbound: Inbound | null = null
  let forget: (() => void) | null = null

  const tellLinks = (): void => {
    for (const peer of new Set([...up, ...told])) {
      const isUp = up.has(peer) && !faults.isCut(self, peer)
      if (isUp === told.has(peer)) continue
      if (isUp) told.add(peer)
      else told.delete(peer)
      inbound?.linked(peer, isUp)
    }
  }
  const lost = (why: string): ReadonlyArray<number> => {
    metrics?.count('quorate_faults_lost_total', 1, { why })
    return []
  }
  /** After how long each copy of a message goes out. Draws as many numbers for one message as for another. */
  const fate = ({ to }: Packet): ReadonlyArray<number> => {
    const { loss, duplication, delayMs } = faults.weather()
    const [shortest, longest] = delayMs
    const [first, second, third, fourth] = [random(), random(), random(), random()]
    const delay = (share: number) => shortest + share * (longest - shortest)
    if (faults.isCut(self, to)) return lost('cut')
    if (first < loss) return lost('loss')
    return second < duplication ? [delay(third), delay(fourth)] : [delay(third)]
  }
  const send = (batch: ReadonlyArray<Packet>): void => {
    if (isFair(faults.weather())) return transport.send(batch.filter(({ to }) => !faults.isCut(self, to)))
    const fates = batch.map((packet) => ({ packet, delays: to(packet) }))
    const now = fates.flatMap(({ packet, delays }) => delays.filter((delay) => delay === 0).map(() => packet))
    if (now.length > 0) transport.send(now)
    for (const { packet, delays } of fates)
      for (const delay of delays)
        if (delay > 0) clock.schedule(delay, () => !faults.isCut(self, packet.to) && transport.send([packet]))
  }
  /** A message to oneself does not go over the network. */
  const to = (packet: Packet): ReadonlyArray<number> => (packet.to === self ? [0] : fate(packet))

  return {
    open: (host) => {
      inbound = host
      forget = faults.onChange(tellLinks)
      return transport.open({
        // What was on its way when the link was cut is lost too, and a peer without these faults is cut off as well.
        deliver: (from, message) => !faults.isCut(from, self) && host.deliver(from, message),
        linked: (peer, isUp) => {
          if (isUp) up.add(peer)
          else up.delete(peer)
          tellLinks()
        }
      })
    },
    send,
    close: () => {
      forget?.()
      inbound = null
      return transport.close()
    }
  }
}
