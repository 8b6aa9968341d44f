/** `quorate serve`: a replicated key-value store on Raft, for clients that speak RESP2. */
export { serve } from './node.ts'
export type { Serving } from './node.ts'
export { serveOptions, settingsIn } from './options.ts'
export type { Address, ServeOptions, ServeSettings } from './options.ts'
export { nodeLogger } from './logs.ts'
export type { Level } from './logs.ts'
export { devCluster } from './dev.ts'
export type { DevCluster, DevOptions } from './dev.ts'
