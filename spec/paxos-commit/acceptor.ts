/** An acceptor: it takes part in all instances of Paxos at once, with one promise for all. [GL06] §4.1, §4.2 */
import { match, P } from 'ts-pattern'
import { fired, send, stay, type NodeId } from '../kernel/index.ts'
import type { Message, Values, Votes } from './messages.ts'
import { message, refuseClient, request, timeout, type Happening, type Move, type Node } from './rules.ts'
import type { Acceptor } from './state.ts'

export const stepAcceptor = (self: Node, state: Acceptor, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    // A ballot that it has promised already is not promised again: if the promise was lost, a later ballot will do.
    .with(
      message('phase-1a'),
      ({ message: { ballot } }) => ballot <= state.promised,
      () => stay('refuse-old-ballot', state)
    )
    .with(
      message('phase-2a'),
      ({ message: { ballot } }) => ballot < state.promised,
      () => stay('refuse-old-ballot', state)
    )
    .with(message('phase-1a'), ({ from, message: { ballot } }) =>
      fired(
        'promise',
        { ...state, promised: ballot },
        send<Message>(from, { type: 'phase-1b', ballot, votes: state.votes })
      )
    )
    .with(message('phase-2a'), ({ from, message: { ballot, values } }) => vote(self, state, from, ballot, values))
    .with(message(P.union('prepare', 'phase-1b', 'phase-2b', 'commit', 'abort', 'decision-request')), () =>
      stay('ignore-misdirected', state)
    )
    .with(timeout, () => stay('ignore-timeout', state))
    .with(request, ({ id }) => refuseClient(self, state, id))
    .exhaustive()

/**
 * Votes, and reports its votes of this ballot in one message: when it has voted in all instances, or for an abort, which
 * decides without the others.
 */
const vote = ({ config }: Node, state: Acceptor, from: NodeId, ballot: number, values: Values): Move => {
  const { resourceManagers, leaders } = config.cluster
  const cast: Votes = Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { ballot, value }]))
  const voted: Acceptor = { ...state, promised: ballot, votes: { ...state.votes, ...cast } }
  const inBallot = resourceManagers.flatMap((id) => {
    const last = voted.votes[id]
    return last?.ballot === ballot ? [[id, last.value] as const] : []
  })
  const isTelling = inBallot.length === resourceManagers.length || inBallot.some(([, value]) => value === 'aborted')
  if (!isTelling) return fired('vote', voted)
  // Ballot 0 is proposed by the resource managers, and led by the first leader.
  const leader = ballot === 0 ? (leaders[0] ?? from) : from
  return fired(
    'vote-and-report',
    voted,
    send<Message>(leader, { type: 'phase-2b', ballot, values: Object.fromEntries(inBallot) })
  )
}
