/** The command `quorate` as a user runs it: the build, in a process of its own. */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll } from '@jest/globals'
import { either } from 'fp-ts'
import type * as t from 'io-ts'
import { explainErrors } from '../../spec/kernel/index.ts'

export const root = resolve('.')
export const command = join(root, 'dist/src/cli/main.js')

export interface Ran {
  /** Exit status, or the name of the signal that ended it. */
  readonly status: number | string | null
  readonly out: string
  readonly err: string
}

export interface Circumstances {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Called with what was written to standard output or standard error so far. */
  readonly onOutput?: (text: string, child: ReturnType<typeof spawn>) => void
}

// Nothing of the terminal that the tests happen to run in.
const { PATH = '', HOME = '' } = process.env

export const runProgram = (
  program: string,
  words: ReadonlyArray<string>,
  { cwd = root, env = {}, onOutput = () => undefined }: Circumstances = {}
): Promise<Ran> =>
  new Promise((done, failed) => {
    const child = spawn(program, words, { cwd, env: { PATH, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    const written = { out: '', err: '' }
    const collect = (name: keyof typeof written) => (chunk: Buffer) => {
      written[name] += chunk.toString()
      onOutput(written.out + written.err, child)
    }
    child.stdout.on('data', collect('out'))
    child.stderr.on('data', collect('err'))
    child.on('error', failed)
    child.on('close', (status, signal) => done({ status: status ?? signal, ...written }))
  })

/** @param line the words after `quorate`, with spaces between them */
export const quorate = (line: string, circumstances?: Circumstances): Promise<Ran> =>
  runProgram(process.execPath, [command, ...line.split(' ').filter((word) => word !== '')], circumstances)

const projects: string[] = []
afterAll(() => projects.forEach((folder) => rmSync(folder, { recursive: true })))

/** A project that has installed this package, with these files: the text of each by its path. */
export const projectWith = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'quorate test '))
  projects.push(folder)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'quorate'))
  for (const name of ['io-ts', 'fp-ts'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

export const lines = (text: string): ReadonlyArray<string> => text.trimEnd().split('\n')

/** What stands on standard output, as JSON. */
export const decoded = <A>(codec: t.Type<A, unknown>, { out }: Ran): A =>
  either.getOrElse((errors: t.Errors): A => {
    throw new Error(explainErrors(errors))
  })(codec.decode(JSON.parse(out)))
