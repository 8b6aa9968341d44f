/** What the models of three-phase commit have in common. */
import type { NodeId, Protocol, Step } from '../../spec/kernel/index.ts'
import type { Config, Detector, ThreePhaseCommit } from '../../spec/three-phase-commit/index.ts'
import { sameNodes, type ModelRequest } from '../../src/model/model.ts'

/** `coordinator`, and participants `p1` to `pN` that all vote yes if they are asked in time. */
export const cluster = (participants: number, detector: Detector = 'reports'): Readonly<Record<NodeId, Config>> => ({
  coordinator: { role: 'coordinator', detector },
  ...sameNodes<Config>('p', participants, { role: 'participant', detector, vote: 'yes' })
})

/** One client asks, once. */
export const endTransaction: ModelRequest<ThreePhaseCommit> = {
  name: 'end-transaction',
  request: { type: 'end-transaction' },
  at: ['coordinator']
}

const withSendsReversed = (moved: Step<ThreePhaseCommit>): Step<ThreePhaseCommit> => ({
  ...moved,
  effects: [
    ...moved.effects.filter(({ type }) => type === 'send').toReversed(),
    ...moved.effects.filter(({ type }) => type !== 'send')
  ]
})

/**
 * A crash may cut between the messages of one step, and then it matters which goes first. Told first is here who would
 * take over last: the least convenient order.
 */
export const lastFirst = (protocol: Protocol<ThreePhaseCommit>): Protocol<ThreePhaseCommit> => ({
  ...protocol,
  step: (self, state, event) => withSendsReversed(protocol.step(self, state, event)),
  recover: (self, disk) => withSendsReversed(protocol.recover(self, disk))
})
