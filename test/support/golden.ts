/** Golden files: text that a reviewer can read aloud, compared exactly, rewritten with UPDATE_GOLDEN=1. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from '@jest/globals'

const folder = fileURLToPath(new URL('../golden/', import.meta.url))

/**
 * Expects `text` to be the content of a file under test/golden. With UPDATE_GOLDEN=1 in the environment the file is
 * written instead: look at the difference, and commit only what you understand.
 *
 * @example expectGolden('traces/split-vote.txt', renderText(trace))
 */
export const expectGolden = (name: string, text: string): void => {
  const file = join(folder, name)
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  if (!existsSync(file)) throw new Error(`there is no golden file ${name}: write it with UPDATE_GOLDEN=1`)
  expect(text).toBe(readFileSync(file, 'utf8'))
}
