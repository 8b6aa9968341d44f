/** Requests to a node that gives up the office that it answers them in. */
import { expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import { host, memoryDisk, memoryNetwork, systemClock, systemRandom } from '../src/runtime/index.ts'
import { rightOf } from './support/runs.ts'
import { ledger, type Ledger } from './runtime/ledger.ts'

/** @param offices that it holds, by the total; none from there on */
const started = async (...offices: ReadonlyArray<string | null>) => {
  const network = rightOf(memoryNetwork({ protocol: ledger, clock: systemClock, random: systemRandom }))
  const node = rightOf(
    await host<Ledger>({
      protocol: ledger,
      self: { id: 'a', nodes: ['a'], config: null },
      timers: { tick: 1000 },
      storage: memoryDisk().storage(),
      transport: network.transport('a'),
      office: ({ total }) => offices[total] ?? null
    })
  )
  const ask = async (type: 'ignore' | 'add', deadline = 60_000): Promise<string> => {
    const answer = await node.request(type === 'add' ? { type, amount: 1 } : { type }, { deadline })
    if (either.isRight(answer)) return `total ${answer.right.total}`
    return `${answer.left.type}, ${answer.left.mayHaveHappened ? 'perhaps' : 'never'}`
  }
  return { node, ask }
}

test('those that are open end at once, as deposed; what was answered before is answered', async () => {
  const { node, ask } = await started('first', 'second')
  const waiting = ask('ignore')
  expect(await ask('add')).toBe('total 1')
  expect(await waiting).toBe('deposed, perhaps')
  await node.stop()
})

test('also where an office is taken, asked in, and given up in one turn', async () => {
  const { node, ask } = await started(null, 'only')
  expect(await Promise.all([ask('add'), ask('ignore'), ask('add')])).toEqual(['total 1', 'deposed, perhaps', 'total 2'])
  await node.stop()
})

test('a node in no office keeps requests until their deadline', async () => {
  const { node, ask } = await started()
  await Promise.all([ask('add'), ask('add')])
  const waiting = ask('ignore', 50)
  expect(await ask('add')).toBe('total 3')
  expect(await waiting).toBe('timeout, perhaps')
  await node.stop()
})
