/** What is published: installed from its tarball into an empty project, it imports, runs and type-checks. */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { root, runProgram } from './support/command.ts'

const node = process.execPath

interface Manifest {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly bin: Readonly<Record<string, string>>
}

const project = mkdtempSync(join(tmpdir(), 'quorate-package-'))
afterAll(() => rmSync(project, { recursive: true }))

const inRoot = (name: string): string => join(root, 'node_modules', name)
const inProject = (...path: ReadonlyArray<string>): string => join(project, 'node_modules', ...path)

// The build is what `npm test` has just made: scripts would make it again under the other tests' feet.
execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', project], { cwd: root })
const [tarball = ''] = readdirSync(project)
execFileSync('tar', ['-xzf', tarball], { cwd: project })
mkdirSync(inProject('.bin'), { recursive: true })
cpSync(join(project, 'package'), inProject('quorate'), { recursive: true })

const installed = inProject('quorate')
const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest

// What `npm install` would fetch, from where it is already.
for (const name of [...Object.keys(manifest.dependencies), '@types']) symlinkSync(inRoot(name), inProject(name))
symlinkSync(join('..', 'quorate', manifest.bin['quorate'] ?? ''), inProject('.bin', 'quorate'))

const write = (path: string, text: string): void => writeFileSync(join(project, path), text)

const protocols = readdirSync(join(installed, 'spec')).filter((name) => name !== 'kernel')
const subpaths = Object.keys(manifest.exports)
  .filter((path) => path !== './package.json')
  .flatMap((path) => (path.includes('*') ? protocols.map((name) => path.replace('*', name)) : [path]))
  .map((path) => path.replace('.', 'quorate'))

const model = `
import * as t from 'io-ts'
import { closed, fired, reachable, send, startTimer, type Protocol, type Signature } from 'quorate/kernel'
import { asynchronous, model } from 'quorate/model'

type Ping = Signature<{ state: number; message: { readonly type: 'ping' }; timer: 'go'; rule: 'start' | 'go' | 'hear' }>

const ping: Protocol<Ping> = {
  name: 'ping',
  wireVersion: 1,
  codecs: { message: closed('Ping', { type: t.literal('ping') }), durable: t.null },
  rules: ['start', 'go', 'hear'],
  timers: ['go'],
  initial: ({ id }) => fired('start', 0, id === 'a' ? startTimer('go') : []),
  step: (_self, state, event) =>
    event.type === 'timeout' ? fired('go', state, send('b', { type: 'ping' })) : fired('hear', 1),
  durable: () => null,
  recover: () => fired('start', 0)
}

export default model<Ping>({
  name: 'ping',
  protocol: ping,
  nodes: { a: null, b: null },
  network: asynchronous(),
  properties: [reachable('heard', ({ nodes }) => nodes.some((node) => node.up && node.state === 1))],
  mayStop: true
})
`

describe('the tarball', () => {
  test('holds what is needed, and no more', () => {
    expect(readdirSync(installed).toSorted()).toEqual(
      ['README.md', 'dist', 'docs', 'models', 'package.json', 'spec', 'src'].toSorted()
    )
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
    expect(files.filter((file) => /\.(test\.ts|map|tsbuildinfo)$/.test(file))).toEqual([])
  })

  test('has every file that its exports name', () => {
    const named = Object.values(manifest.exports)
      .flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target)))
      .flatMap((target) => (target.includes('*') ? protocols.map((name) => target.replace('*', name)) : [target]))
    expect(named.filter((file) => !existsSync(join(installed, file)))).toEqual([])
  })

  test('has nothing that publint minds', async () => {
    const { status, out } = await runProgram(join(root, 'node_modules/.bin/publint'), [
      installed,
      '--pack',
      'false',
      '--strict'
    ])
    expect(status === 0 ? '' : out).toBe('')
  })
})

describe('in a project that has installed it', () => {
  test('every subpath can be imported', async () => {
    write('import.mjs', subpaths.map((path) => `await import('${path}')`).join('\n'))
    const { status, err } = await runProgram(node, ['import.mjs'], { cwd: project })
    expect(status === 0 ? '' : err).toBe('')
  })

  test('every subpath can be required', async () => {
    write('require.cjs', subpaths.map((path) => `require('${path}')`).join('\n'))
    const { status, err } = await runProgram(node, ['--no-warnings', 'require.cjs'], { cwd: project })
    expect(status === 0 ? '' : err).toBe('')
  })

  test('types check, of ES modules and of CommonJS, libraries included', async () => {
    const stars = subpaths.map((path, index) => `import * as m${index} from '${path}'`)
    const modules = `export const modules = [${subpaths.map((_, index) => `m${index}`).join(', ')}]`
    write('package.json', '{ "name": "consumer", "private": true }')
    write('model.mts', model)
    write('all.mts', [...stars, modules, ''].join('\n'))
    write(
      'some.cts',
      "import kernel = require('quorate/kernel')\nexport const ids: ReadonlyArray<string> = kernel.setOf(['a'])\n"
    )
    write(
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          target: 'es2023',
          strict: true,
          noEmit: true,
          skipLibCheck: false,
          types: ['node']
        },
        include: ['*.mts', '*.cts']
      })
    )
    const { out } = await runProgram(node, [inRoot('typescript/bin/tsc'), '-p', project])
    expect(out).toBe('')
  })

  test('npx quorate checks a model, and the models that came with it', async () => {
    write('ping.model.ts', model)
    const words = [
      '--no-install',
      'quorate',
      'check',
      'ping.model.ts',
      'node_modules/quorate/models/published/two-phase.model.ts',
      '--json'
    ]
    const { status, out, err } = await runProgram('npx', words, { cwd: project })
    expect(status === 0 ? '' : err).toBe('')
    const { models } = JSON.parse(out) as {
      readonly models: ReadonlyArray<{ readonly name: string; readonly verdict: string }>
    }
    expect(models.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['ping', 'holds'],
      ['published-two-phase', 'holds']
    ])
  })
})

test('npx quorate works in a clone', async () => {
  const { status, out } = await runProgram('npx', ['--no-install', 'quorate', '--version'], { cwd: root })
  expect(status).toBe(0)
  expect(out.trim()).toBe(
    (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }).version
  )
})
