/** What the models of primary-backup replication have in common. */
import type { NodeId, Protocol } from '../../spec/kernel/index.ts'
import {
  primaryBackup,
  type Config,
  type Mode,
  type PrimaryBackup,
  type Replica,
  type Replication,
  type View
} from '../../spec/primary-backup/index.ts'
import { linearizableHistory } from '../../src/consistency/in-models.ts'
import { register } from '../../src/consistency/specifications/registers.ts'
import { sameNodes, type ModelRequest } from '../../src/model/model.ts'

/** `s1` is the primary, and the next `backups` servers are its backups; further ones stand by. */
export const firstView = (backups: number): View => ({
  number: 1,
  primary: 's1',
  backups: Array.from({ length: backups }, (_, index) => `s${index + 2}`)
})

/** Servers `s1` to `sN` and their view service, `views`. */
export const cluster = (servers: number, mode: Mode, first: View): Readonly<Record<NodeId, Config>> => ({
  ...sameNodes<Config>('s', servers, { role: 'server', service: 'views', mode, first }),
  views: { role: 'view-service', mode, first }
})

/** `v1` to `vN`: whoever keeps one keeps any other. */
export const values = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `v${index + 1}`)

/** Each of `v1` to `vN` is written once. Somebody else's request is refused, and nothing comes of it. */
export const writes = (count: number, at: ReadonlyArray<NodeId>): ReadonlyArray<ModelRequest<Replica>> =>
  values(count).map((value) => ({ name: `write-${value}`, request: { type: 'write', value }, at }))

export const readAt = (node: NodeId): ModelRequest<Replica> => ({
  name: `read-at-${node}`,
  request: { type: 'read' },
  at: [node]
})

/**
 * In view `count` nobody asks for another one. What a bound would cut off would be on its way all the same, in every
 * combination.
 */
export const atMostViews = (count: number, protocol = primaryBackup): Protocol<PrimaryBackup> => ({
  ...protocol,
  step: (self, state, event) => {
    const moved = protocol.step(self, state, event)
    return state.role === 'server' && state.view.number >= count
      ? { ...moved, effects: moved.effects.filter((it) => it.type !== 'send' || it.message.type !== 'propose') }
      : moved
  }
})

/** To its clients, the cluster is one register. [Herlihy90] */
export const linearizable = linearizableHistory<Replication, any, unknown, unknown>('linearizable', register(), {
  operation: (request) => request,
  answer: (response) =>
    response.type === 'refused'
      ? { type: 'fail' }
      : { type: 'ok', response: response.type === 'value' ? response.value : null }
})
