/**
 * A server joins three others, and if asked, the first of them goes: one change after the other, each by a majority of the servers there
 * are by then. n1 stands for election in odd terms, n2 in even ones.
 */
import * as t from 'io-ts'
import { Natural, Positive } from '../../spec/kernel/index.ts'
import { membershipChanges, noDisjointMajorities, raft, safety } from '../../spec/raft/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { asPublished, changes, cluster } from './cluster.ts'
import { electingInTurns } from './last-term.ts'
import { forgetful, prompt } from './lean.ts'

const leaders = ['n1', 'n2']
const voters = ['n1', 'n2', 'n3']
const join = changes('add-n4', [...voters, 'n4'], leaders)
const leave = changes('remove-n1', ['n2', 'n3', 'n4'], leaders)

export default parametric(
  {
    terms: parameter(Positive, 1, 'the last term'),
    leaves: parameter(t.boolean, false, 'whether n1 is removed, too'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any server')
  },
  ({ terms, leaves, crashes }) =>
    model({
      name: 'raft-fourth-server',
      protocol: prompt(forgetful(electingInTurns(terms, raft))),
      nodes: cluster(4, { ...asPublished, noop: true, voters }).nodes,
      network: asynchronous(),
      faults: { crashes },
      requests: leaves ? [join, leave] : [join],
      mayStop: true,
      properties: [...safety, noDisjointMajorities, membershipChanges]
    })
)
