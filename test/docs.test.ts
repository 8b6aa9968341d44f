/**
 * The documents are true: their code compiles and runs, their commands show what they say, what they quote is there, and
 * what is printed from the code is what the code prints. With UPDATE_GOLDEN=1 (`npm run docs`) outputs and prints are
 * written anew: look at the difference, and commit only what you understand.
 */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { codes } from '../src/model/problem.ts'
import { blocksOf, commandsOf, printsOf, withBlock, withPrints, type Block } from './docs/blocks.ts'
import { projectWith, quorate, root, runProgram } from './support/command.ts'

const isUpdating = process.env['UPDATE_GOLDEN'] === '1'

const documents = [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name))
    .toSorted()
]

/** What may differ from run to run and from machine to machine. */
const steady = (output: string): string =>
  output
    .replaceAll(/\d+\.\d\d( s\b|$)/gm, '0.00$1')
    .replaceAll(/^ +.* states\/s, .* per state, peak memory .*$/gm, '    0 states/s, 0 B per state, peak memory 0 MiB')
    .trim()

const codeTable = [
  '| code | what is wrong | the mend |',
  '|---|---|---|',
  ...Object.entries(codes).map(([code, { title, mend }]) => `| ${code} | ${title} | ${mend.replaceAll('|', '\\|')} |`)
].join('\n')

const printedByProcess = async (): Promise<Readonly<Record<string, string>>> => {
  const { status, out, err } = await runProgram(process.execPath, ['test/docs/tables.mjs'])
  if (status !== 0) throw new Error(err)
  return JSON.parse(out) as Readonly<Record<string, string>>
}

/** A `…` stands for lines that are left out. */
const piecesOf = (text: string): ReadonlyArray<string> =>
  text
    .split(/^…$/m)
    .map((piece) => piece.replaceAll(/^\n+|\n+$/g, ''))
    .filter((piece) => piece !== '')

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const scripts = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }

/** `npm ci && npm run check # …`: whether each part is a script of this package. */
const isKnownShell = (line: string): boolean =>
  line
    .replace(/#.*/, '')
    .split('&&')
    .every((part) => {
      const [, word = '', script = ''] = /^npm (\w+) ?(\S*)$/.exec(part.trim()) ?? []
      return word === 'ci' || (word === 'test' && script === '') || (word === 'run' && script in scripts.scripts)
    })

/** A project for the files of one document, with this package installed and its models at hand. */
const projectFor = (blocks: ReadonlyArray<Block>): string => {
  const files = blocks.flatMap(({ mark, language, text, line }): ReadonlyArray<readonly [string, string]> => {
    if (mark?.key === 'file') return [[mark.value, text]]
    return mark === null && language === 'ts' ? [[`line-${line}.ts`, text]] : []
  })
  const folder = projectWith({
    'package.json': '{ "type": "module" }',
    'tsconfig.json': JSON.stringify({ extends: join(root, 'tsconfig.json'), include: ['*.ts'] }),
    ...Object.fromEntries(files)
  })
  mkdirSync(join(folder, 'node_modules/@jest'))
  for (const name of ['ts-pattern', 'prom-client', '@jest/globals', '@types'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  symlinkSync(join(root, 'models'), join(folder, 'models'))
  return folder
}

/** Writes a block anew: found by its position, for earlier blocks may have grown. */
const rewrite = (path: string, position: number, text: string): void => {
  const document = read(path)
  const block = blocksOf(document)[position]
  if (block !== undefined) writeFileSync(join(root, path), withBlock(document, block, text))
}

const kindOf = ({ mark, language }: Block): string => (mark === null ? language : mark.key)

describe.each(documents)('%s', (path) => {
  const document = read(path)
  const blocks = blocksOf(document)
  const of = (kind: string) => blocks.filter((block) => kindOf(block) === kind)
  const programs = [...of('file'), ...of('ts')].filter(({ language }) => language === 'ts')
  const project = programs.length + of('console').length > 0 ? projectFor(blocks) : root

  test('every block is of a kind that is tested', () => {
    const known = ['file', 'from', 'golden', 'ts', 'console', 'sh', 'text', 'mermaid', '']
    expect(blocks.filter((block) => !known.includes(kindOf(block)))).toEqual([])
    const fences = document.split('\n').filter((line) => line.startsWith('```')).length
    expect(fences).toBe(2 * blocks.length)
  })

  if (programs.length > 0)
    test('the code compiles', async () => {
      const { out } = await runProgram(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project])
      expect(out).toBe('')
    })

  for (const block of of('console'))
    test(`line ${block.line}: the commands show what is shown`, async () => {
      const shown: string[] = []
      for (const { line, output } of commandsOf(block)) {
        expect(line).toMatch(/^(npx )?quorate /)
        const { out, err } = await quorate(line.replace(/^(npx )?quorate /, ''), { cwd: project })
        shown.push(`$ ${line}\n${`${out}${err}`.trim()}`.trim())
        if (!isUpdating) expect(steady(`${out}${err}`)).toBe(steady(output))
      }
      if (isUpdating && steady(shown.join('\n')) !== steady(block.text))
        rewrite(path, blocks.indexOf(block), shown.join('\n'))
    })

  const tests = programs.filter(({ mark }) => mark?.value.endsWith('.test.ts'))
  if (tests.length > 0)
    test('the tests pass', async () => {
      const config = {
        rootDir: project,
        testMatch: ['**/*.test.ts'],
        extensionsToTreatAsEsm: ['.ts'],
        transform: {
          '^.+\\.ts$': [
            join(root, 'node_modules/@swc/jest'),
            { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }
          ]
        }
      }
      const ran = await runProgram(
        process.execPath,
        [
          '--experimental-vm-modules',
          join(root, 'node_modules/jest/bin/jest.js'),
          '--config',
          JSON.stringify(config),
          '--reporters',
          'default'
        ],
        { cwd: project }
      )
      expect(ran.status === 0 ? '' : ran.err).toBe('')
    })

  const runnable = programs.filter(({ mark }) => mark === null || !/\.(model|test)\.ts$/.test(mark.value))
  for (const { mark, line } of runnable)
    test(`line ${line}: the code runs`, async () => {
      const file = mark?.value ?? `line-${line}.ts`
      const output = file.replace(/\.ts$/, '.mjs')
      const bundler = [
        file,
        '--bundle',
        '--packages=external',
        '--format=esm',
        '--platform=node',
        `--outfile=${output}`
      ]
      await runProgram(join(root, 'node_modules/.bin/esbuild'), bundler, { cwd: project })
      const ran = await runProgram(process.execPath, [output], { cwd: project })
      expect(ran.status === 0 ? '' : ran.err).toBe('')
    })

  for (const { text, line } of of('sh'))
    test(`line ${line}: the scripts are there`, () => {
      expect(
        text
          .trim()
          .split('\n')
          .filter((one) => !isKnownShell(one))
      ).toEqual([])
    })

  for (const { mark, text, line } of of('from'))
    test(`line ${line}: ${mark?.value} says so`, () => {
      const source = read(mark?.value ?? '')
      expect(piecesOf(text).filter((piece) => !source.includes(piece))).toEqual([])
    })

  for (const block of of('golden'))
    test(`line ${block.line}: ${block.mark?.value} says so`, () => {
      const golden = read(block.mark?.value ?? '')
      if (isUpdating) rewrite(path, blocks.indexOf(block), golden)
      else expect(block.text.trimEnd()).toBe(golden.trimEnd())
    })

  if (printsOf(document).length > 0)
    test('what is printed from the code is what the code prints', async () => {
      const byProcess = printsOf(document).some(([name]) => name !== 'errors') ? await printedByProcess() : {}
      const print = (name: string): string => (name === 'errors' ? codeTable : (byProcess[name] ?? ''))
      if (isUpdating) writeFileSync(join(root, path), withPrints(read(path), print))
      else for (const [name, text] of printsOf(document)) expect(text).toBe(print(name))
    })

  const linked = [...document.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(([, to = '']) => to)
  test('links lead somewhere', () => {
    const folder = join(root, dirname(path))
    const isThere = (to: string) => readdirSync(join(folder, dirname(to))).includes(to.split('/').at(-1) ?? '')
    expect(linked.filter((to) => !to.endsWith('/') && !isThere(to))).toEqual([])
  })
})
