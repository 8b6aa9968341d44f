/** What a host is given, and the limits it keeps. */
import type { AnySignature, NodeId, Protocol, Self } from '../../../spec/kernel/index.ts'
import type { Clock, Logger, Metrics, Random, Storage, Transport } from '../ports.ts'
import { problem, type Problem } from '../../model/problem.ts'
import type { Recorder } from '../recording/recorder.ts'
import type { Machine, PureMachine } from './machine.ts'

/** How long a timer runs: so many milliseconds, or a number drawn anew each time from `[shortest, longest]`. */
export type Duration = number | readonly [shortest: number, longest: number]

/** What a node does before it goes down in good order, where the protocol has something to offer. */
export interface HandOver<P extends AnySignature> {
  /** Asked once; null where there is nothing to hand over. */
  readonly request: (self: Self<P>, state: P['state']) => P['request'] | null
  /** Whether it has been handed over. */
  readonly isDone: (self: Self<P>, state: P['state']) => boolean
}

export interface Limits {
  /** The most events that wait; a request beyond is refused as `overloaded`, a message is lost. */
  readonly waiting: number
  /** The most requests that wait for their answer. */
  readonly open: number
  /** The most events stepped in one turn. */
  readonly turn: number
  /** How long a request may take that names no deadline, in milliseconds. */
  readonly deadline: number
  /** How long stopping in good order may take, in milliseconds. */
  readonly stopping: number
  /** How often the watchdog looks, and what it warns of, in milliseconds. */
  readonly watch: { readonly every: number; readonly lag: number }
}

export const defaultLimits: Limits = {
  waiting: 20_000,
  open: 100_000,
  turn: 4_096,
  deadline: 10_000,
  stopping: 5_000,
  watch: { every: 100, lag: 100 }
}

export interface HostOptions<P extends AnySignature> {
  readonly protocol: Protocol<P>
  /** Which of the nodes this is, and how it is configured. */
  readonly self: Self<P>
  /** One that is as at the beginning. Left out where the protocol applies nothing. */
  readonly machine?: Machine<P> | PureMachine<P>
  /** A duration for every timer of the protocol. */
  readonly timers: Readonly<Record<P['timer'], Duration>>
  readonly storage: Storage
  readonly transport: Transport
  readonly clock?: Clock
  readonly random?: Random
  readonly logger?: Logger
  readonly metrics?: Metrics
  readonly recorder?: Recorder
  readonly limits?: Partial<Limits>
  readonly handOver?: HandOver<P>
  /**
   * Which office the node holds while it is the one that answers requests, such as the term of a leader; null where it holds
   * none. When it is given up, requests that were asked in it and are still open end as `deposed`, at once. Left out where
   * whoever was asked will answer.
   */
  readonly office?: (state: P['state']) => string | number | null
  /** Told every fact that a step notes, once it has become visible. */
  readonly onNote?: (fact: P['fact']) => void
  /** Stops the node in good order. */
  readonly signal?: AbortSignal
}

/** Where a host is placed in messages about it. */
export const placeOf = (protocol: { readonly name: string }, node: NodeId): ReadonlyArray<string> => [
  `protocol ${protocol.name}`,
  `node ${node}`
]

const isDuration = (duration: Duration | undefined): boolean => {
  const [shortest, longest] = typeof duration === 'object' ? duration : [duration, duration]
  return shortest !== undefined && longest !== undefined && shortest >= 0 && shortest <= longest && longest < Infinity
}

/** What keeps these options from being a host; null for nothing. */
export const flawIn = <P extends AnySignature>({ protocol, self, timers }: HostOptions<P>): Problem | null => {
  const flaw = (what: string) => problem('Q701', what, placeOf(protocol, self.id))
  if (!self.nodes.includes(self.id)) return flaw(`"${self.id}" is none of the nodes ${self.nodes.join(', ')}`)
  const timer = protocol.timers.find((name: P['timer']) => !isDuration(timers[name]))
  return timer === undefined
    ? null
    : flaw(`timer "${String(timer)}" has no duration: give milliseconds, or [shortest, longest]`)
}
