/** Broken: adding what is there already leaves no tag, and a remove elsewhere that knew nothing of it takes it away. */
import { addsWin, observedRemoveSet, peerToPeer } from '../../spec/peer-to-peer/index.ts'
import { asynchronous, model } from '../../src/model/model.ts'
import { add, cluster, read, remove } from './cluster.ts'

const addingOnce: typeof observedRemoveSet = {
  ...observedRemoveSet,
  update: (tags, change, dot) =>
    change.type === 'add' && tags.some(({ value }) => value === change.element)
      ? tags
      : observedRemoveSet.update(tags, change, dot)
}

export default model({
  name: 'peer-to-peer-silent-add-loses-an-add',
  protocol: peerToPeer(addingOnce),
  nodes: cluster(2),
  network: asynchronous(),
  requests: [{ ...add('a', 'n1'), times: 2 }, remove('a', 'n2'), read],
  properties: [addsWin()],
  mayStop: true,
  expect: { violates: 'adds-win' }
})
