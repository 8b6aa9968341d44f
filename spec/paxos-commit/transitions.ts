/** Paxos Commit: the votes of two-phase commit, each remembered by a majority. [GL06] §4 */
import { match } from 'ts-pattern'
import { fired, startTimer, stay } from '../kernel/index.ts'
import { stepAcceptor } from './acceptor.ts'
import { recoverLeader, stepLeader } from './leader.ts'
import { recoverResourceManager, stepResourceManager } from './resource-manager.ts'
import type { Happening, Move, Node } from './rules.ts'
import type { Durable, State } from './state.ts'

export const step = (self: Node, state: State, event: Happening): Move =>
  match(state)
    .returnType<Move>()
    .with({ role: 'resource-manager' }, (manager) => stepResourceManager(self, manager, event))
    .with({ role: 'acceptor' }, (acceptor) => stepAcceptor(self, acceptor, event))
    .with({ role: 'leader' }, (leader) => stepLeader(self, leader, event))
    .exhaustive()

export const initial = ({ config }: Node): Move =>
  match(config)
    .returnType<Move>()
    .with({ role: 'resource-manager' }, ({ role, vote }) =>
      fired('await-prepare', { role, phase: 'working', vote }, startTimer('patience'))
    )
    .with({ role: 'acceptor' }, ({ role }) => fired('await-ballots', { role, promised: 0, votes: {} }))
    .with({ role: 'leader' }, ({ role }) =>
      fired('await-client', { role, phase: 'listening', ballot: 0, clients: [], tally: {} })
    )
    .exhaustive()

export const recover = (self: Node, disk: Durable): Move =>
  match(disk)
    .returnType<Move>()
    .with({ role: 'resource-manager' }, (found) => recoverResourceManager(self, found))
    .with({ role: 'acceptor' }, (found) => stay('reopen-votes', found))
    .with({ role: 'leader' }, (found) => recoverLeader(self, found))
    .exhaustive()
