/**
 * `quorate`: for programs that check models and show traces. Specs import `quorate/kernel`, and model files
 * `quorate/model`.
 */
export * from './checker/index.ts'
export * from './model/index.ts'
export * from './trace/index.ts'
