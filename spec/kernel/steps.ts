/** The kit that keeps reducers short: steps and effects, said in a word. */
import type { NodeId } from './codecs.ts'
import type { AnySignature, Effect, RequestId, Step } from './protocol.ts'

/** An effect, or several in order. */
export type Effects<P extends AnySignature> = Effect<P> | ReadonlyArray<Effect<P>>

/**
 * A step: `rule` fired, the node is in `state` now, and `effects` leave it in the order written.
 *
 * @example fired('vote-yes', { ...state, phase: 'prepared' }, send(state.coordinator, { type: 'yes' }))
 */
export const fired = <P extends AnySignature>(
  rule: P['rule'],
  state: P['state'],
  ...effects: ReadonlyArray<Effects<P>>
): Step<P> => ({ rule, state, effects: effects.flat() as ReadonlyArray<Effect<P>> })

/** A step that changes nothing and says nothing: `rule` tells why the event was ignored. */
export const stay = <P extends AnySignature>(rule: P['rule'], state: P['state']): Step<P> => ({
  rule,
  state,
  effects: []
})

/** Send `message` to the node `to`; a node may send to itself. */
export const send = <Message>(to: NodeId, message: Message) => ({ type: 'send', to, message }) as const

/** Send `message` to every node in `to`, in that order. */
export const sendAll = <Message>(to: ReadonlyArray<NodeId>, message: Message) => to.map((node) => send(node, message))

/** The nodes other than this one, in the cluster's order. */
export const others = (self: { readonly id: NodeId; readonly nodes: ReadonlyArray<NodeId> }): ReadonlyArray<NodeId> =>
  self.nodes.filter((node) => node !== self.id)

/** Send `message` to every node but this one. */
export const broadcast = <Message>(
  self: { readonly id: NodeId; readonly nodes: ReadonlyArray<NodeId> },
  message: Message
) => sendAll(others(self), message)

/** Arm a timer. Arming it again is the same as arming it once. */
export const startTimer = <Timer extends string>(timer: Timer) => ({ type: 'start-timer', timer }) as const

/** Disarm a timer. Disarming one that is not armed does nothing. */
export const stopTimer = <Timer extends string>(timer: Timer) => ({ type: 'stop-timer', timer }) as const

/** Answer the client that made request `id`. */
export const reply = <Response>(id: RequestId, response: Response) => ({ type: 'reply', id, response }) as const

/**
 * Hand a committed entry to the replicated state machine, which lives outside the reducer. Its result answers
 * `request` if that is not null.
 */
export const apply = <Entry>(entry: Entry, request: RequestId | null = null) =>
  ({ type: 'apply', entry, request }) as const

/**
 * Ask for a snapshot of the replicated state machine as it is at this point of the step, after the entries up to `index`.
 * The answer comes later, as the event `snapshot`, or never if the node crashes. Asking again before it has come takes
 * back what was asked.
 */
export const takeSnapshot = (index: number) => ({ type: 'take-snapshot', index }) as const

/** Have the replicated state machine forget what it is and become this content of a snapshot. */
export const restore = <Content>(content: Content) => ({ type: 'restore', content }) as const

/** Report something observable: properties and logs read it, the protocol never does. */
export const note = <Fact>(fact: Fact) => ({ type: 'note', fact }) as const
