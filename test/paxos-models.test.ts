/** The models of Paxos: verdicts, counts, rules, and the runs that show why each clause is there. */
import { describe, expect, test } from '@jest/globals'
import agreement from '../models/paxos/agreement.model.ts'
import brokenPromise from '../models/paxos/broken-promise.model.ts'
import clients from '../models/paxos/clients.model.ts'
import flexible from '../models/paxos/flexible.model.ts'
import forgottenAcceptance from '../models/paxos/forgotten-acceptance.model.ts'
import forgottenPromise from '../models/paxos/forgotten-promise.model.ts'
import freeChoice from '../models/paxos/free-choice.model.ts'
import lowestProposal from '../models/paxos/lowest-proposal.model.ts'
import oneWayPartition from '../models/paxos/one-way-partition.model.ts'
import partition from '../models/paxos/partition.model.ts'
import reusedBallot from '../models/paxos/reused-ballot.model.ts'
import twoHalves from '../models/paxos/two-halves.model.ts'
import twoMinorities from '../models/paxos/two-minorities.model.ts'
import publishedPaxos from '../models/published/paxos.model.ts'
import singleDecree from '../models/published/single-decree.model.ts'
import { paxos } from '../spec/paxos/index.ts'
import { check, type Report } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

const patience = 120_000

/** Every state, none left out, so that the counts mean the same for every checker. */
const plainly = async (model: Model<any>): Promise<Report> => rightOf(await check(model, { reduce: [] }))

const one = { nodes: 3, proposers: 1, ballots: 1, crashes: 0 }
const four = { nodes: 4, phase1Quorum: 3, phase2Quorum: 2, ballots: 1, crashes: 0 }

describe('the models', () => {
  test.each<{ model: Model<any>; states: number; transitions: number; depth: number }>([
    { model: agreement.build(one), states: 429, transitions: 1289, depth: 16 },
    { model: agreement.build({ ...one, crashes: 1 }), states: 3272, transitions: 12064, depth: 18 },
    { model: agreement.build({ ...one, proposers: 2, ballots: 2 }), states: 124807, transitions: 564214, depth: 27 },
    { model: partition.build({ nodes: 3, ballots: 1, crashes: 0 }), states: 4090, transitions: 12424, depth: 19 },
    { model: oneWayPartition.build({ nodes: 3, ballots: 1, crashes: 0 }), states: 6544, transitions: 22732, depth: 19 },
    { model: clients.build({ nodes: 3, ballots: 1, crashes: 0 }), states: 1910, transitions: 6319, depth: 17 }
  ])(
    '$model.name holds in each of its $states states',
    async ({ model, ...counts }) => {
      const { properties } = model
      const report = await plainly({ ...model, properties: properties.filter(({ kind }) => kind !== 'reachable') })
      expect(report).toMatchObject({ verdict: 'holds', complete: true, ...counts })
    },
    patience
  )

  test(
    'hold with their reductions, and fire every rule',
    async () => {
      const models = [
        agreement.build({ ...one, proposers: 2, ballots: 2, crashes: 1 }),
        flexible.build(four),
        clients.build({ nodes: 3, ballots: 1, crashes: 1 })
      ]
      const fired = new Set<string>()
      for (const model of models) {
        const { verdict, complete, rules } = rightOf(await check(model))
        expect({ model: model.name, verdict, complete }).toEqual({
          model: model.name,
          verdict: 'holds',
          complete: true
        })
        rules.fired.forEach((rule) => fired.add(rule))
      }
      expect(paxos.rules.filter((rule) => !fired.has(rule))).toEqual([])
    },
    patience
  )

  test.each<{ file: string; model: Model<any> }>([
    { file: 'forgotten-promise', model: forgottenPromise },
    { file: 'forgotten-acceptance', model: forgottenAcceptance },
    { file: 'broken-promise', model: brokenPromise },
    { file: 'free-choice', model: freeChoice },
    { file: 'lowest-proposal', model: lowestProposal },
    { file: 'reused-ballot', model: reusedBallot },
    { file: 'two-minorities', model: twoMinorities },
    { file: 'two-halves', model: twoHalves }
  ])('$model.name', async ({ file, model }) => expectCounterexample(model, `paxos/${file}.txt`), patience)
})

describe('published counts, to the state', () => {
  // What TLC counts as depth begins at 1.
  test.each([
    { ballots: 2, acceptors: 3, values: 2, states: 3921, depth: 17 },
    { ballots: 2, acceptors: 1, values: 1, states: 25, depth: 9 }
  ])(
    '[Lamport19], with $acceptors acceptors: $states states',
    async ({ states, depth, ...parameters }) =>
      expect(await plainly(publishedPaxos.build(parameters))).toMatchObject({
        verdict: 'holds',
        states,
        depth: depth - 1
      }),
    patience
  )

  test(
    '[Stateright], paxos with two clients: 16,668 states',
    async () => {
      const { verdict, states, outside } = await plainly(singleDecree.build({ servers: 3, clients: 2 }))
      expect({ verdict, published: states - outside }).toEqual({ verdict: 'holds', published: 16668 })
    },
    patience
  )

  test(
    '[Stateright], paxos with five servers: every rule fires, where three never have to count',
    async () => {
      const { rules } = rightOf(await check(singleDecree.build({ servers: 5, clients: 1 }), { maxStates: 30_000 }))
      expect(rules.never).toEqual([])
    },
    patience
  )
})
