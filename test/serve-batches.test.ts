/** What travels together, in a time that passes when it is told to. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { either } from 'fp-ts'
import { batches } from '../src/serve/batches.ts'
import type { Outcome } from '../src/serve/outcome.ts'
import type { Item } from '../src/serve/store/store.ts'

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

const pass = (milliseconds: number): Promise<void> => jest.advanceTimersByTimeAsync(milliseconds)

/** Batches of one at a time, each of which takes so long. */
const lane = (takes: number, gather = 5) => {
  const sent: string[] = []
  const answered: string[] = []
  const send = (items: ReadonlyArray<Item>): Promise<Outcome> => {
    sent.push(items.map((item) => ('all' in item ? '?' : item[1])).join(' '))
    return new Promise((resolve) => {
      setTimeout(() => resolve(either.right(items.map(() => 'OK'))), takes)
    })
  }
  const options = { underWay: 1, items: 100, bytes: 1e6, isRepeatable: false, gather, pause: 20 }
  const { add } = batches({ ...options, send, barred: () => null })
  const ask = (...keys: ReadonlyArray<string>): void => {
    for (const key of keys)
      add({ items: [['SET', key, '1']], bytes: 1, here: false, latest: 1e6, settle: () => answered.push(key) })
  }
  return { sent, answered, ask }
}

describe('a batch', () => {
  test('is what comes in one round of the loop, and what comes while another one is under way', async () => {
    const { sent, answered, ask } = lane(2)
    ask('a', 'b')
    await pass(1)
    ask('c')
    await pass(0)
    ask('d')
    expect(sent).toEqual(['a b'])
    await pass(3)
    expect([sent, answered]).toEqual([
      ['a b', 'c d'],
      ['a', 'b']
    ])
  })

  test('waits for those that were answered, where others wait and batches take long', async () => {
    const { sent, ask } = lane(12)
    ask('a')
    await pass(1)
    ask('b')
    await pass(12)
    expect(sent).toEqual(['a'])
    ask('a')
    await pass(0)
    expect(sent).toEqual(['a', 'b a'])
  })

  test('and no longer than a fraction of that', async () => {
    const { sent, ask } = lane(12)
    ask('a')
    await pass(1)
    ask('b')
    await pass(12)
    expect(sent).toEqual(['a'])
    await pass(3)
    expect(sent).toEqual(['a', 'b'])
  })

  test.each([
    { why: 'batches take little time', takes: 2, gather: 5 },
    { why: 'waiting is off', takes: 12, gather: 0 }
  ])('waits for nobody where $why', async ({ takes, gather }) => {
    const { sent, ask } = lane(takes, gather)
    ask('a')
    await pass(1)
    ask('b')
    await pass(takes)
    expect(sent).toEqual(['a', 'b'])
  })

  test('of one who asks again goes at once', async () => {
    const { sent, ask } = lane(12)
    ask('a')
    await pass(13)
    ask('a')
    await pass(0)
    expect(sent).toEqual(['a', 'a'])
  })
})
