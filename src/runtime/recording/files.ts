/** Recordings in files that rotate: each goes on where the one before ended, and the oldest are removed. */
import { closeSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { NodeId } from '../../../spec/kernel/index.ts'
import { makeFolder } from '../storage/folder.ts'
import type { Sink } from './record.ts'

export interface RecordingFiles {
  readonly folder: string
  readonly node: NodeId
  /** A file that is larger is followed by another, in bytes. */
  readonly size?: number
  /** How many files of the node are kept, that which is written included; >= 1. */
  readonly keep?: number
}

const suffix = '.recording.jsonl'

/** A node's name as part of a file's. */
const named = (node: NodeId): string => encodeURIComponent(node).replaceAll('.', '%2E')

/** The files of a folder that are recordings, in the order in which each node wrote its own. */
export const recordingsIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder)
    .filter((name) => name.endsWith(suffix))
    .toSorted()

const numberOf = (name: string): number => Number(name.slice(0, -suffix.length).split('.').at(-1))

/**
 * A sink that writes files `NODE.000001.recording.jsonl` and so on into a folder. It writes with a plain system call and no
 * sync: what a killed process wrote is there, what a power failure leaves is not promised.
 *
 * @throws what the file system says, where the folder or a file cannot be made
 */
export const fileSink = ({ folder, node, size = 64 * 2 ** 20, keep = 8 }: RecordingFiles): Sink => {
  makeFolder(folder)
  const ours = () => recordingsIn(folder).filter((name) => name.startsWith(`${named(node)}.`))
  const open = (): number => {
    const there = ours()
    const number = Math.max(0, ...there.map(numberOf)) + 1
    for (const old of there.slice(0, Math.max(0, there.length - keep + 1))) rmSync(join(folder, old))
    return openSync(join(folder, `${named(node)}.${String(number).padStart(6, '0')}${suffix}`), 'wx')
  }
  let descriptor = open()
  let written = 0
  return {
    write: (text) => {
      written += writeSync(descriptor, text)
    },
    isFull: () => written > size,
    next: () => {
      closeSync(descriptor)
      descriptor = open()
      written = 0
    },
    end: () => {
      closeSync(descriptor)
      return Promise.resolve()
    }
  }
}
