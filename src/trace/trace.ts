/** A run as data: what happened, in order, and what each node did. Written by the checker, read by people and tests. */
import * as t from 'io-ts'
import { closed, Natural, NodeId, Positive } from '../../spec/kernel/index.ts'
import { Action } from '../model/action.ts'

export const traceVersion = 1

const up = { up: t.literal(true), state: t.unknown, timers: t.readonlyArray(t.string), machine: t.unknown }
const UpSnapshot = closed('a node that is up', up)
const AwaitingSnapshot = closed('a node that is up and waits for a snapshot', {
  ...up,
  snapshot: closed('a snapshot of a machine', { index: Natural, content: t.unknown })
})
const DownSnapshot = closed('a node that is down', { up: t.literal(false), durable: t.unknown, gone: t.boolean })

/** All there is to a node at one moment: the model's `Local`. */
export const Snapshot = t.union([UpSnapshot, AwaitingSnapshot, DownSnapshot])
export type Snapshot = t.TypeOf<typeof Snapshot>

/** What a node did first. */
export const TraceStart = closed('TraceStart', {
  node: NodeId,
  rule: t.string,
  effects: t.readonlyArray(t.unknown),
  after: Snapshot
})
export type TraceStart = t.TypeOf<typeof TraceStart>

/** One action and what came of it. */
export const TraceStep = closed('TraceStep', {
  action: Action,
  /** Null for crashes, and where no node acts. */
  rule: t.union([t.string, t.null]),
  /** What left the node, in order. */
  effects: t.readonlyArray(t.unknown),
  /** What a crash in the middle of the step kept from happening, in order. */
  lost: t.readonlyArray(t.unknown),
  /** The node that acted; null where none did. */
  after: t.union([Snapshot, t.null])
})
export type TraceStep = t.TypeOf<typeof TraceStep>

export const Trace = closed('Trace', {
  quorateTrace: t.literal(traceVersion),
  model: closed('TraceModel', {
    name: t.string,
    /** Relative to where the checker ran; null for a model that came from no file. */
    file: t.union([t.string, t.null]),
    parameters: t.readonly(t.record(t.string, t.unknown))
  }),
  protocol: t.string,
  wireVersion: Positive,
  /** In the model's order. */
  nodes: t.readonlyArray(NodeId),
  /** What the run shows: `violated`, `deadlock`, `reached`, or `run` for a run that shows nothing in particular. */
  shows: t.keyof({ violated: null, deadlock: null, reached: null, run: null }),
  /** What is violated or reached; null otherwise. */
  property: t.union([t.string, t.null]),
  /**
   * Line by line, why what clients saw violates the property; empty where the property does not say. Null where what
   * clients saw is not what is shown. Said when the run was recorded, and never compared.
   */
  explanation: t.union([t.readonlyArray(t.string), t.null]),
  start: t.readonlyArray(TraceStart),
  steps: t.readonlyArray(TraceStep)
})
export type Trace = t.TypeOf<typeof Trace>
