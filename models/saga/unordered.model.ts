/** Sagas where each message counts, one is lost and one comes twice: crashes cut between the effects of one step. */
import { Natural } from '../../spec/kernel/index.ts'
import { saga, sagaPromises, type SagaProtocol } from '../../spec/saga/index.ts'
import type { Protocol } from '../../spec/kernel/index.ts'
import { model, unordered } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { abortTrip, beginTrip, cluster, seatThenMoney } from './trip.ts'

/**
 * On a network that counts messages, an orchestrator that asks again and again puts ever more of them in flight. Here it
 * asks twice for each thing, and what it would ask later is left out of the model.
 */
const askingTwice: Protocol<SagaProtocol> = {
  ...saga,
  step: (self, state, event) => {
    const moved = saga.step(self, state, event)
    return moved.rule === 'retry'
      ? { ...moved, effects: moved.effects.filter(({ type }) => type !== 'start-timer') }
      : moved
  }
}

export default parametric(
  {
    crashes: parameter(Natural, 1, 'crashes with restart, of any node'),
    lose: parameter(Natural, 1, 'messages lost'),
    duplicate: parameter(Natural, 1, 'messages delivered twice')
  },
  ({ crashes, lose, duplicate }) =>
    model({
      name: 'saga-unordered',
      protocol: askingTwice,
      nodes: cluster(seatThenMoney, 'backward'),
      network: unordered({ lose, duplicate }),
      faults: { crashes },
      requests: [beginTrip(), abortTrip()],
      properties: sagaPromises(seatThenMoney),
      // Where the second time is lost as well, an orchestrator that asks no more waits for ever.
      mayStop: true
    })
)
