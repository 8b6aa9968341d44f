/**
 * The saga of the shop, with services as the protocol means them: what is run is what is checked. There is money for one
 * order of two.
 */
import { sagaPromises, allEnded, saga, type Config, type SagaProtocol } from '../../../spec/saga/index.ts'
import { asynchronous, model } from '../../model/index.ts'
import { definition, orchestrator, services } from './shop.ts'

export default model<SagaProtocol>({
  name: 'shop',
  protocol: saga,
  nodes: {
    orchestrator,
    ...Object.fromEntries(
      services.map((service): [string, Config] => [
        service,
        { role: 'service', units: service === 'bank' ? 1 : 2, semanticLock: false }
      ])
    )
  },
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: [{ name: 'order', request: { type: 'begin-saga' }, at: ['orchestrator'], times: 2 }],
  properties: sagaPromises(definition),
  mayStop: allEnded
})
