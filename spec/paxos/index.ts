/** `quorate/spec/paxos` */
export * from './messages.ts'
export * from './state.ts'
export * from './rules.ts'
export * from './transitions.ts'
export * from './properties.ts'
export * from './protocol.ts'
