/** Synchronous, on links that keep order and lose nothing: a crash cuts between the effects of one step. */
import { Natural, Positive, type Protocol, type Step } from '../../spec/kernel/index.ts'
import { copiesIn, primaryBackup, resilience, type PrimaryBackup } from '../../spec/primary-backup/index.ts'
import { fifo, model } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, firstView, writes } from './cluster.ts'

const withoutBeat = (moved: Step<PrimaryBackup>): Step<PrimaryBackup> => ({
  ...moved,
  effects: moved.effects.filter((it) => it.type !== 'start-timer' || it.timer !== 'beat')
})

/** Where messages count, saying it again puts ever more of them on their way. Nothing is lost: each is said once. */
const sayingItOnce: Protocol<PrimaryBackup> = {
  ...primaryBackup,
  step: (self, state, event) => {
    const moved = primaryBackup.step(self, state, event)
    return { ...moved, effects: moved.effects.filter(({ type }) => type !== 'start-timer') }
  },
  initial: (self) => withoutBeat(primaryBackup.initial(self)),
  recover: (self, disk) => withoutBeat(primaryBackup.recover(self, disk))
}

export default parametric(
  {
    backups: parameter(Positive, 1, 'backups in the first view'),
    crashes: parameter(Natural, 1, 'crashes with restart, of any node')
  },
  ({ backups, crashes }) =>
    model<PrimaryBackup>({
      name: 'primary-backup-fifo',
      protocol: sayingItOnce,
      nodes: cluster(backups + 1, 'synchronous', firstView(backups)),
      network: fifo(),
      faults: { crashes },
      requests: writes(1, ['s1', 's2']),
      properties: resilience(copiesIn('synchronous')),
      mayStop: true
    })
)
