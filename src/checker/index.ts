/** `quorate/checker`: check a model. */
export { check } from './check.ts'
export { defaultReductions, reductionNames } from './report.ts'
export type { CheckOptions, FieldProfile, HistoryCost, MoveProfile, NodeProfile, Profile } from './report.ts'
export type { Progress, Reduced, Reduction, Report, Verdict } from './report.ts'
