/** Bundles to modules: the user's top-level code runs here. */
import { either } from 'fp-ts'
import { problem, type Problem } from '../model/problem.ts'
import { locateFor, type Bundle } from './bundle.ts'

/** A module's exports by name. */
export type Exports = Readonly<Record<string, unknown>>

// Node says "Named export 'x' not found. The requested module 'file:///…' is …": the rest is advice about a file that
// the user never sees.
const linking = /^(?:Named export|The requested module).*?'([^']+)' (?:not found|.*export named '([^']+)')/

const say = (error: unknown): string => {
  if (!(error instanceof Error)) return `${JSON.stringify(error) ?? typeof error} was thrown`
  const [line = ''] = error.message.split('\n')
  const [, first = '', second = first] = linking.exec(line) ?? []
  return first === '' ? `${error.name}: ${line}` : `what it imports has no export named "${second}"`
}

/**
 * Resolves when nothing is left to do: a module that still awaits something then will never get it. Ends with `signal`.
 */
const idle = (signal: AbortSignal): Promise<'idle'> =>
  new Promise((resolve) => {
    const onIdle = () => resolve('idle')
    process.once('beforeExit', onIdle)
    signal.addEventListener('abort', () => process.off('beforeExit', onIdle))
  })

/**
 * Imports a model file.
 *
 * @returns Q303 with the place in the file if it throws, imports a name that is not exported, or never finishes
 */
export const importBundle = async (bundle: Bundle): Promise<either.Either<Problem, Exports>> => {
  const { file, url } = bundle
  const settled = new AbortController()
  try {
    const exports = await Promise.race([import(url) as Promise<Exports>, idle(settled.signal)])
    return exports === 'idle'
      ? either.left(problem('Q303', 'a top-level `await` never ends', [file]))
      : either.right(exports)
  } catch (error) {
    return either.left(problem('Q303', say(error), [locateFor(bundle)(error) ?? file]))
  } finally {
    settled.abort()
  }
}
