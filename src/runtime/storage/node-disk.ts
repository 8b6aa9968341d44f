/** The disk of the operating system. */
import { close, fdatasync, fdatasyncSync, fsync, open, write, writeSync } from 'node:fs'
import { open as openHandle, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Disk, DiskFile } from './disk.ts'
import { makeFolder } from './folder.ts'
import { lockFolder } from './folder-lock.ts'

const openFile = promisify(open)
const closeFile = promisify(close)
const syncData = promisify(fdatasync)
const syncAll = promisify(fsync)
const writeSome = promisify(write)

/** A read or write of more than 2 GiB is refused by some systems. */
const largestCall = 2 ** 30

const syncFolderAt = async (path: string): Promise<void> => {
  const descriptor = await openFile(path, 'r')
  try {
    await syncAll(descriptor)
  } finally {
    await closeFile(descriptor)
  }
}

const diskFile = (descriptor: number, size: number): DiskFile => ({
  size,
  writeNow: (bytes, position) => {
    for (let done = 0; done < bytes.length;)
      done += writeSync(descriptor, bytes, done, bytes.length - done, position + done)
  },
  write: async (bytes, position) => {
    for (let done = 0; done < bytes.length;) {
      const length = Math.min(bytes.length - done, largestCall)
      done += (await writeSome(descriptor, bytes, done, length, position + done)).bytesWritten
    }
  },
  // Also makes a size durable that the data need: POSIX asks that of fdatasync.
  sync: () => syncData(descriptor),
  syncNow: () => fdatasyncSync(descriptor),
  close: () => closeFile(descriptor)
})

const readAll = async (path: string): Promise<Buffer> => {
  const handle = await openHandle(path, 'r')
  try {
    const { size } = await handle.stat()
    const bytes = Buffer.allocUnsafeSlow(size)
    for (let done = 0; done < size;) {
      const { bytesRead } = await handle.read(bytes, done, Math.min(size - done, largestCall), done)
      if (bytesRead === 0) return bytes.subarray(0, done)
      done += bytesRead
    }
    return bytes
  } finally {
    await handle.close()
  }
}

/** A folder of this machine. It is made when it is locked. */
export const nodeDisk = (folder: string): Disk => {
  const root = resolve(folder)
  const pathOf = (name: string): string => join(root, name)
  return {
    pathOf,
    lock: async () => {
      makeFolder(root)
      return lockFolder(root)
    },
    list: () => readdir(root),
    read: (name) => readAll(pathOf(name)),
    open: async (name) => {
      const handle = await openHandle(pathOf(name), 'r')
      const { size } = await handle.stat()
      await handle.close()
      return diskFile(await openFile(pathOf(name), 'r+'), size)
    },
    create: async (name) => diskFile(await openFile(pathOf(name), 'w', 0o600), 0),
    rename: (from, to) => rename(pathOf(from), pathOf(to)),
    remove: (name) => rm(pathOf(name), { force: true }),
    syncFolder: () => syncFolderAt(root)
  }
}
