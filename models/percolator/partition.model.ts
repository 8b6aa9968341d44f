/** A transfer and a report, while one node hears nobody, or is not heard. On this network it adds nothing but the waiting. */
import { Natural } from '../../spec/kernel/index.ts'
import { percolator, percolatorSafety } from '../../spec/percolator/index.ts'
import { between, oneWay } from '../../src/model/cuts.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, level, transaction } from './cluster.ts'

const nodes = cluster(2)
const ids = Object.keys(nodes)
const others = (id: string) => ids.filter((other) => other !== id)

/** The client in the middle of its transfer, the oracle or a shard is alone, or does not hear, or is not heard. */
const cuts = ['c1', 'oracle', 'shard-y'].flatMap((id) => [
  between([id], others(id)),
  oneWay([id], others(id)),
  oneWay(others(id), [id])
])

export default parametric({ crashes: parameter(Natural, 0, 'crashes, of any node') }, ({ crashes }) =>
  model({
    name: 'percolator-partition',
    protocol: percolator,
    nodes,
    network: asynchronous(),
    faults: { crashes, partitions: { times: 1, cuts } },
    requests: [transaction('transfer', 'c1', 'r x', 'w x 1', 'w y 1'), transaction('report', 'c2', 'r y', 'r x')],
    properties: [level('strong-snapshot-isolation'), ...percolatorSafety],
    mayStop: true
  })
)
