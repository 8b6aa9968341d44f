/** The house rules, and that each of them would be noticed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { impurities, treeOfArrows, withFiles, wrongArrows } from './house/planted.ts'

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
