/** A model of each isolation that must hold, whatever transactions run at once. */
import { Natural, type Property } from '../../spec/kernel/index.ts'
import { mvcc, storeSafety, twoCommit, versionsPileUp, type Isolation, type Mvcc } from '../../spec/mvcc/index.ts'
import type { Level } from '../../src/consistency/isolation/levels.ts'
import { fifo, model, type ModelRequest } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, level } from './cluster.ts'
import { contention, crossing, report } from './workloads.ts'

/** Transactions that get in each other's way, and a crash of the store. */
const concurrent = (
  name: string,
  isolation: Isolation,
  requests: ReadonlyArray<ModelRequest<Mvcc>>,
  properties: ReadonlyArray<Property<Mvcc>>
) =>
  parametric({ crashes: parameter(Natural, 1, 'crashes of the store') }, ({ crashes }) =>
    model({
      name,
      protocol: mvcc,
      nodes: cluster(isolation, requests.length),
      network: fifo(),
      faults: { crashes, crashing: ['store'] },
      requests,
      properties: [...properties, ...storeSafety, twoCommit],
      mayStop: true
    })
  )

/** An isolation with the level that it promises. Where updates may be lost, the order of versions cannot be told. */
export const holding = (isolation: Isolation, promised: Level) => {
  const promise = level(promised, { proven: isolation !== 'read-committed' })
  return {
    contended: concurrent(`mvcc-${isolation}`, isolation, contention, [promise, versionsPileUp]),
    crossed: concurrent(`mvcc-${isolation}-crossing`, isolation, crossing, [promise, versionsPileUp]),
    reported: concurrent(`mvcc-${isolation}-report`, isolation, report, [promise])
  }
}
