/** `quorate/spec/raft` */
export * from './messages.ts'
export * from './clients.ts'
export * from './configuration.ts'
export * from './state.ts'
export * from './raft.ts'
export * from './properties.ts'
export * from './protocol.ts'
export * from './sessions.ts'
