/** `quorate/kernel`: what a spec imports. */
export * from './protocol.ts'
export * from './steps.ts'
export * from './codecs.ts'
export * from './explain.ts'
export * from './sets.ts'
export * from './log.ts'
export * from './map.ts'
export * from './properties.ts'
