/** What holds for all: every event in every state has a rule, and quorums meet. */
import { expect, test } from '@jest/globals'
import {
  Durable,
  type Happening,
  type Message,
  type Progress,
  type State,
  raft,
  type Configuration,
  isQuorum,
  nextConfiguration
} from '../spec/raft/index.ts'
import fc from 'fast-check'
import { compact, emptyLog, entries, entryAt } from '../spec/kernel/index.ts'
import { as, asks, candidate, deliver, follower, leader, terms, timeout, beginning, voting } from './support/raft.ts'

const arbitraryTerm = fc.integer({ min: 1, max: 4 })
const arbitraryIndex = fc.integer({ min: 0, max: 4 })
const arbitraryLog = fc.array(arbitraryTerm, { maxLength: 4 }).map((list) => terms(...list.toSorted((a, b) => a - b)))
const arbitraryProgress: fc.Arbitrary<Progress> = fc
  .tuple(
    fc.constantFrom('probing' as const, 'replicating' as const, 'installing' as const),
    arbitraryIndex,
    arbitraryIndex
  )
  .map(([is, match, ahead]) => ({ is, match, next: match + 1 + ahead, round: 0 }))
const arbitraryState: fc.Arbitrary<State> = fc
  .record({
    log: arbitraryLog,
    above: fc.integer({ min: 0, max: 2 }),
    known: arbitraryIndex,
    compacted: arbitraryIndex,
    unwritten: arbitraryIndex,
    role: fc.oneof(
      fc.constantFrom(null, 'n2').map((of) => follower({ role: { is: 'follower', leader: of } })),
      fc.constant(candidate()),
      fc.tuple(arbitraryProgress, arbitraryProgress).map(([n2, n3]) => leader({}, { followers: { n2, n3 } }))
    )
  })
  .map(({ log, above, known, compacted, unwritten, role }) => {
    const commitIndex = Math.min(log.last, known)
    const lastIndex = Math.min(commitIndex, compacted)
    const clients = compact(emptyLog, log.last)
    const written = Math.max(commitIndex, log.last - unwritten)
    return {
      ...role,
      term: Math.max(1, (entries(log).at(-1)?.term ?? 0) + above),
      log: compact(log, lastIndex),
      snapshot: { ...beginning(), lastIndex, lastTerm: entryAt(log, lastIndex)?.term ?? 0 },
      commitIndex,
      lastApplied: commitIndex,
      role: role.role.is === 'leader' ? { ...role.role, clients, written } : role.role
    }
  })
const arbitraryMessage: fc.Arbitrary<Message> = fc
  .tuple(arbitraryTerm, arbitraryIndex, arbitraryIndex, fc.boolean(), arbitraryLog)
  .chain(([term, one, other, granted, log]) =>
    fc.constantFrom<Message>(
      { type: 'request-vote', term, lastLogIndex: one, lastLogTerm: other, transfer: granted },
      { type: 'vote', term, granted },
      {
        type: 'append-entries',
        term,
        prevLogIndex: one,
        prevLogTerm: other,
        entries: entries(log),
        leaderCommit: other,
        round: other
      },
      { type: 'accepted', term, matchIndex: one, round: other },
      { type: 'rejected', term, prevLogIndex: one + 1, conflictIndex: Math.min(one, other) + 1, round: other },
      { type: 'stale-term', term },
      { type: 'request-pre-vote', term, lastLogIndex: one, lastLogTerm: other },
      { type: 'pre-vote', term, granted },
      { type: 'timeout-now', term },
      { type: 'install-snapshot', term, snapshot: { ...beginning(), lastIndex: one, lastTerm: other }, round: 0 }
    )
  )
const arbitraryEvent: fc.Arbitrary<Happening> = fc.oneof(
  fc.tuple(fc.constantFrom('n2', 'n3', 'n9'), arbitraryMessage).map(([from, message]) => deliver(from, message)),
  fc.constantFrom(...raft.timers).map(timeout),
  fc.constantFrom('x', 'y').map((command) => asks(command)),
  fc.constant<Happening>({ type: 'request', id: 'r2', request: { type: 'read', query: null } }),
  fc.tuple(fc.subarray(['n1', 'n2', 'n3']), fc.subarray(['n1', 'n3'])).map(([voters, learners]): Happening => ({
    type: 'request',
    id: 'r3',
    request: { type: 'change-membership', voters, learners }
  })),
  arbitraryIndex.map((index): Happening => ({ type: 'snapshot', index, content: 'all' }))
)

test('every event in every state has a declared rule, and what comes of it decodes', () =>
  fc.assert(
    fc.property(arbitraryState, arbitraryEvent, (state, event) => {
      const { rule, state: after, effects } = raft.step(as({ snapshotEvery: 2, parallelWrite: true }), state, event)
      expect(raft.rules).toContain(rule)
      expect(Durable.is(raft.durable(after))).toBe(true)
      for (const effect of effects)
        if (effect.type === 'send') expect(raft.codecs.message.is(effect.message)).toBe(true)
      expect(after.lastApplied).toBeLessThanOrEqual(after.commitIndex)
      expect(after.commitIndex).toBeLessThanOrEqual(raft.durable(after).log.last)
    }),
    { numRuns: 2000 }
  ))

// Majorities -----------------------------------------------------------------------------------------------------------

const cluster = ['n1', 'n2', 'n3', 'n4', 'n5']
const sets = fc.subarray(cluster)
const someVoters = fc.subarray(cluster, { minLength: 1 })

test('every quorum of a configuration meets every quorum of the one that a change makes of it', () =>
  fc.assert(
    fc.property(someVoters, someVoters, sets, sets, (before, wanted, one, other) => {
      const next = nextConfiguration(voting(...before), { type: 'change-membership', voters: wanted, learners: [] })
      fc.pre(isQuorum(voting(...before), one) && isQuorum(next, other))
      expect(one.some((node) => other.includes(node))).toBe(true)
    }),
    { numRuns: 2000 }
  ))

test('and every quorum of a joint configuration meets those of the one that follows it', () =>
  fc.assert(
    fc.property(someVoters, someVoters, sets, sets, (before, wanted, one, other) => {
      const between: Configuration = { voters: wanted, outgoing: before, learners: [] }
      fc.pre(isQuorum(between, one) && isQuorum(voting(...wanted), other))
      expect(one.some((node) => other.includes(node))).toBe(true)
    }),
    { numRuns: 2000 }
  ))
