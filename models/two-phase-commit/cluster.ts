/** What the models of two-phase commit have in common. */
import { sameNodes, type ModelRequest } from '../../src/model/model.ts'
import { twoPhaseCommit, type Config, type TwoPhaseCommit, type Vote } from '../../spec/two-phase-commit/index.ts'
import type { NodeId, Protocol } from '../../spec/kernel/index.ts'

/** `coordinator`, and participants `p1` to `pN` that all vote the same if they are asked in time. */
export const cluster = (participants: number, vote: Vote = 'yes'): Readonly<Record<NodeId, Config>> => ({
  coordinator: { role: 'coordinator' },
  ...sameNodes<Config>('p', participants, { role: 'participant', coordinator: 'coordinator', vote })
})

/** The participants of `cluster`: they can be exchanged for each other. */
export const participantsOf = (nodes: Readonly<Record<NodeId, Config>>): ReadonlyArray<NodeId> =>
  Object.keys(nodes).filter((id) => nodes[id]?.role === 'participant')

/** One client asks, once. */
export const endTransaction: ModelRequest<TwoPhaseCommit> = {
  name: 'end-transaction',
  request: { type: 'end-transaction' },
  at: ['coordinator']
}

/**
 * On a network that counts messages, a participant that asks again and again puts ever more of them in flight. Here it
 * asks once after its vote and twice after each restart, and what it would ask later is left out of the model.
 */
export const askingOnce: Protocol<TwoPhaseCommit> = {
  ...twoPhaseCommit,
  step: (self, state, event) => {
    const moved = twoPhaseCommit.step(self, state, event)
    return moved.rule === 'ask-for-decision'
      ? { ...moved, effects: moved.effects.filter(({ type }) => type !== 'start-timer') }
      : moved
  }
}
