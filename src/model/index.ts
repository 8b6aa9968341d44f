/** `quorate/model`: say what to check. */
export * from './model.ts'
export * from './parameters.ts'
export { between, oneWay } from './cuts.ts'
export { allSilent } from './timing.ts'
export { validate } from './validate.ts'
export type { ValidModel } from './valid.ts'
export { codes, explain, type Code, type Problem } from './problem.ts'
