/** For tests of storages, and of what stands on one: the checks that every storage must pass, and a disk that can be cut at every call. */
export { storageConformance } from './conformance.ts'
export type { StorageCheck, StoragePlace } from './conformance.ts'
export { crashAfter, simulatedDisk } from './simulated-disk.ts'
export type { Crash, Image, Operation, SimulatedDisk } from './simulated-disk.ts'
export type { Disk, DiskFile } from './disk.ts'
