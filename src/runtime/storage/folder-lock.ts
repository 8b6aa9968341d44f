/**
 * One process per folder. Node has no advisory locks, so the lock is a file that names its holder; what a dead holder
 * left behind is taken over.
 */
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { kill, pid } from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { refuse } from '../../model/problem.ts'
import { isErrno } from './failure.ts'

/** Tells the files of two attempts of one process apart. */
let attempts = 0

interface ProcessStatus {
  /** A letter; `Z` for a process that is dead and that nobody has waited for. */
  readonly state: string
  /** When it began, in ticks since the machine did: tells it from a later process of the same number. */
  readonly beginning: string
}

/** Null where the system does not say. */
const statusOf = async (process: number): Promise<ProcessStatus | null> => {
  try {
    const text = await readFile(`/proc/${process}/stat`, 'utf8')
    // The second field, a name in parentheses, may hold spaces; the state is the 1st after it, the beginning the 20th.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', beginning: fields[19] ?? '' }
  } catch {
    return null
  }
}

const isAlive = (process: number): boolean => {
  try {
    kill(process, 0)
    return true
  } catch (error) {
    return !isErrno(error, 'ESRCH')
  }
}

/** `null` where there is no file. */
const textOf = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null
    throw error
  }
}

const isHeld = async (holder: string): Promise<boolean> => {
  const [process = '', beginning = ''] = holder.split(' ')
  if (!/^[1-9]\d*$/.test(process) || !isAlive(Number(process))) return false
  const now = await statusOf(Number(process))
  return now === null || (now.state !== 'Z' && (beginning === '' || now.beginning === beginning))
}

/** Makes the lock with its text in one go, so that nobody reads half a lock. False where there is one. */
const take = async (path: string, own: string, text: string): Promise<boolean> => {
  await writeFile(own, text)
  try {
    await link(own, path)
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(own, { force: true })
  }
}

/**
 * Removes the lock of a dead holder, one process at a time: without that, who saw the dead one's lock could remove the
 * lock of who took over just before.
 */
const removeStale = async (path: string, holder: string, own: string, text: string): Promise<void> => {
  const takeover = `${path}.takeover`
  if (await take(takeover, own, text)) {
    if ((await textOf(path)) === holder) await rm(path)
    await rm(takeover, { force: true })
    return
  }
  const other = await textOf(takeover)
  // Who died within these few lines left it; two who notice that at once are as good as none of this.
  if (other !== null && !(await isHeld(other))) await rm(takeover, { force: true })
  else await setTimeout(5)
}

/**
 * Locks a folder that is there. Resolves with how to unlock it; rejects with Q801 while another process, or this one,
 * holds it.
 */
export const lockFolder = async (folder: string): Promise<() => Promise<void>> => {
  const path = join(folder, 'lock')
  const own = `${path}.${pid}.${(attempts += 1)}`
  const text = `${pid} ${(await statusOf(pid))?.beginning ?? ''}`
  while (!(await take(path, own, text))) {
    const holder = await textOf(path)
    if (holder === null) continue
    if (await isHeld(holder)) {
      return refuse('Q801', `the folder is in use by process ${holder.split(' ')[0]}`, [folder])
    }
    await removeStale(path, holder, own, text)
  }
  return () => rm(path, { force: true })
}
