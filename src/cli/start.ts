/** From the arguments of the process to its exit status. */
import { Console } from 'node:console'
import { existsSync, readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { problem } from '../model/problem.ts'
import { jsonText, problemDocument } from './document.ts'
import { complainOf, exitStatus } from './problems.ts'
import { programFor } from './program.ts'
import { openTerminal, type Terminal } from './terminal.ts'

/** The package's own version, from the nearest package.json: this file runs from the sources and from the build. */
const versionAt = (folder: URL): string => {
  const file = new URL('package.json', folder)
  if (!existsSync(file)) return versionAt(new URL('../', folder))
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }
  return version
}

/** commander's message, `error: unknown option '--jsn'` and below it `(Did you mean --json?)`, as one sentence. */
const sayMisuse = ({ message }: CommanderError): string =>
  message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)$/, ': did you mean $1?')
    .replace(' is invalid. ', ' is invalid: ')
    .replace(/\.$/, '')

const refuseMisuse = (error: CommanderError, isJson: boolean, terminal: Terminal): number => {
  // Help and version were asked for and are printed already.
  if (error.exitCode === 0) return exitStatus.asExpected
  // No subcommand: commander has printed its help.
  if (error.code === 'commander.help') return exitStatus.wrongInput
  const found = problem('Q501', sayMisuse(error))
  if (isJson) terminal.print(jsonText(problemDocument([found])))
  else complainOf([found], terminal)
  return exitStatus.wrongInput
}

const sayBug = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error))

/** @returns the exit status */
export const run = async (argv: ReadonlyArray<string>): Promise<number> => {
  const terminal = openTerminal()
  const isJson = argv.includes('--json')
  // A reducer may hold a forgotten `console.log`: standard output is for the document alone.
  if (isJson) globalThis.console = new Console(process.stderr)
  let status: number = exitStatus.wrongInput
  const program = programFor(versionAt(new URL('./', import.meta.url)), terminal, (found) => (status = found))
  try {
    await program.parseAsync(argv)
    return status
  } catch (error) {
    if (error instanceof CommanderError) return refuseMisuse(error, isJson, terminal)
    terminal.complain(`This is a bug in quorate, not in your model: please report it.\n${sayBug(error)}`)
    return exitStatus.bug
  }
}
