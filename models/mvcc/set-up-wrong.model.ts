/**
 * A client asks the store itself, a session is asked while it is busy, one session crashes, and messages come twice or go to
 * whom they do not concern: the store stays sound.
 */
import { Natural, send, type Protocol } from '../../spec/kernel/index.ts'
import { mvcc, storeSafety, type Mvcc } from '../../spec/mvcc/index.ts'
import { model, unordered } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, transaction } from './cluster.ts'

/** A session that sends what it asks to the other session as well, and a store that sends an answer to itself. */
const gossiping: Protocol<Mvcc> = {
  ...mvcc,
  timers: [...mvcc.timers],
  step: (self, state, event) => {
    const moved = mvcc.step(self, state, event)
    if (moved.rule === 'begin-transaction')
      return {
        ...moved,
        effects: [
          ...moved.effects,
          send('s2', { type: 'commit', transaction: 't1' }),
          { type: 'start-timer', timer: 'vacuum' }
        ]
      }
    return moved.rule === 'commit'
      ? { ...moved, effects: [...moved.effects, send(self.id, { type: 'committed', transaction: 't1' })] }
      : moved
  }
}

const t1 = transaction('t1', 's1', 'w x 1')

export default parametric(
  { rivals: parameter(Natural, 0, 'transactions of the other session that write the same key, at most 1') },
  ({ rivals }) =>
    model({
      name: 'mvcc-set-up-wrong',
      protocol: gossiping,
      nodes: cluster('first-updater-wins', 2),
      network: unordered({ duplicate: 1 }),
      faults: { crashes: 1, crashing: ['s1'] },
      requests: [
        t1,
        ...[transaction('t2', 's2', 'w x 2')].slice(0, rivals),
        transaction('while-busy', 's1', 'scan'),
        { ...t1, name: 'at-the-store', at: ['store'] }
      ],
      properties: storeSafety,
      mayStop: true
    })
)
