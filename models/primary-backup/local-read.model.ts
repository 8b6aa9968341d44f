/** Broken: a primary answers reads from its own log, without asking its backups whether it is the primary still. */
import { entries, fired, reply, type Protocol } from '../../spec/kernel/index.ts'
import { primaryBackup, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { atMostViews, cluster, firstView, linearizable, readAt, writes } from './cluster.ts'

const readingLocally: Protocol<PrimaryBackup> = {
  ...primaryBackup,
  step: (self, state, event) => {
    if (event.type !== 'request' || event.request.type !== 'read') return primaryBackup.step(self, state, event)
    if (state.role !== 'server' || state.phase !== 'serving') return primaryBackup.step(self, state, event)
    const last = entries(state.log)
      .slice(0, state.committed)
      .findLast(({ type }) => type === 'write')
    const value = last?.type === 'write' ? last.value : null
    return fired('answer-at-once', state, reply(event.id, { type: 'value', value }))
  }
}

export default model<PrimaryBackup>({
  name: 'primary-backup-local-read-is-stale',
  protocol: atMostViews(2, readingLocally),
  nodes: cluster(2, 'synchronous', firstView(1)),
  network: asynchronous(),
  requests: [...writes(1, ['s2']), readAt('s1')],
  properties: [linearizable],
  mayStop: true,
  expect: { violates: 'linearizable' }
})
