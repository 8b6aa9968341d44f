/** What a leader does with what clients and operators ask of the log. [Raft] §5.3, §6, §8 */
import { fired, reply, type ClientRequest, type RequestId } from '../kernel/index.ts'
import type { ChangeRequest, CommandRequest, Response } from './clients.ts'
import { advance } from './commit.ts'
import { appendConfiguration, nextConfiguration, whyNot } from './membership.ts'
import { latest } from './configuration.ts'
import { andThen, moved, type Change, type Move, type Server } from './raft.ts'
import { appendEntry, sendOn, toAll } from './replication.ts'
import type { Leading } from './state.ts'

/** "If command received from client: append entry to local log, respond after entry applied to state machine." */
export const onCommand = (self: Server, state: Leading, { id, request }: ClientRequest<CommandRequest>): Move => {
  if (state.role.transferee !== null) return refuseInTransfer(state, id, state.role.transferee)
  const longer = appendEntry(state, { type: 'command', term: state.term, command: request.command }, id)
  return moved('append-command', counted(self, toAll(self, longer, sendOn)))
}

/** A leader with no followers has the majority at once. */
const counted = (self: Server, change: Change<Leading>): Change<Leading> =>
  andThen(change, (leader) => advance(self, leader))

const refuseInTransfer = (state: Leading, id: RequestId, to: string): Move =>
  fired('refuse-in-transfer', state, reply<Response>(id, { type: 'transferring', to }))

/** One change at a time: "when the leader receives a request to add or remove a server", it adds the entry. [Ongaro] §4.1 */
export const onChange = (self: Server, state: Leading, { id, request }: ClientRequest<ChangeRequest>): Move => {
  if (state.role.transferee !== null) return refuseInTransfer(state, id, state.role.transferee)
  const why = whyNot(self, state, request)
  if (why !== null) return fired(`refuse-${why}-change`, state, reply<Response>(id, { type: 'change-refused', why }))
  const configuration = nextConfiguration(latest(state), request)
  return moved(
    configuration.outgoing === null ? 'change-membership' : 'begin-joint-consensus',
    counted(self, appendConfiguration(self, state, configuration, id))
  )
}
