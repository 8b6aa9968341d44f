/**
 * `quorate/consistency`: histories and their judges.
 *
 * A judge is a pure function from a history to a verdict. It knows nothing of protocols, models or the checker, so
 * the same one serves a model's histories, a simulation's, and what was recorded in production.
 */
export { calls } from './history.ts'
export type { Call, Completion, Fail, History, HistoryRecord, Info, Invoke, Ok, Process } from './history.ts'
export { call, fail, historyOf, info, invoke, ok } from './builder.ts'
export { generate, randomFrom } from './generate.ts'
export type { Random, Workload } from './generate.ts'
export { describeCall, describeOperation, describeProcess } from './describe.ts'

export { formats } from './formats/formats.ts'
export type { Format, Reader } from './formats/formats.ts'
export { HistoryCodec, readJsonLines, writeJsonLines } from './formats/json-lines.ts'
export { readJepsen, readKeyedJepsen } from './formats/jepsen.ts'
export { readElle } from './formats/elle.ts'
export { readPorcupineKeyValue, readPorcupineRegister } from './formats/porcupine.ts'

export type { Judge, Judged, Verdict } from './verdict.ts'

export { keyed } from './specification.ts'
export type { Keyed, Outcome, Specification } from './specification.ts'
export { casRegister, multiRegister, register } from './specifications/registers.ts'
export type { CasRegisterOperation, RegisterOperation, RegisterStep } from './specifications/registers.ts'
export { keyValue } from './specifications/key-value.ts'
export type { KeyValueOperation } from './specifications/key-value.ts'
export { mutex } from './specifications/mutex.ts'
export type { MutexOperation } from './specifications/mutex.ts'
export { queue } from './specifications/queue.ts'
export type { QueueOperation } from './specifications/queue.ts'
export { set } from './specifications/set.ts'
export type { SetOperation } from './specifications/set.ts'
export { counter } from './specifications/counter.ts'
export type { CounterOperation } from './specifications/counter.ts'

export { linearizable } from './linearizable.ts'
export { sequentiallyConsistent } from './sequential.ts'
export { defaultBudget, explainOrder } from './order.ts'
export type { Budget, LegalOrder, OrderViolation, Precedence, Stuck } from './order.ts'

export { sessionGuarantees } from './sessions/guarantees.ts'
export type { SessionAnomaly, SessionViolation } from './sessions/guarantees.ts'
export { guarantees } from './sessions/visibility.ts'
export type { Guarantee } from './sessions/visibility.ts'
export { causalMemory, causallyConsistent, causallyConvergent } from './sessions/causal.ts'
export { convergent } from './sessions/convergence.ts'
export type { Divergence } from './sessions/convergence.ts'

export * from './isolation/index.ts'
export type { Answer, Reading } from './seen.ts'
export * from './in-models.ts'
export * from './isolated.ts'
export { judgeNamed, judgeNames } from './judges.ts'
export { timelineHtml, timelineSvg } from './timeline/index.ts'
