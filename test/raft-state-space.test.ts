/** What the reductions leave of Raft: the same verdicts and the same combinations of server states, in fewer states. */
import { describe, expect, test } from '@jest/globals'
import boundedElection from '../models/raft/bounded-election.model.ts'
import boundedReplication from '../models/raft/bounded-replication.model.ts'
import leaseReads from '../models/raft/lease-reads.model.ts'
import { asPublished } from '../models/raft/cluster.ts'
import deepReplication from '../models/raft/deep-replication.model.ts'
import { electingUpTo } from '../models/raft/last-term.ts'
import { forgetful, prompt, withoutHints } from '../models/raft/lean.ts'
import raisedVoter from '../models/raft/raised-voter.model.ts'
import restartedVoter from '../models/raft/restarted-voter.model.ts'
import { always, type NodeView } from '../spec/kernel/index.ts'
import { raft, type Message, type Raft } from '../spec/raft/index.ts'
import { check, type CheckOptions } from '../src/checker/index.ts'
import type { Model } from '../src/model/model.ts'
import { expectCounterexample } from './support/counterexample.ts'
import { rightOf } from './support/runs.ts'

const patience = 120_000

/** A check, and every combination of states of all servers that it met, as far as they are `seen`. */
const explored = async (
  model: Model<Raft>,
  options: CheckOptions,
  seen: (node: NodeView<Raft>) => unknown = (node) => node
) => {
  const met = new Set<string>()
  const witness = always<Raft>('witness', ({ nodes }) => {
    met.add(JSON.stringify(nodes.map(seen)))
    return true
  })
  const report = rightOf(await check({ ...model, properties: [...model.properties, witness] }, options))
  return { met: [...met].toSorted(), ...report }
}

const election = (terms: number, crashes: number, partitions: number) =>
  boundedElection.build({ servers: 3, terms, crashes, partitions })

describe('the search with dead messages dropped, beside the plain search', () => {
  test.each<{ name: string; model: Model<Raft>; plain: number; atMost: number; combinations: number }>([
    { name: 'one term', model: election(1, 0, 0), plain: 365, atMost: 83, combinations: 83 },
    { name: 'one term, a crash, a partition', model: election(1, 1, 1), plain: 13505, atMost: 2420, combinations: 371 },
    {
      name: 'replication, one term, one entry',
      model: boundedReplication.build({ servers: 3, terms: 1, entries: 1, crashes: 0, partitions: 0 }),
      plain: 20734,
      atMost: 946,
      combinations: 518
    },
    {
      name: 'replication, one term, one entry, a crash',
      model: boundedReplication.build({ servers: 3, terms: 1, entries: 1, crashes: 1, partitions: 0 }),
      plain: 120566,
      atMost: 5366,
      combinations: 2186
    }
  ])(
    '$name: $atMost states at most instead of $plain',
    async ({ model, plain, atMost, combinations }) => {
      const whole = await explored(model, { reduce: [] })
      const small = await explored(model, {})
      expect(small.met).toEqual(whole.met)
      expect([whole.verdict, small.verdict]).toEqual(['holds', 'holds'])
      expect({ plain: whole.states, combinations: whole.met.length }).toEqual({ plain, combinations })
      expect(small.states).toBeLessThanOrEqual(atMost)
    },
    patience
  )
})

describe('what makes deep searches smaller', () => {
  /** What [Raft] Fig. 2 names of a server, without the timers that tell when something is sent. */
  const named = (node: NodeView<Raft>): unknown => {
    if (!node.up) return node
    const { role, ...rest } = withoutHints(node.state)
    return {
      id: node.id,
      machine: node.machine,
      ...rest,
      role: role.is === 'leader' ? { ...role, clients: null } : role
    }
  }
  const settings = { servers: 3, terms: 1, entries: 1, partitions: 0 }

  test.each([
    { crashes: 0, combinations: 398, more: 18 },
    { crashes: 1, combinations: 1364, more: 81 }
  ])(
    'with $crashes crashes, the same combinations of servers; and where all are told of terms, $more more',
    async ({ crashes, combinations, more }) => {
      const { met } = await explored(boundedReplication.build({ ...settings, crashes }), { reduce: [] }, named)
      const deep = deepReplication.build({ ...settings, crashes })
      const protocol = prompt(forgetful(electingUpTo(1, raft)))
      const lean = await explored({ ...deep, protocol }, {}, named)
      const whole = await explored(deep, {}, named)
      expect(met).toHaveLength(combinations)
      expect(lean.met).toEqual(met)
      expect(met.filter((one) => !whole.met.includes(one))).toEqual([])
      expect({ verdict: whole.verdict, more: whole.met.length - met.length }).toEqual({ verdict: 'holds', more })
    },
    patience
  )
})

describe('elections', () => {
  test.each<{ model: Model<Raft> }>([
    { model: election(2, 1, 1) },
    { model: boundedElection.build({ servers: 5, terms: 1, crashes: 0, partitions: 0 }) }
  ])(
    '$model.name holds',
    async ({ model }) => expect(rightOf(await check(model))).toMatchObject({ verdict: 'holds', outside: 0 }),
    patience
  )
})

describe('[Ongaro] §6.4.1, leases', () => {
  test(
    'where clocks keep to the bound, reads by lease are linearizable',
    async () => {
      const report = rightOf(await check(leaseReads.build({ servers: 3, reads: 2, crashes: 0 })))
      expect(report).toMatchObject({ verdict: 'holds', assumption: expect.stringContaining('a lease ends before') })
      expect(report.rules.fired).toContain('read-by-lease')
    },
    patience
  )

  test.each<{ file: string; model: Model<any> }>([
    { file: 'restarted-voter', model: restartedVoter },
    { file: 'raised-voter', model: raisedVoter }
  ])('$model.name', async ({ file, model }) => expectCounterexample(model, `raft/${file}.txt`), patience)

  const self = { id: 'n3', nodes: ['n1', 'n2', 'n3'], config: { ...asPublished, checkQuorum: true } }
  const deliver = (from: string, message: Message) => ({ type: 'deliver', from, message }) as const
  const disk = { ...raft.durable(raft.initial(self).state), term: 1 }
  const back = raft.recover(self, disk).state
  const candidacy: Message = { type: 'request-vote', term: 2, lastLogIndex: 9, lastLogTerm: 1, transfer: false }
  const refusal: Message = { type: 'vote', term: 2, granted: false }

  test('a server that comes back votes for nobody until its election timer fires', () => {
    expect(back.role).toEqual({ is: 'waiting' })
    expect(raft.step(self, back, deliver('n2', candidacy))).toEqual({
      rule: 'disregard-candidate',
      state: back,
      effects: []
    })
    expect(raft.step(self, back, { type: 'timeout', timer: 'election' }).rule).toBe('start-election')
  })

  test('nor does one that heard a leader, whatever it learns of newer terms', () => {
    const following = { ...back, role: { is: 'follower', leader: 'n1' } as const }
    const raised = raft.step(self, following, deliver('n2', refusal))
    expect(raised).toMatchObject({ rule: 'learn-newer-term', state: { term: 2, role: { is: 'waiting' } } })
    expect(raft.step(self, raised.state, deliver('n2', candidacy)).rule).toBe('disregard-candidate')
    expect(raft.step(self, raised.state, deliver('n2', { ...candidacy, transfer: true })).rule).toBe('grant-vote')
  })

  test('one that heard nobody, or whose cluster does not check the quorum, may', () => {
    const silent = { ...back, role: { is: 'follower', leader: null } as const }
    expect(raft.step(self, silent, deliver('n2', refusal)).state.role).toEqual({ is: 'follower', leader: null })
    const published = { ...self, config: asPublished }
    expect(raft.recover(published, disk).state.role).toEqual({ is: 'follower', leader: null })
  })
})
