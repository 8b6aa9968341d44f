/** Violations of the house rules, planted in a tree of their own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Writes files, the text of each by its path, into a new folder; removes them after `use`. */
export const withFiles = <A>(files: Readonly<Record<string, string>>, use: (folder: string) => A): A => {
  const folder = mkdtempSync(join(tmpdir(), 'quorate-planted-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What may not stand in a spec, by the rule that refuses it. */
export const impurities: ReadonlyArray<readonly [rule: string, text: string]> = [
  ['house(pure)', 'let x = 1'],
  ['house(pure)', 'var x = 1'],
  ['house(pure)', 'const f = (x: number[]) => { x[0] = 1 }'],
  ['house(pure)', 'const f = (x: { a: number }) => { x.a += 1 }'],
  ['house(pure)', 'const f = (x: { a: number }) => x.a++'],
  ['house(pure)', 'const f = (x: { a?: number }) => delete x.a'],
  ['house(pure)', 'const f = (x: number[]) => x.sort()'],
  ['house(pure)', 'const f = (x: number[]) => x.push(1)'],
  ['house(pure)', 'const f = () => { for (const x of [1]) String(x) }'],
  ['house(pure)', 'const f = () => { for (const x in {}) String(x) }'],
  ['house(pure)', 'const f = () => { for (;;) f() }'],
  ['house(pure)', 'const f = () => { while (true) f() }'],
  ['house(pure)', 'const f = () => { do f(); while (true) }'],
  ['house(pure)', 'class A {}'],
  ['house(pure)', 'const A = class {}'],
  ['house(pure)', 'function f(this: object) { return this }'],
  ['house(pure)', 'const f = () => { throw new Error() }'],
  ['house(pure)', 'const f = () => { try { f() } catch { f() } }'],
  ['house(pure)', 'const f = async () => 1'],
  ['house(pure)', 'function* f() { yield 1 }'],
  ['house(pure)', 'const f = () => import("./other.ts")'],
  ['house(pure)', 'import { readFileSync } from "node:fs"; export { readFileSync }'],
  ['house(pure)', 'export * from "fs"'],
  ['house(pure)', 'export { pick } from "lodash"'],
  ['house(pure)', 'import { match } from "ts-pattern/dist/index.js"; export { match }'],
  ['eslint(no-restricted-imports)', 'import { isLeft } from "fp-ts/Either"; export { isLeft }'],
  ['eslint(no-restricted-imports)', 'import { PathReporter } from "io-ts/lib/PathReporter"; export { PathReporter }'],
  ['eslint(no-restricted-globals)', 'const now = Date.now()'],
  ['eslint(no-restricted-globals)', 'const now = new Date()'],
  ['eslint(no-restricted-globals)', 'const later = Promise.resolve(1)'],
  ['eslint(no-restricted-globals)', 'const user = process.env'],
  ['eslint(no-restricted-globals)', 'setTimeout(() => 1, 1)'],
  ['eslint(no-restricted-globals)', 'const id = crypto.randomUUID()'],
  ['eslint(no-restricted-globals)', 'console.log(1)'],
  ['eslint(no-restricted-globals)', 'const now = globalThis.Date'],
  ['eslint(no-restricted-properties)', 'const x = Math.random()'],
  ['eslint(no-restricted-properties)', 'const { random } = Math'],
  ['eslint(no-restricted-properties)', 'const x = Object.assign({}, {})']
]

/** Imports that point the wrong way, by the rule that refuses them: the file, and what it imports. */
export const wrongArrows: ReadonlyArray<readonly [rule: string, from: string, to: string]> = [
  ['layer spec/kernel', 'spec/kernel/a.ts', '../../src/model/model.ts'],
  ['protocols are strangers', 'spec/raft/a.ts', '../paxos/index.ts'],
  ['protocols are strangers', 'spec/raft/b.ts', '../../src/model/model.ts'],
  ['specs are pure', 'spec/raft/c.ts', 'node:fs'],
  ['specs are pure', 'spec/raft/d.ts', 'commander'],
  ['layer src/model', 'src/model/a.ts', '../checker/check.ts'],
  ['layer src/model', 'src/model/b.ts', '../../spec/raft/index.ts'],
  ['layer src/consistency', 'src/consistency/a.ts', '../model/model.ts'],
  ['layer src/trace', 'src/trace/a.ts', '../checker/check.ts'],
  ['layer src/checker', 'src/checker/a.ts', '../runtime/host.ts'],
  ['layer src/checker', 'src/checker/engine/b.ts', '../../../spec/raft/index.ts'],
  ['layer src/runtime', 'src/runtime/a.ts', '../checker/check.ts'],
  ['layer src/examples', 'src/examples/a.ts', '../checker/check.ts'],
  ['layer src/serve', 'src/serve/a.ts', '../checker/check.ts'],
  ['layer src/load', 'src/load/a.ts', '../checker/check.ts'],
  ['layer src/crew', 'src/crew/a.ts', '../cli/main.ts'],
  ['layer src/cli', 'src/cli/a.ts', '../../spec/raft/index.ts'],
  ['layer src/jest', 'src/jest/a.ts', '../cli/main.ts'],
  ['layer models', 'models/raft/a.model.ts', '../../src/checker/check.ts'],
  ['the engine is sealed', 'src/cli/b.ts', '../checker/engine/search.ts'],
  ['no cycles', 'src/model/c.ts', './d.ts'],
  ['imports resolve', 'src/model/e.ts', './nowhere.ts'],
  ['imports are declared', 'src/cli/c.ts', 'fast-check'],
  ['imports are declared', 'src/cli/d.ts', 'left-pad'],
  ['commander is confined', 'src/checker/b.ts', 'commander'],
  ['picocolors is confined', 'src/checker/c.ts', 'picocolors'],
  ['esbuild is confined', 'src/checker/d.ts', 'esbuild'],
  ['pino is confined', 'src/runtime/b.ts', 'pino'],
  ['prom-client is confined', 'src/runtime/c.ts', 'prom-client'],
  ['no input or output here', 'src/consistency/b.ts', 'node:fs']
]

const confined = ['commander', 'picocolors', 'esbuild', 'pino', 'prom-client']
const emptyModule = 'export const nothing = null\n'

/** The files that the arrows start from and lead to, and packages to be imported. */
export const treeOfArrows: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    dependencies: Object.fromEntries(confined.map((name) => [name, '1.0.0'])),
    devDependencies: { 'fast-check': '1.0.0' }
  }),
  ...Object.fromEntries(
    [...confined, 'fast-check', 'left-pad'].flatMap((name) => [
      [`node_modules/${name}/package.json`, `{ "name": "${name}", "version": "1.0.0", "main": "index.js" }`],
      [`node_modules/${name}/index.js`, emptyModule]
    ])
  ),
  ...Object.fromEntries(
    [
      ...['spec/raft/index.ts', 'spec/paxos/index.ts', 'src/model/model.ts', 'src/checker/check.ts'],
      ...['src/checker/engine/search.ts', 'src/runtime/host.ts', 'src/cli/main.ts']
    ].map((path) => [path, emptyModule])
  ),
  'src/model/d.ts': "export * from './c.ts'\n",
  ...Object.fromEntries(wrongArrows.map(([, from, to]) => [from, `export * from '${to}'\n`]))
}
