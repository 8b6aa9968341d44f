/** The house rules, and that each of them would be noticed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { AnySignature, Protocol } from '../spec/kernel/index.ts'
import { codes } from '../src/model/problem.ts'
import { impurities, treeOfArrows, withFiles, wrongArrows } from './house/planted.ts'
import { citationsIn, filesIn, isTooLong, lengthOf, median, rowsOf } from './house/text.ts'
import { plants } from './support/plants.ts'

const bin = (name: string): string => resolve('node_modules/.bin', name)

interface Finding {
  readonly filename: string
  readonly code: string
}

describe('a spec is pure', () => {
  const fileOf = (index: number) => `spec/planted/${index}.ts`
  const found = withFiles(
    Object.fromEntries(impurities.map(([, text], index) => [fileOf(index), `${text}\n`])),
    (folder) => {
      mkdirSync(join(folder, 'test/house'), { recursive: true })
      for (const path of ['.oxlintrc.json', 'test/house/pure.mjs']) copyFileSync(path, join(folder, path))
      const { stdout } = spawnSync(bin('oxlint'), ['--format', 'json', 'spec'], { cwd: folder, encoding: 'utf8' })
      return (JSON.parse(stdout) as { readonly diagnostics: ReadonlyArray<Finding> }).diagnostics
    }
  )
  test.each(impurities.map(([rule, text], index) => ({ rule, text, file: fileOf(index) })))(
    '$rule refuses: $text',
    ({ rule, file }) => {
      expect(found.filter(({ filename }) => filename === file).map(({ code }) => code)).toContain(rule)
    }
  )
})

interface Violation {
  readonly from: string
  readonly rule: { readonly name: string }
}

describe('imports point one way', () => {
  const found = withFiles(treeOfArrows, (folder) => {
    copyFileSync('.dependency-cruiser.cjs', join(folder, '.dependency-cruiser.cjs'))
    const { stdout } = spawnSync(
      bin('depcruise'),
      ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'spec', 'src', 'models'],
      { cwd: folder, encoding: 'utf8' }
    )
    return (JSON.parse(stdout) as { readonly summary: { readonly violations: ReadonlyArray<Violation> } }).summary
      .violations
  })
  test.each(wrongArrows.map(([rule, from, to]) => ({ rule, from, to })))(
    '$rule: $from does not import $to',
    ({ rule, from }) => {
      expect(found.filter((violation) => violation.from === from).map(({ rule: { name } }) => name)).toContain(rule)
    }
  )
  test('every rule is planted', () => {
    const planted = new Set(wrongArrows.map(([rule]) => rule))
    const config = JSON.parse(
      execFileSync(process.execPath, ['-p', 'JSON.stringify(require("./.dependency-cruiser.cjs"))'], {
        encoding: 'utf8'
      })
    ) as { readonly forbidden: ReadonlyArray<{ readonly name: string }> }
    expect(config.forbidden.map(({ name }) => name).filter((name) => !planted.has(name))).toEqual([])
  })
})

const source = filesIn(['spec', 'src', 'models'], ['.ts'])
const code = [...source, ...filesIn(['test', 'bench'], ['.ts', '.mjs'])]
const prose = [
  ...code,
  ...filesIn(['spec', 'src', 'docs', 'bench'], ['.md']),
  { path: 'README.md', text: readFileSync('README.md', 'utf8') }
]

describe('files', () => {
  test('have less than 150 lines, half of them', () => {
    expect(median(source.map(lengthOf))).toBeLessThan(150)
    expect(median(code.map(lengthOf))).toBeLessThan(150)
  })

  test('have no more than 400 lines without a reason at their head', () => {
    expect(code.filter(isTooLong).map((file) => `${file.path}: ${lengthOf(file)}`)).toEqual([])
  })

  test('are too long at 401 lines, unless they say why', () => {
    const long = '// one line\n'.repeat(401)
    expect(isTooLong({ path: 'a.ts', text: long })).toBe(true)
    expect(isTooLong({ path: 'a.ts', text: `// Long because it is one table.\n${long}` })).toBe(false)
  })
})

describe('sources', () => {
  const known = rowsOf(readFileSync('docs/SOURCES.md', 'utf8')).map((row) => row.replaceAll(/[[\]]/g, ''))

  test('every key that is cited stands in docs/SOURCES.md', () => {
    const unknown = prose.flatMap((file) =>
      citationsIn(file)
        .filter((key) => !known.includes(key))
        .map((key) => `${file.path}: [${key}]`)
    )
    expect(unknown).toEqual([])
  })

  test('a citation is a key in brackets, in prose', () => {
    const text = '/** After [Raft] §5.1. Not `[Code]`. */\nconst a = parts[Part] // [GL06]\n'
    expect(citationsIn({ path: 'a.ts', text })).toEqual(['Raft', 'GL06'])
    expect(citationsIn({ path: 'a.md', text: '[Raft] and [Not](this.md)' })).toEqual(['Raft'])
  })

  test('stand in order, each once', () => {
    expect(known).toEqual([...new Set(known)].toSorted())
  })
})

test('the glossary has a row for each word, in order', () => {
  const words = rowsOf(readFileSync('docs/GLOSSARY.md', 'utf8'))
  expect(words.length).toBeGreaterThan(50)
  expect(words).toEqual([...new Set(words)].toSorted())
})

test('every error code is given somewhere', () => {
  const givers = source.filter(({ path }) => path !== 'src/model/problem.ts').map(({ text }) => text)
  expect(Object.keys(codes).filter((name) => !givers.some((text) => text.includes(`'${name}'`)))).toEqual([])
})

describe('protocols', () => {
  const folders = readdirSync('spec').filter((name) => name !== 'kernel')

  test.each(folders)('%s has the files of a protocol', (folder) => {
    const parts = ['README.md', 'index.ts', 'messages.ts', 'state.ts', 'transitions.ts', 'properties.ts', 'protocol.ts']
    expect(parts.filter((part) => !existsSync(join('spec', folder, part)))).toEqual([])
  })

  test.each(folders)('%s names its rules, each once, in kebab-case', async (folder) => {
    const exported = Object.values((await import(`../spec/${folder}/index.ts`)) as Readonly<Record<string, unknown>>)
    const protocols = exported.filter(
      (value): value is Protocol<AnySignature> => typeof value === 'object' && value !== null && 'wireVersion' in value
    )
    expect(protocols).not.toEqual([])
    for (const { name, rules, timers } of protocols) {
      expect([name, ...rules, ...timers].filter((word) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(String(word)))).toEqual(
        []
      )
      expect(rules).toEqual([...new Set(rules)])
    }
  })

  test('no protocol is named in the checker', () => {
    const named = filesIn(['src/checker'], ['.ts']).flatMap(({ path, text }) =>
      folders.filter((folder) => new RegExp(`\\b${folder}\\b`, 'i').test(text)).map((folder) => `${path}: ${folder}`)
    )
    expect(named).toEqual([])
  })
})

test('every mistake to plant in a reduction has its place in the text, once', () => {
  const misplaced = Object.values(plants)
    .flat()
    .filter(({ file, from }) => readFileSync(file, 'utf8').split(from).length !== 2)
  expect(misplaced.map(({ without }) => without)).toEqual([])
})
