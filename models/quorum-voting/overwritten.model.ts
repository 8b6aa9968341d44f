/** Broken: a representative stores whatever comes, not only what is newer. A late message takes back a newer write. */
import { fired, send, type Protocol } from '../../spec/kernel/index.ts'
import { copiesOnlyGrowNewer, quorumVoting, type QuorumVoting } from '../../spec/quorum-voting/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { majorities, write } from './cluster.ts'

const storingAnything: Protocol<QuorumVoting> = {
  ...quorumVoting,
  step: (self, state, event) => {
    if (event.type !== 'deliver' || event.message.type !== 'store') return quorumVoting.step(self, state, event)
    const { operation, version, value } = event.message
    return fired(
      'replace-copy',
      { ...state, copy: { version, value } },
      send(event.from, { type: 'stored', operation })
    )
  }
}

export default model({
  name: 'quorum-voting-overwritten-copy-goes-back',
  protocol: storingAnything,
  nodes: majorities,
  network: asynchronous(),
  requests: [write('a', 'n1'), write('b', 'n2')],
  properties: [copiesOnlyGrowNewer],
  mayStop: true,
  expect: { violates: 'copies-only-grow-newer' }
})
