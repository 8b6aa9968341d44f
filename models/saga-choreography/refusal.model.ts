/** The last service has nothing: no saga completes, and one that begins while another is under way is refused at once. */
import { Natural, Positive } from '../../spec/kernel/index.ts'
import {
  allSettled,
  chainPromises,
  completes,
  sagaChoreography,
  withinUnits
} from '../../spec/saga-choreography/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { beginTrip, chain } from './chain.ts'

export default parametric(
  {
    sagas: parameter(Positive, 2, 'sagas'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ sagas, crashes }) =>
    model({
      name: 'saga-choreography-refusal',
      protocol: sagaChoreography,
      nodes: chain(3, (index) => (index < 2 ? 1 : 0)),
      network: asynchronous(),
      faults: { crashes },
      requests: [
        { ...beginTrip, times: sagas },
        { name: 'begin-in-the-middle', request: { type: 'begin-saga' }, at: ['s2'] },
        { name: 'ask', request: { type: 'ask-stand', saga: 'trip#1' }, at: ['s3'] }
      ],
      properties: [...chainPromises.filter((promise) => promise !== completes), withinUnits(1)],
      mayStop: allSettled
    })
)
