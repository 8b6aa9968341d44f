/** Without a bound on delay a wrong suspicion splits the decision, and this is what still holds: nobody takes a decision back. */
import { allEqual, Natural, reachable } from '../../spec/kernel/index.ts'
import { decisionOf, finality, threePhaseCommit, type ThreePhaseCommit } from '../../spec/three-phase-commit/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, endTransaction } from './cluster.ts'

const sitesDisagree = reachable<ThreePhaseCommit>(
  'sites-disagree',
  ({ nodes }) => !allEqual(nodes.map(decisionOf).filter((decision) => decision !== null))
)

export default parametric({ crashes: parameter(Natural, 2, 'crashes with restart, of any node') }, ({ crashes }) =>
  model({
    name: 'three-phase-commit-suspicion',
    protocol: threePhaseCommit,
    nodes: cluster(2),
    network: asynchronous(),
    faults: { crashes },
    requests: [endTransaction],
    properties: [finality, sitesDisagree],
    mayStop: true
  })
)
