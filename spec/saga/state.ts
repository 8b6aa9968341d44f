/**
 * What a node knows. All of it is on disk: the orchestrator's is the saga log of [GS87], a service's is the database that
 * its transactions change. A crash loses nothing but time.
 */
import * as t from 'io-ts'
import { closed, Natural, NodeId, NodeSet } from '../kernel/index.ts'
import { Outcome, type Action } from './messages.ts'

/** One step of a saga: what is done where. */
export interface SagaStep {
  readonly service: NodeId
  readonly action: Action
}

/** What every saga of an orchestrator does. */
export interface Definition {
  /**
   * One after the other; the steps of one stage run in parallel ([GS87], parallel sagas). Not empty, and neither is a
   * stage. A service has at most one step in a stage, and each of its actions at most once in all.
   */
  readonly stages: ReadonlyArray<ReadonlyArray<SagaStep>>
  /**
   * The index of the stage that decides: once done, the saga will be completed. It has one step, which is not compensated,
   * and what comes after it cannot be refused, only be tried again. Null where every stage has compensations.
   */
  readonly pivot: number | null
}

export type Config =
  | {
      readonly role: 'orchestrator'
      readonly definition: Definition
      /** What becomes of a saga that a crash of the orchestrator interrupts before its pivot. */
      readonly recovery: 'backward' | 'forward'
    }
  | {
      readonly role: 'service'
      /** How many units there are to take at first. */
      readonly units: number
      /** Whether a unit that was taken and not confirmed makes others wait instead of being refused. */
      readonly semanticLock: boolean
    }

const Running = closed('Running', {
  id: NodeId,
  phase: t.literal('running'),
  stage: Natural, // an index
  done: NodeSet // the services that have done their step of this stage; never all of them
})
const Compensating = closed('Compensating', {
  id: NodeId,
  phase: t.literal('compensating'),
  stage: Natural, // an index; the later ones are compensated
  left: NodeSet // the services whose step of this stage is not compensated yet; never empty
})
const Ended = closed('Ended', { id: NodeId, phase: t.literal('ended'), outcome: Outcome })

/** What the log says of one saga. */
export const Saga = t.union([Running, Compensating, Ended])
export type Saga = t.TypeOf<typeof Saga>

/** The saga log. */
export const Orchestrator = closed('Orchestrator', {
  role: t.literal('orchestrator'),
  sagas: t.readonlyArray(Saga) // in the order in which they began
})
export type Orchestrator = t.TypeOf<typeof Orchestrator>

/** One change of a service's data. */
export const Entry = closed('Entry', {
  saga: NodeId,
  did: t.union([t.literal('take'), t.literal('give-back'), t.literal('confirm')])
})
export type Entry = t.TypeOf<typeof Entry>

/** A request that was dealt with for good, as `saga/action` or `saga/undo-action`, and what was answered. */
const Answered = t.readonly(
  t.record(t.string, t.union([t.literal('done'), t.literal('refused'), t.literal('compensated')]))
)

/** The database of a service. One transaction changes `ledger` and `answered` together. */
export const Service = closed('Service', {
  role: t.literal('service'),
  units: Natural, // how many there are, taken ones included
  ledger: t.readonlyArray(Entry), // oldest first
  answered: Answered
})
export type Service = t.TypeOf<typeof Service>

export const State = t.union([Orchestrator, Service])
export type State = t.TypeOf<typeof State>

/** What a crash keeps: all. */
export const durable = (state: State): State => state

/** One timer: armed while an answer is awaited. It is never stopped; see `ignore-timeout`. */
export type Timer = 'retry'
