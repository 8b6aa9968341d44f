/** `quorate/kernel`: what a spec imports. */
export * from './protocol.ts'
export * from './steps.ts'
export * from './codecs.ts'
export * from './sets.ts'
export * from './properties.ts'
