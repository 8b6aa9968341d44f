/** The models of leader election: verdicts, rules fired, the shortest runs of those that break. */
import { describe, expect, test } from '@jest/globals'
import bullyModel from '../models/bully/bully.model.ts'
import bullyLateMessage from '../models/bully/late-message.model.ts'
import bullyNoHalt from '../models/bully/no-halt.model.ts'
import bullyNoQuestion from '../models/bully/no-question.model.ts'
import bullyRecurring from '../models/bully/recurring.model.ts'
import bullySlowNetwork from '../models/bully/slow-network.model.ts'
import leaseCountedFromGrant from '../models/lease-election/counted-from-grant.model.ts'
import leaseDriftingClock from '../models/lease-election/drifting-clock.model.ts'
import leaseForgottenGrant from '../models/lease-election/forgotten-grant.model.ts'
import leaseModel from '../models/lease-election/lease.model.ts'
import leaseNoAllowance from '../models/lease-election/no-allowance.model.ts'
import leasePartition from '../models/lease-election/partition.model.ts'
import quorumElectionModel from '../models/quorum-election/election.model.ts'
import quorumForgottenFence from '../models/quorum-election/forgotten-fence.model.ts'
import quorumForgottenVote from '../models/quorum-election/forgotten-vote.model.ts'
import quorumHastyOffice from '../models/quorum-election/hasty-office.model.ts'
import quorumNoFence from '../models/quorum-election/no-fence.model.ts'
import quorumWrongStore from '../models/quorum-election/wrong-store.model.ts'
import ringAsynchronous from '../models/ring-election/asynchronous.model.ts'
import ringCrashedNode from '../models/ring-election/crashed-node.model.ts'
import ringEqualNumbers from '../models/ring-election/equal-numbers.model.ts'
import ringLostMessage from '../models/ring-election/lost-message.model.ts'
import ringNobodyStopsLower from '../models/ring-election/nobody-stops-lower.model.ts'
import ringModel from '../models/ring-election/ring.model.ts'
import { bully } from '../spec/bully/index.ts'
import { leaseElection } from '../spec/lease-election/index.ts'
import { quorumElection } from '../spec/quorum-election/index.ts'
import { ringElection } from '../spec/ring-election/index.ts'
import { check } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

interface Shipped {
  readonly name: string
  readonly rules: ReadonlyArray<string>
  readonly sound: ReadonlyArray<Model<any>>
  readonly broken: Readonly<Record<string, Model<any>>>
}

const shipped: ReadonlyArray<Shipped> = [
  {
    name: 'quorum-election',
    rules: quorumElection.rules,
    sound: [
      quorumElectionModel.build({ servers: 4, terms: 1, crashes: 0 }),
      quorumElectionModel.build({ servers: 3, terms: 1, crashes: 1 }),
      quorumElectionModel.build({ servers: 3, terms: 2, crashes: 0 }),
      quorumWrongStore
    ],
    broken: {
      'forgotten-vote': quorumForgottenVote,
      'no-fence': quorumNoFence,
      'forgotten-fence': quorumForgottenFence,
      'hasty-office': quorumHastyOffice
    }
  },
  {
    name: 'lease-election',
    rules: leaseElection.rules,
    sound: [
      leaseModel.build({ servers: 3, duration: 2, drift: 1, ticks: 2, crashes: 1 }),
      leaseModel.build({ servers: 4, duration: 2, drift: 1, ticks: 1, crashes: 0 }),
      leasePartition.build({ ticks: 1, crashes: 0 })
    ],
    broken: {
      'drifting-clock': leaseDriftingClock,
      'no-allowance': leaseNoAllowance,
      'forgotten-grant': leaseForgottenGrant,
      'counted-from-grant': leaseCountedFromGrant
    }
  },
  {
    name: 'bully',
    rules: bully.rules,
    sound: [bullyModel.build({ nodes: 4, failures: 3 }), bullyRecurring.build({ crashes: 1 })],
    broken: {
      'slow-network': bullySlowNetwork,
      'late-message': bullyLateMessage,
      'no-halt': bullyNoHalt,
      'no-question': bullyNoQuestion
    }
  },
  {
    name: 'ring-election',
    rules: ringElection.rules,
    sound: [ringModel.build({ nodes: 4 }), ringAsynchronous.build({ crashes: 1 })],
    broken: {
      'lost-message': ringLostMessage,
      'crashed-node': ringCrashedNode,
      'equal-numbers': ringEqualNumbers,
      'nobody-stops-lower': ringNobodyStopsLower
    }
  }
]

const firedBy = async (model: Model<any>): Promise<ReadonlyArray<string>> => {
  const { verdict, complete, rules } = rightOf(await check(model))
  expect({ model: model.name, verdict, complete }).toEqual({ model: model.name, verdict: 'holds', complete: true })
  return rules.fired
}

describe.each(shipped)('$name', ({ name, rules, sound, broken }) => {
  test('its models hold, and fire every rule', async () => {
    const fired = new Set((await Promise.all(sound.map(firedBy))).flat())
    expect(rules.filter((rule) => !fired.has(rule))).toEqual([])
  }, 60_000)

  test.each(Object.entries(broken))(
    '%s gives the shortest run that breaks it',
    async (file, model) => expectCounterexample(model, `${name}/${file}.txt`),
    30_000
  )
})
