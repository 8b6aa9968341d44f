/** What is asked of all shipped models together: that nothing in a protocol goes unused, and that every protocol is shown broken. */
import { readdirSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { check } from '../src/checker/index.ts'
import type { Model, ParametricModel } from '../src/model/index.ts'
import { rightOf } from './support/runs.ts'

type Exported = Model<any> | ParametricModel

interface Shipped {
  readonly folder: string
  readonly model: Model<any>
}

const isExported = (value: unknown): value is Exported =>
  typeof value === 'object' && value !== null && ('parameters' in value || 'protocol' in value)

/** At its default parameters. */
const built = (exported: Exported): Model<any> =>
  'parameters' in exported
    ? exported.build(
        Object.fromEntries(Object.entries(exported.parameters).map(([name, { byDefault }]) => [name, byDefault]))
      )
    : exported

const paths = readdirSync('models', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.model.ts'))

// One after the other: jest does not link modules that are imported twice at a time.
const shipped: Shipped[] = []
for (const path of paths.toSorted()) {
  const exports = (await import(`../models/${path}`)) as Readonly<Record<string, unknown>>
  const folder = path.split('/')[0] ?? ''
  shipped.push(
    ...Object.values(exports)
      .filter(isExported)
      .map((exported) => ({ folder, model: built(exported) }))
  )
}

const folders = [...new Set(shipped.map(({ folder }) => folder))]
const protocols = [...new Set(shipped.map(({ model }) => model.protocol.name))]

const isMeantToFail = ({ expect: expected = 'holds' }: Model<any>): boolean => expected !== 'holds'

/** Some of their rules fire only deep in a search. Their own tests see them, in models with other parameters. */
const coveredElsewhere = ['mvcc', 'published-single-decree', 'raft', 'split-brain']

describe('every rule fires in some model', () => {
  /** Most rules fire early: a model is searched further only while something is missing. */
  const limits = [2000, 20_000]

  test.each(protocols.filter((name) => !coveredElsewhere.includes(name)))(
    'of %s',
    async (protocol) => {
      const models = shipped.map(({ model }) => model).filter((model) => model.protocol.name === protocol)
      const missing = new Set(models.flatMap((model) => model.protocol.rules))
      for (const maxStates of limits)
        for (const model of models) {
          if (missing.size === 0) break
          const { rules } = rightOf(await check(model, { maxStates }))
          rules.fired.forEach((rule) => missing.delete(rule))
        }
      expect([...missing]).toEqual([])
    },
    60_000
  )
})

/** A cluster of one, and one that was set up wrong: they claim to tolerate nothing. */
const mayBeSmall = ['raft-alone', 'saga-set-up-wrong']

describe.each(folders.filter((folder) => folder !== 'published'))('%s', (folder) => {
  const models = shipped.filter((one) => one.folder === folder)
  const failing = models.filter(({ model }) => isMeantToFail(model))

  test('has at least three models that are meant to fail, each with the text of its trace', () => {
    expect(failing.length).toBeGreaterThanOrEqual(3)
    const traced = failing.filter(({ model: { expect: so } }) => !(typeof so === 'object' && 'unreachable' in so))
    const texts = readdirSync(`test/golden/${folder}`).filter((name) => name.endsWith('.txt'))
    expect(texts.length).toBeGreaterThanOrEqual(traced.length)
  })

  test('has three nodes in each model that is meant to hold', () => {
    const small = models.filter(({ model }) => !isMeantToFail(model) && Object.keys(model.nodes).length < 3)
    expect(small.map(({ model }) => model.name).filter((name) => !mayBeSmall.includes(name))).toEqual([])
  })
})
