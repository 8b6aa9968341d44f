/**
 * The view service says who is primary: of the views proposed with the next number, the first. It is the configuration
 * manager of [PacificA], and the view service of [6.824]. As in Vertical Paxos II [VP], a view is accepted first, and active
 * once all its members have its log.
 */
import { match, P } from 'ts-pattern'
import { broadcast, fired, reply, send, startTimer, stay, type NodeId } from '../kernel/index.ts'
import { membersOf, type Message, type Response, type View } from './messages.ts'
import { survivorsNeeded } from './policy.ts'
import type { Happening, Move } from './rules.ts'
import type { Mode, ViewService } from './state.ts'

interface Self {
  readonly id: NodeId
  /** The servers, and the service itself. */
  readonly nodes: ReadonlyArray<NodeId>
}

const latest = ({ active, proposed }: Pick<ViewService, 'active' | 'proposed'>): View => proposed ?? active

const newView = (view: View): Message => ({ type: 'view', view })
const activate = ({ number }: View): Message => ({ type: 'activate', view: number })

const message = <const Type>(type: Type) => ({ type: 'deliver', message: { type } }) as const

export const stepService = (self: Self, mode: Mode, state: ViewService, event: Happening): Move =>
  match(event)
    .returnType<Move>()
    .with(message('propose'), ({ message: { view } }) =>
      isNext(mode, state, view)
        ? fired('accept-view', { ...state, proposed: view }, broadcast(self, newView(view)))
        : stay('ignore-proposal', state)
    )
    .with(message('complete'), ({ from, message: { view } }) => onComplete(state, from, view))
    .with({ type: 'request' }, ({ id }) =>
      fired('refuse-client', state, reply<Response>(id, { type: 'refused', primary: latest(state).primary }))
    )
    // A server that has missed a view may ask in vain for ever.
    .with({ type: 'timeout' }, () =>
      fired('announce-again', state, broadcast(self, newView(latest(state))), startTimer('beat'))
    )
    .with(message(P.union('view', 'report', 'append', 'have', 'activate')), () => stay('ignore-misdirected', state))
    .exhaustive()

/**
 * Of the proposals that are made in one view, one wins. And what was acknowledged is in logs of the active view, so enough of
 * its members must go on: all of a view report to its primary.
 */
const isNext = (mode: Mode, state: ViewService, view: View): boolean => {
  const former = membersOf(state.active)
  const survivors = membersOf(view).filter((member) => former.includes(member))
  return view.number === latest(state).number + 1 && survivors.length >= survivorsNeeded(mode, state.active)
}

/** From here on the view before cannot acknowledge anything, and what it acknowledged is everywhere in this one. */
const onComplete = ({ active, proposed, ...state }: ViewService, from: NodeId, view: number): Move => {
  if (view === proposed?.number)
    return fired('activate-view', { ...state, active: proposed, proposed: null }, send(from, activate(proposed)))
  return view === active.number
    ? fired('activate-again', { ...state, active, proposed }, send(from, activate(active)))
    : stay('ignore-complete', { ...state, active, proposed })
}
