/**
 * One process per folder. Node has no advisory locks, so the lock is a file that names its holder; what a dead holder
 * left behind is taken over.
 */
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { kill, pid } from 'node:process'
import { refuse } from '../../model/problem.ts'
import { isErrno } from './failure.ts'

/** When a process began, in ticks since the machine did: tells it from a later one with the same number. Null where the system does not say. */
const beginningOf = async (process: number): Promise<string | null> => {
  try {
    const text = await readFile(`/proc/${process}/stat`, 'utf8')
    // The second field, a name in parentheses, may hold spaces; the beginning is the 20th after it.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
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
  const now = await beginningOf(Number(process))
  return now === null || beginning === '' || now === beginning
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
 * Locks a folder that is there. Resolves with how to unlock it; rejects with Q801 while another process, or this one,
 * holds it. Two processes that take over a dead one's lock in the same instant may not both win: who moved a lock aside
 * that was not the dead one's puts it back.
 */
export const lockFolder = async (folder: string): Promise<() => Promise<void>> => {
  const path = join(folder, 'lock')
  const own = `${path}.${pid}`
  const text = `${pid} ${(await beginningOf(pid)) ?? ''}`
  while (!(await take(path, own, text))) {
    const holder = await textOf(path)
    if (holder === null) continue
    if (await isHeld(holder)) {
      return refuse('Q801', `the folder is in use by process ${holder.split(' ')[0]}`, [folder])
    }
    const aside = `${own}.stale`
    try {
      await rename(path, aside)
    } catch (error) {
      if (isErrno(error, 'ENOENT')) continue
      throw error
    }
    if ((await textOf(aside)) !== holder) await link(aside, path)
    await rm(aside, { force: true })
  }
  return () => rm(path, { force: true })
}
