/** Storages of a node. docs/STORAGE.md tells which is for what. */
export { writeAheadLog } from './write-ahead-log.ts'
export type { WriteAheadLogOptions } from './write-ahead-log.ts'
export { lmdbStorage } from './lmdb.ts'
export type { LmdbOptions } from './lmdb.ts'
export { memoryDisk } from './memory.ts'
export type { MemoryDisk, MemoryFaults } from './memory.ts'
export { versionedStorage } from './versioned.ts'
export type { DurableVersions } from './versioned.ts'
