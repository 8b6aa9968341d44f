/** A linearizable register while nodes do not hear each other, in every way, with a crash besides. */
import { Natural } from '../../spec/kernel/index.ts'
import {
  allHoldOneWrite,
  copiesOnlyGrowNewer,
  quorumVoting,
  versionsAreUnique
} from '../../spec/quorum-voting/index.ts'
import { oneWayCuts, symmetricCuts } from '../../src/model/cuts.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { linearizable, majorities, read, write } from './cluster.ts'

const ids = Object.keys(majorities)

export default parametric({ crashes: parameter(Natural, 1, 'crashes with restart, of any node') }, ({ crashes }) =>
  model({
    name: 'quorum-voting-partition',
    protocol: quorumVoting,
    nodes: majorities,
    network: asynchronous(),
    faults: { crashes, partitions: { times: 1, cuts: [...symmetricCuts(ids), ...oneWayCuts(ids)] } },
    requests: [write('a', 'n1'), read('n2')],
    properties: [linearizable, copiesOnlyGrowNewer, versionsAreUnique, allHoldOneWrite],
    mayStop: true
  })
)
