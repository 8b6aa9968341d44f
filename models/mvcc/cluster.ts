/** What the models of multiversion concurrency control have in common. */
import type { NodeId, Protocol } from '../../spec/kernel/index.ts'
import { mvcc, type Config, type Isolation, type Mvcc, type Operation, type Result } from '../../spec/mvcc/index.ts'
import { fifo, model, type ModelRequest } from '../../src/model/model.ts'
import { isolated, type IsolatedOptions } from '../../src/consistency/isolated.ts'
import type { Level } from '../../src/consistency/isolation/levels.ts'
import type { MicroOperation, Operations } from '../../src/consistency/isolation/transactions.ts'

/** `store`, and sessions `s1` to `sN`. */
export const cluster = (isolation: Isolation, sessions: number): Readonly<Record<NodeId, Config>> =>
  Object.fromEntries(
    ['store', ...Array.from({ length: sessions }, (_, index) => `s${index + 1}`)].map((id) => [
      id,
      { store: 'store', isolation }
    ])
  )

/** Every key of the models: what a scan may find. */
const keys = ['x', 'y']

/**
 * A transaction at a session, in few words: `r x` reads x, `w x 1` writes 1 to x, `scan` reads all keys, and `abort`, if it
 * is there, is how it ends.
 */
export const transaction = (name: string, at: NodeId, ...words: ReadonlyArray<string>): ModelRequest<Mvcc> => ({
  name,
  request: {
    type: 'run',
    operations: words.filter((word) => word !== 'abort').map(operationOf),
    end: words.includes('abort') ? 'abort' : 'commit'
  },
  at: [at]
})

const operationOf = (words: string): Operation => {
  const [name, key = '', value = ''] = words.split(' ')
  if (name === 'scan') return { type: 'scan', from: 'x', to: 'y' }
  return name === 'r' ? { type: 'read', key } : { type: 'write', key, value: Number(value) }
}

const asked = (operation: Operation): Operations => {
  if (operation.type === 'read') return [['r', operation.key, null]]
  return operation.type === 'scan' ? keys.map((key) => ['r', key, null]) : [['w', operation.key, operation.value ?? '']]
}

const answered = (result: Result): Operations => {
  if (result.type === 'read') return [['r', result.key, result.value]]
  if (result.type === 'write') return [['w', result.key, result.value ?? '']]
  return keys.map((key): MicroOperation => ['r', key, result.items.find((item) => item.key === key)?.value ?? null])
}

/** What clients see is of this level. */
export const level = (named: Level, options: IsolatedOptions = {}) =>
  isolated<Mvcc>(
    named,
    named,
    {
      operation: ({ operations }) => operations.flatMap(asked),
      answer: (response) =>
        response.type === 'committed' ? { type: 'ok', response: response.results.flatMap(answered) } : { type: 'fail' }
    },
    options
  )

/** A model that breaks its promise: without crashes, so that the shortest run to the anomaly is all there is to see. */
export const breaking = (
  name: string,
  isolation: Isolation,
  requests: ReadonlyArray<ModelRequest<Mvcc>>,
  broken: Level,
  protocol: Protocol<Mvcc> = mvcc
) =>
  model({
    name,
    protocol,
    nodes: cluster(isolation, requests.length),
    network: fifo(),
    requests,
    properties: [level(broken)],
    mayStop: true,
    expect: { violates: broken }
  })
