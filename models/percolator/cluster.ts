/** What the models of Percolator have in common. */
import type { NodeId, Protocol } from '../../spec/kernel/index.ts'
import type { Config, Operation, Percolator, Result } from '../../spec/percolator/index.ts'
import { isolated, type IsolatedOptions } from '../../src/consistency/isolated.ts'
import type { Level } from '../../src/consistency/isolation/levels.ts'
import type { Operations } from '../../src/consistency/isolation/transactions.ts'
import { asynchronous, model, type Faults, type ModelRequest } from '../../src/model/model.ts'

/** x at one shard, y and z at the other. */
export const config: Config = {
  oracle: 'oracle',
  shards: [
    { from: '', node: 'shard-x' },
    { from: 'y', node: 'shard-y' }
  ]
}

/** An oracle, a shard for x and one for y, and clients `c1` to `cN`. */
export const cluster = (clients: number): Readonly<Record<NodeId, Config>> =>
  Object.fromEntries(
    ['oracle', 'shard-x', 'shard-y', ...Array.from({ length: clients }, (_, index) => `c${index + 1}`)].map((id) => [
      id,
      config
    ])
  )

/** A transaction at a client, in few words: `r x` reads x, `w x 1` writes 1 to x. */
export const transaction = (name: string, at: NodeId, ...words: ReadonlyArray<string>): ModelRequest<Percolator> => ({
  name,
  request: { type: 'run', operations: words.map(operationOf) },
  at: [at]
})

const operationOf = (words: string): Operation => {
  const [name, key = '', value = ''] = words.split(' ')
  return name === 'r' ? { type: 'read', key } : { type: 'write', key, value: Number(value) }
}

const asked = (operations: ReadonlyArray<Operation>): Operations =>
  operations.map((operation) =>
    operation.type === 'read' ? ['r', operation.key, null] : ['w', operation.key, operation.value ?? '']
  )

const answered = (results: ReadonlyArray<Result>): Operations =>
  results.map((result) =>
    result.type === 'read' ? ['r', result.key, result.value] : ['w', result.key, result.value ?? '']
  )

/** What clients see is of this level. */
export const level = (named: Level, options: IsolatedOptions = {}) =>
  isolated<Percolator>(
    named,
    named,
    {
      operation: ({ operations }) => asked(operations),
      answer: (response) =>
        response.type === 'committed' ? { type: 'ok', response: answered(response.results) } : { type: 'fail' }
    },
    options
  )

/** A model that breaks its promise. */
export const breaking = (
  name: string,
  protocol: Protocol<Percolator>,
  requests: ReadonlyArray<ModelRequest<Percolator>>,
  faults: Faults = {}
) =>
  model({
    name,
    protocol,
    nodes: cluster(new Set(requests.flatMap(({ at = [] }) => at)).size),
    network: asynchronous(),
    faults,
    requests,
    properties: [level('snapshot-isolation')],
    mayStop: true,
    expect: { violates: 'snapshot-isolation' }
  })

/** A transfer that writes both keys, and a client that looks at them twice. */
export const reported = [
  transaction('transfer', 'c1', 'w x 1', 'w y 1'),
  transaction('report', 'c2', 'r y', 'r x'),
  transaction('again', 'c2', 'r x', 'r y')
]
