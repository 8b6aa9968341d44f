/** The counterexample of a model that breaks isolation, and under it the cycle that the judge found in what clients saw. */
import { expect } from '@jest/globals'
import { check } from '../../src/checker/index.ts'
import type { IsolatedProperty } from '../../src/consistency/isolated.ts'
import type { Model } from '../../src/model/model.ts'
import { renderText, type Trace } from '../../src/trace/index.ts'
import type { ClientRecord, Property } from '../../spec/kernel/index.ts'
import { expectGolden } from './golden.ts'
import { rightOf } from './runs.ts'

type Seen = ClientRecord<any>

/** What clients saw of a run. */
export const seenIn = ({ steps }: Trace): ReadonlyArray<Seen> =>
  steps.flatMap(({ action, effects }): ReadonlyArray<Seen> => [
    ...(action.type === 'request'
      ? [{ type: 'invoke' as const, id: action.id, node: action.node, request: action.request }]
      : []),
    ...(effects as ReadonlyArray<any>).flatMap((effect): ReadonlyArray<Seen> =>
      effect.type === 'reply' ? [{ type: 'reply', id: effect.id, response: effect.response }] : []
    )
  ])

const isExplained = (property: Property<any> | undefined): property is IsolatedProperty<any> =>
  property !== undefined && 'explain' in property

/** As `expectCounterexample`, for a model whose violated property can say why. */
export const expectExplained = async (model: Model<any>, golden: string): Promise<void> => {
  const { asExpected, trace } = rightOf(await check(model, { reduce: [] }))
  expect(asExpected).toBe(true)
  const property = model.properties.find(({ name }) => name === trace?.property)
  if (trace === null || !isExplained(property)) throw new Error(`${model.name} explains nothing`)
  const content = seenIn(trace).reduce<unknown>((so, record) => property.next(so, record), property.initial)
  expectGolden(golden, `${renderText(trace)}\n${property.explain(content) ?? ''}\n`)
}
