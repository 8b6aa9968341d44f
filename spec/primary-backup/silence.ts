/**
 * A server has not heard what it waited for, and asks for another view. As in [PacificA], the primary asks for one without the
 * backups that are silent, a backup for one of its own without the primary, an outsider for one that has it in. It may be
 * wrong about who is dead; safety does not depend on it.
 */
import { match } from 'ts-pattern'
import { excluding, fired, lastIndex, send, startTimer, type NodeId } from '../kernel/index.ts'
import type { Message, View } from './messages.ts'
import type { Move, ReplicaMove } from './rules.ts'
import type { Server } from './state.ts'

type NextView = Pick<View, 'primary' | 'backups'>

const { hasOwn } = Object

/** Who is in the next view if this server has its way; null if it misses nobody. */
export const nextView = (id: NodeId, state: Server): NextView | null => {
  const { primary, backups } = state.view
  const keeping = (isThere: (backup: NodeId) => boolean): NextView | null =>
    backups.every(isThere) ? null : { primary, backups: backups.filter(isThere) }
  return match(state)
    .returnType<NextView | null>()
    .with({ phase: 'outsider' }, () => ({ primary, backups: [...backups, id] }))
    .with({ phase: 'backup' }, () => ({ primary: id, backups: excluding(backups, id) }))
    .with({ phase: 'gathering' }, ({ reports }) => keeping((backup) => hasOwn(reports, backup)))
    .with({ phase: 'transferring' }, ({ confirmed }) => keeping((backup) => hasOwn(confirmed, backup)))
    .with({ phase: 'serving' }, ({ confirmed, due }) => keeping((backup) => (confirmed[backup] ?? 0) >= due))
    .exhaustive()
}

/** What the primary has in its log by now is to be confirmed by the next time. */
export const missNobody = (state: Server): ReplicaMove =>
  fired(
    'miss-nobody',
    state.phase === 'serving' ? { ...state, due: lastIndex(state.log) } : state,
    startTimer('silence')
  )

export const onSilence = (service: NodeId, id: NodeId, state: Server): Move => {
  const next = nextView(id, state)
  if (next === null) return missNobody(state)
  const rule = match(state.phase)
    .returnType<Move['rule']>()
    .with('outsider', () => 'ask-to-join')
    .with('backup', () => 'ask-to-take-over')
    .with('gathering', 'transferring', 'serving', () => 'ask-to-go-on-without')
    .exhaustive()
  const view: View = { number: state.view.number + 1, ...next }
  return fired(rule, state, send<Message>(service, { type: 'propose', view }), startTimer('silence'))
}
