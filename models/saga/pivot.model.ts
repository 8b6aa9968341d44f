/**
 * A seat is taken, then money is taken for good, then a ticket is issued, for which paper must be found first. Crashes
 * go on with the saga; clients that change their mind late hear that it is too late; what they are told stays true.
 */
import { Natural } from '../../spec/kernel/index.ts'
import { allEnded, saga, sagaPromises, toldForGood, type Definition } from '../../spec/saga/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { abortTrip, askStatus, beginTrip, cluster, take } from './trip.ts'

const definition: Definition = { stages: [[take('seat')], [take('money')], [take('ticket')]], pivot: 1 }

export default parametric(
  {
    crashes: parameter(Natural, 2, 'crashes with restart, of any node'),
    questions: parameter(Natural, 1, 'times a client asks what has become of its saga')
  },
  ({ crashes, questions }) =>
    model({
      name: 'saga-pivot',
      protocol: saga,
      nodes: cluster(definition, 'forward', (service) => (service === 'ticket' ? 0 : 1)),
      network: asynchronous(),
      faults: { crashes },
      requests: [
        beginTrip(),
        abortTrip(),
        ...(questions === 0 ? [] : [askStatus(questions)]),
        { name: 'more-paper', request: { type: 'add-unit' }, at: ['ticket'] }
      ],
      properties: [...sagaPromises(definition), toldForGood],
      mayStop: allEnded
    })
)
