/**
 * The few calls of a file system that the write-ahead log makes, within one folder of its own. Narrow, so that a
 * simulated disk can stand in for it and be cut at every call ([ALICE]: most crash bugs lie in what is assumed between
 * two calls). What is promised is what POSIX promises and no more: data are durable after `sync` of their file, names
 * after `syncFolder`, and neither brings the other with it.
 */

/** A file that is open for writing. */
export interface DiskFile {
  /** Bytes, when it was opened. */
  readonly size: number
  /** Writes all of it, as fast as the call itself: for what is small and waited for. */
  readonly writeNow: (bytes: Uint8Array, position: number) => void
  /** Writes all of it without holding up the loop. */
  readonly write: (bytes: Uint8Array, position: number) => Promise<void>
  /** Resolves when what was written is durable. Never tried again after it failed: the pages may be marked clean ([Rebello20]). */
  readonly sync: () => Promise<void>
  /** The same, and holds up the loop until then: for what is small and waited for. */
  readonly syncNow: () => void
  readonly close: () => Promise<void>
}

/** A folder. Names are those of files in it. Everything may reject with what the operating system says. */
export interface Disk {
  /** How to name a file in a message. */
  readonly pathOf: (name: string) => string
  /** Takes the folder for this process, making it where it is not there. Resolves with how to give it back. */
  readonly lock: () => Promise<() => Promise<void>>
  readonly list: () => Promise<ReadonlyArray<string>>
  /** All bytes of a file, at most 4 GiB. */
  readonly read: (name: string) => Promise<Buffer>
  /** Opens a file that is there. */
  readonly open: (name: string) => Promise<DiskFile>
  /** Makes an empty file, in the place of one that was there. */
  readonly create: (name: string) => Promise<DiskFile>
  /** Gives a file another name; one that had it is gone. */
  readonly rename: (from: string, to: string) => Promise<void>
  readonly remove: (name: string) => Promise<void>
  /** Resolves when the names in the folder are durable. */
  readonly syncFolder: () => Promise<void>
}
