/** `quorate/spec/split-brain` */
export * from './messages.ts'
export * from './state.ts'
export * from './rules.ts'
export * from './transitions.ts'
export * from './properties.ts'
export * from './protocol.ts'
export { allInView } from './by-timeout.ts'
export { majority, restOfMajority } from './by-majority.ts'
