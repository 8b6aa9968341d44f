/** Broken: nobody told the orchestrator which step is the pivot. The money is taken for good, and then the seat is given back. */
import { noReturnAfterPivot, saga, type Definition } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { abortTrip, beginTrip, cluster, take } from './trip.ts'

const definition: Definition = { stages: [[take('seat')], [take('money')], [take('ticket')]], pivot: 1 }

export default model({
  name: 'saga-without-pivot-returns-after-it',
  protocol: saga,
  nodes: cluster({ ...definition, pivot: null }, 'backward'),
  network: asynchronous(),
  requests: [beginTrip(), abortTrip()],
  properties: [noReturnAfterPivot(definition)],
  mayStop: true,
  expect: { violates: 'no-return-after-pivot' }
})
