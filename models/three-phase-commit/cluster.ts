/** What the models of three-phase commit have in common. */
import type { NodeId, Protocol, Step } from '../../spec/kernel/index.ts'
import { awaited, type Config, type ThreePhaseCommit } from '../../spec/three-phase-commit/index.ts'
import { sameNodes, type ModelRequest, type Timing } from '../../src/model/model.ts'
import { allSilent } from '../../src/model/timing.ts'

/** `coordinator`, and participants `p1` to `pN` that all vote yes if they are asked in time. */
export const cluster = (participants: number): Readonly<Record<NodeId, Config>> => ({
  coordinator: { role: 'coordinator' },
  ...sameNodes<Config>('p', participants, { role: 'participant', vote: 'yes' })
})

/**
 * A synchronous network: there is a time by which a site that is up and connected has been heard, and patience ends after it. What was
 * said before a failure may still be under way then.
 */
export const synchronous: Timing<ThreePhaseCommit> = {
  assumes: 'who is silent for too long is down or cut off',
  mayFire: (moment, { id, state }) => {
    const speakers = awaited(
      moment.nodes.map((node) => node.id),
      state
    )
    return speakers.length > 0 && allSilent(moment, id, speakers)
  }
}

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
