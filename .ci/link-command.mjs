/**
 * Puts the command into the clone's own `node_modules/.bin`, where npm puts only those of dependencies. Without it
 * `npx quorate` installs the clone into a cache of its own first, which takes seconds and breaks when a build fails.
 */
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { platform } from 'node:process'

const bin = 'node_modules/.bin'
if (platform !== 'win32' && existsSync('node_modules')) {
  mkdirSync(bin, { recursive: true })
  rmSync(`${bin}/quorate`, { force: true })
  symlinkSync('../../dist/src/cli/main.js', `${bin}/quorate`)
  chmodSync('dist/src/cli/main.js', 0o755)
}
