/** The orchestrator is named as a service, and clients ask the wrong nodes: nothing is done, and nothing that is told is wrong. */
import { always } from '../../spec/kernel/index.ts'
import { atMostOnce, saga, type Definition, type SagaProtocol } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { abortTrip, beginTrip, cluster, take } from './trip.ts'

const definition: Definition = { stages: [[take('seat')], [take('orchestrator')]], pivot: 0 }
const correct: Definition = { stages: [[take('seat')]], pivot: 0 }

const neverEnds = always<SagaProtocol>('it-never-ends', ({ nodes }) =>
  nodes.every(({ durable }) => durable.role === 'service' || durable.sagas.every(({ phase }) => phase === 'running'))
)

export default model({
  name: 'saga-set-up-wrong',
  protocol: saga,
  nodes: {
    ...cluster(correct, 'forward'),
    orchestrator: { role: 'orchestrator', definition, recovery: 'forward' }
  },
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: [
    beginTrip(),
    { ...abortTrip('trap'), name: 'abort-what-never-was' },
    { name: 'begin-at-service', request: { type: 'begin-saga' }, at: ['seat'] },
    { name: 'unit-for-orchestrator', request: { type: 'add-unit' }, at: ['orchestrator'] }
  ],
  properties: [atMostOnce, neverEnds],
  mayStop: true
})
