/** `quorate/checker`: check a model. */
export { check } from './check.ts'
export { defaultReductions, reductionNames } from './report.ts'
export type { CheckOptions, HistoryCost, Progress, Reduction, Report, Verdict } from './report.ts'
