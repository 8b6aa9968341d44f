/** `quorate/spec/two-phase-commit` */
export * from './messages.ts'
export * from './state.ts'
export * from './transitions.ts'
export * from './properties.ts'
export * from './protocol.ts'
export * from './cooperative.ts'
