/** What a saga's definition says about a stage. */
import { setOf, type NodeId } from '../kernel/index.ts'
import type { Definition, Saga, SagaStep } from './state.ts'

/** The steps of a stage; none where there is no such stage. */
export const stageOf = ({ stages }: Definition, stage: number): ReadonlyArray<SagaStep> => stages[stage] ?? []

export const servicesIn = (definition: Definition, stage: number): ReadonlyArray<NodeId> =>
  setOf(stageOf(definition, stage).map(({ service }) => service))

/** Whether a stage can be undone. Where it cannot, the saga goes forward only. */
export const isCompensatable = ({ pivot }: Definition, stage: number): boolean => pivot === null || stage < pivot

/** Whether a step of this stage may be refused: up to the pivot, the pivot included. */
export const mayRefuse = ({ pivot }: Definition, stage: number): boolean => pivot === null || stage <= pivot

/** The saga with this stage to be done next; completed where there is no such stage. */
export const runningFrom = (definition: Definition, id: string, stage: number): Saga =>
  stage < definition.stages.length
    ? { id, phase: 'running', stage, done: [] }
    : { id, phase: 'ended', outcome: 'completed' }

/** The saga with `left` of this stage to be compensated next, or else the stages before it; compensated where none is left. */
export const compensatingFrom = (
  definition: Definition,
  id: string,
  stage: number,
  left: ReadonlyArray<NodeId> = servicesIn(definition, stage)
): Saga => {
  if (left.length > 0) return { id, phase: 'compensating', stage, left }
  return stage === 0 ? { id, phase: 'ended', outcome: 'compensated' } : compensatingFrom(definition, id, stage - 1)
}
