/** Choreography where each message counts, one is lost and one comes twice: crashes cut between the effects of one step. */
import { Natural, type Protocol, type Step } from '../../spec/kernel/index.ts'
import {
  chainPromises,
  sagaChoreography,
  withinUnits,
  type SagaChoreography
} from '../../spec/saga-choreography/index.ts'
import { model, unordered } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { beginTrip, cancelTrip, chain } from './chain.ts'

/**
 * On a network that counts messages, a service that publishes again and again puts ever more of them in flight. Here only
 * a restart publishes again, and what the timer would do is left out of the model.
 */
const untimed = (moved: Step<SagaChoreography>): Step<SagaChoreography> => ({
  ...moved,
  effects: moved.effects.filter(({ type }) => type !== 'start-timer')
})

const patient: Protocol<SagaChoreography> = {
  ...sagaChoreography,
  step: (self, state, event) => untimed(sagaChoreography.step(self, state, event)),
  recover: (self, disk) => untimed(sagaChoreography.recover(self, disk))
}

export default parametric(
  {
    crashes: parameter(Natural, 1, 'crashes with restart, of any node'),
    lose: parameter(Natural, 1, 'messages lost'),
    duplicate: parameter(Natural, 0, 'messages delivered twice')
  },
  ({ crashes, lose, duplicate }) =>
    model({
      name: 'saga-choreography-unordered',
      protocol: patient,
      nodes: chain(3),
      network: unordered({ lose, duplicate }),
      faults: { crashes },
      requests: [beginTrip, cancelTrip],
      properties: [...chainPromises, withinUnits(1)],
      // Where an event is lost and nobody restarts, nothing brings it again.
      mayStop: true
    })
)
