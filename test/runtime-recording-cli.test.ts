/** `quorate replay` of recordings and `quorate validate`, as a user runs them. */
import { expect, test } from '@jest/globals'
import { lines, projectWith, quorate } from './support/command.ts'
import { cluster } from './runtime/cluster.ts'
import { ledger, sum, type Ledger } from './runtime/ledger.ts'

/** The protocol again, as its user would have it in a model file. */
const model = (root: string, property: string): string => `
import { ledger } from '${root}/test/runtime/ledger.ts'
export default {
  name: 'ledger', protocol: ledger, nodes: { a: null, b: null }, network: { kind: 'asynchronous' },
  properties: [
    { kind: 'always', name: 'totals-are-small', holds: ({ nodes }) => nodes.every(({ durable }) => ${property}) },
    { kind: 'step', name: 'totals-never-fall', holds: ({ before, after }) => after.durable.total >= before.durable.total },
    { kind: 'history', name: 'no-answer-twice', initial: [],
      next: (ids, record) => record.type === 'reply' ? [...ids, record.id] : ids, holds: (ids) => new Set(ids).size === ids.length },
    { kind: 'reachable', name: 'never', holds: () => false }
  ]
}
`

const history = [
  { type: 'invoke', process: 0, operation: { type: 'add', value: 2 } },
  { type: 'ok', process: 0, response: null },
  { type: 'invoke', process: 0, operation: { type: 'read' } },
  { type: 'ok', process: 0, response: 2 }
]
  .map((record) => `${JSON.stringify(record)}\n`)
  .join('')

/** A folder with the recordings of two nodes, one of which was killed in between. */
const recorded = async (change: (name: string, text: string) => string = (_name, text) => text, lost = 0) => {
  const running = cluster<Ledger>({
    protocol: ledger,
    timers: { tick: 20 },
    configs: { a: null, b: null },
    machine: () => sum,
    seed: 1
  })
  const { clock, disks, nodes, start, kill, stop } = running
  await start('a')
  await start('b')
  const add = async () => {
    void nodes().get('a')?.request({ type: 'add', amount: 2 })
    await clock.pass(20)
  }
  await add()
  await add()
  kill('a')
  disks['a']?.lose(lost)
  await start('a')
  await add()
  await stop('a')
  await stop('b')
  const files = running.recordings().map(([name, text], index) => {
    const path = `${name.slice(0, 1)}.00000${index + 1}.recording.jsonl`
    return [path, change(path, text)]
  })
  return projectWith({
    ...Object.fromEntries(files),
    'clients.history.jsonl': history,
    'ledger.model.ts': model(process.cwd(), 'durable.total < 100'),
    'strict.model.ts': model(process.cwd(), 'durable.total < 4')
  })
}

test('what a cluster recorded is replayed and validated', async () => {
  const cwd = await recorded()
  const { status, out, err } = await quorate('validate . --model ledger.model.ts --as linearizable:counter', { cwd })
  expect([err, status]).toEqual(['', 0])
  expect(lines(out).slice(0, 4)).toEqual([
    '✓ a: 2 files, 5 steps in 2 lives, 1 without an end, replayed, 2 with their effects',
    '✓ b: 1 file, 4 steps replayed, 1 with their effects',
    '✓ at each of 12 moments: totals-are-small, totals-never-fall, no-answer-twice',
    'clients.history.jsonl: 2 calls by 1 process, json-lines'
  ])
  const replayed = await quorate('replay a.000001.recording.jsonl --model ledger.model.ts', { cwd })
  expect([replayed.status, replayed.out]).toEqual([
    0,
    '✓ a.000001.recording.jsonl: 3 steps of a, ledger: the same rules, and of 1 step the same effects, and no end\n'
  ])
})

test('what is wrong is named, with node and line', async () => {
  const cwd = await recorded()
  const strict = await quorate('validate . --model strict.model.ts', { cwd })
  expect(strict.status).toBe(1)
  expect(strict.out).toContain('✗ totals-are-small is violated by a, line 4')
  expect(strict.out).toContain('? 1 history not judged')
  const wrong = await quorate('validate . --model ledger.model.ts --as linearizable:queue', { cwd })
  expect(wrong.status).toBe(2)
  expect((await quorate('validate . ', { cwd })).err).toContain('name a model of ledger with --model')
  expect((await quorate('validate nowhere --model ledger.model.ts', { cwd })).err).toContain('Q301')
})

test('a node that lost what it had made durable is named', async () => {
  // Of the last commit alone it cannot be told whether it came to its end; of the one before it can.
  const once = await quorate('validate . --model ledger.model.ts', { cwd: await recorded(undefined, 1) })
  expect([once.status, once.out]).toEqual([0, expect.stringContaining('totals-never-fall')])
  const { status, out } = await quorate('validate . --model ledger.model.ts', { cwd: await recorded(undefined, 2) })
  expect(out).toContain('✗ a began anew in a.000003.recording.jsonl without all that it had made durable')
  expect(status).toBe(1)
})

test('a recording that does not replay is an answer, and one that cannot be read is wrong input', async () => {
  const cwd = await recorded((name, text) =>
    name.startsWith('b') ? text.replace('"rule":"hear"', '"rule":"heard"') : text
  )
  for (const line of ['validate .', 'replay b.000002.recording.jsonl']) {
    const { status, err } = await quorate(`${line} --model ledger.model.ts`, { cwd })
    expect(err).toContain('Q723 rule "heard" fired, and now it is "hear"')
    expect(err).toContain('in line 3')
    expect(status).toBe(1)
  }
  const broken = await recorded((_name, text) => text.replace('"is":"step"', '"is":"stop"'))
  expect((await quorate('validate . --model ledger.model.ts', { cwd: broken })).status).toBe(2)
})
