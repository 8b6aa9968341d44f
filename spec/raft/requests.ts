/** What a leader does with what clients and operators ask of the log. [Raft] §5.3, §6, §8 */
import { fired, lastIndex, reply, startTimer, stay, type ClientRequest, type RequestId } from '../kernel/index.ts'
import type { ChangeRequest, CommandRequest, Response } from './clients.ts'
import { advance } from './commit.ts'
import { appendConfiguration, nextConfiguration, whyNot } from './membership.ts'
import { latest } from './configuration.ts'
import { andThen, moved, unchanged, type Change, type Move, type Server } from './raft.ts'
import { answerReads } from './reads.ts'
import { appendEntry, sendOn, toAll } from './replication.ts'
import { isLeading, updated, updatedOffice, type Leading, type State } from './state.ts'

/** "If command received from client: append entry to local log, respond after entry applied to state machine." */
export const onCommand = (self: Server, state: Leading, { id, request }: ClientRequest<CommandRequest>): Move => {
  if (state.role.transferee !== null) return refuseInTransfer(state, id, state.role.transferee)
  const longer = appendEntry(state, { type: 'command', term: state.term, command: request.command }, id)
  const begun = self.config.parallelWrite ? writtenLater(state, longer) : unchanged(longer)
  return moved(
    'append-command',
    counted(
      self,
      andThen(begun, (leader) => toAll(self, leader, sendOn))
    )
  )
}

/** The leader writes to its disk while the followers write to theirs. [Ongaro] §10.2.1 */
const writtenLater = (before: Leading, longer: Leading): Change<Leading> => ({
  state: updated(longer, { role: updatedOffice(longer.role, { written: before.role.written }) }),
  effects: [startTimer('write')]
})

/** What has left already goes to this disk too. It counts in this step, whose effects wait for the disk like those of any. */
export const onWriteTimeout = (self: Server, state: State): Move => {
  if (!isLeading(state)) return stay('ignore-timeout', state)
  const written = updated(state, { role: updatedOffice(state.role, { written: lastIndex(state.log) }) })
  return moved(
    'write-log',
    andThen(counted(self, unchanged(written)), (leader) => answerReads(self, leader))
  )
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
