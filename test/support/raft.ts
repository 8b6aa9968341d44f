/** A cast of servers, events and effects for the tests of Raft, and the table that they are put in. */
import { expect, test } from '@jest/globals'
import { appendAll, compact, emptyLog, type Log, type NodeId } from '../../spec/kernel/index.ts'
import { asPublished } from '../../models/raft/cluster.ts'
import {
  raft,
  type AppendEntries,
  type Applied,
  type Config,
  type Configuration,
  type Entry,
  type Happening,
  type Leader,
  type Message,
  type Outward,
  type Progress,
  type Raft,
  type RequestVote,
  type Response,
  type Rule,
  type Server,
  type Snapshot,
  type State,
  type Timer
} from '../../spec/raft/index.ts'
import type { PureMachine } from '../../src/runtime/index.ts'

/** Three servers, of which we are the first. */
export const config: Config = { ...asPublished, batch: 3, window: 3 }
export const as = (changed: Partial<Config> = {}, nodes: ReadonlyArray<NodeId> = ['n1', 'n2', 'n3']): Server => ({
  id: 'n1',
  nodes,
  config: { ...config, ...changed }
})

/** A log with entries of these terms, whose commands are their indices. */
export const terms = (...list: ReadonlyArray<number>): Log<Entry> =>
  appendAll<Entry>(
    emptyLog,
    list.map((term, offset) => ({ type: 'command', term, command: offset + 1 }))
  )
export const entry = (term: number, command: unknown): Entry => ({ type: 'command', term, command })

/** Voters and no others. */
export const voting = (...voters: ReadonlyArray<NodeId>): Configuration => ({ voters, outgoing: null, learners: [] })

/** The snapshot at the beginning of a cluster of these servers. */
export const beginning = (...voters: ReadonlyArray<NodeId>): Snapshot => ({
  lastIndex: 0,
  lastTerm: 0,
  configuration: voters.length === 0 ? voting('n1', 'n2', 'n3') : voting(...voters),
  content: null
})

export const follower = (changed: Partial<State> = {}): State => ({
  term: 1,
  votedFor: null,
  log: emptyLog,
  snapshot: beginning(),
  configurations: [],
  commitIndex: 0,
  lastApplied: 0,
  awaitsSnapshot: false,
  role: { is: 'follower', leader: null },
  ...changed
})
export const candidate = (changed: Partial<State> = {}): State =>
  follower({ votedFor: 'n1', role: { is: 'candidate', votes: ['n1'] }, ...changed })
export const replicating = (match: number, next = match + 1): Progress => ({ is: 'replicating', match, next, round: 0 })
export const probing = (next: number, match = 0): Progress => ({ is: 'probing', match, next, round: 0 })
export const leader = (changed: Partial<State> = {}, role: Partial<Leader> = {}): State => {
  const log = changed.log ?? emptyLog
  return follower({
    votedFor: 'n1',
    ...changed,
    role: {
      is: 'leader',
      followers: { n2: replicating(log.last), n3: replicating(log.last) },
      clients: compact(emptyLog, log.last),
      written: log.last,
      begun: 0,
      heard: [],
      transferee: null,
      round: 0,
      reads: [],
      lease: 'off',
      ...role
    }
  })
}

export const deliver = (from: NodeId, message: Message): Happening => ({ type: 'deliver', from, message })
export const timeout = (timer: Timer): Happening => ({ type: 'timeout', timer })
export const asks = (command: unknown, id = 'r1'): Happening => ({
  type: 'request',
  id,
  request: { type: 'command', command }
})
export const requestVote = (changed: Partial<RequestVote> = {}): Happening =>
  deliver('n2', { type: 'request-vote', term: 1, lastLogIndex: 0, lastLogTerm: 0, transfer: false, ...changed })
export const vote = (from: NodeId, granted = true, term = 1): Happening =>
  deliver(from, { type: 'vote', term, granted })
export const appendEntries = (changed: Partial<AppendEntries> = {}): AppendEntries => ({
  type: 'append-entries',
  term: 1,
  prevLogIndex: 0,
  prevLogTerm: 0,
  entries: [],
  leaderCommit: 0,
  round: 0,
  ...changed
})
export const fromLeader = (changed: Partial<AppendEntries> = {}): Happening => deliver('n2', appendEntries(changed))
export const accepted = (matchIndex: number, from = 'n2', term = 1): Happening =>
  deliver(from, { type: 'accepted', term, matchIndex, round: 0 })
export const rejected = (prevLogIndex: number, conflictIndex: number): Happening =>
  deliver('n2', { type: 'rejected', term: 1, prevLogIndex, conflictIndex, round: 0 })

export const sends = (to: NodeId, message: Message): Outward => ({ type: 'send', to, message })
export const starts = (timer: Timer): Outward => ({ type: 'start-timer', timer })
export const stops = (timer: Timer): Outward => ({ type: 'stop-timer', timer })
export const applies = (index: number, request: string | null = null): Outward => ({
  type: 'apply',
  entry: { type: 'command', index, command: index },
  request
})
export const votes = (granted: boolean, term = 1): Outward => sends('n2', { type: 'vote', term, granted })

export type Clause = readonly [
  clause: string,
  state: State,
  event: Happening,
  rule: Rule,
  after: State,
  effects: ReadonlyArray<Outward>
]
export const clauses = (table: ReadonlyArray<Clause>, self = as()) =>
  test.each(table)('%s', (_clause, state, event, rule, after, effects) =>
    expect(raft.step(self, state, event)).toEqual({ rule, state: after, effects })
  )

export const answersAccepted = (matchIndex: number): ReadonlyArray<Outward> => [
  sends('n2', { type: 'accepted', term: 1, matchIndex, round: 0 }),
  starts('election')
]
export const following = (changed: Partial<State> = {}): State =>
  follower({ role: { is: 'follower', leader: 'n2' }, ...changed })
export const toBoth = (message: Message): ReadonlyArray<Outward> => [sends('n2', message), sends('n3', message)]
export const inOffice = [starts('heartbeat'), starts('election')]
export const prev = (index: number, changed: Partial<AppendEntries> = {}) =>
  appendEntries({ prevLogIndex: index, prevLogTerm: index === 0 ? 0 : 1, ...changed })

/** A machine that adds up commands, which are numbers, and answers with the total. */
export const sum: PureMachine<Raft> = {
  initial: 0,
  apply: (total: number, applied: Applied) => {
    const next = total + (applied.type === 'command' ? (applied.command as number) : 0)
    return { content: next, response: { type: 'result', result: next } }
  }
}

/** Whom a response of Raft says to ask instead, for clients that follow leaders. */
export const elsewhere = (response: Response) =>
  response.type === 'not-leader'
    ? { to: response.leader }
    : response.type === 'transferring'
      ? { to: response.to }
      : null
