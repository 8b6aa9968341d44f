/** Peer-to-peer replication of one object: who does what, at a glance. */
import type { Protocol } from '../kernel/index.ts'
import { growOnlyCounter } from './counter.ts'
import { messageOf, replicaOf, requestOf, responseOf } from './messages.ts'
import { lastWriterWins, multiValue } from './registers.ts'
import type { ReplicatedType } from './replicated-type.ts'
import { observedRemoveSet } from './set.ts'
import { durable } from './state.ts'
import { reducersOf, rules, type PeerToPeer } from './transitions.ts'

/**
 * The protocol for objects of one replicated type, which says how conflicts are resolved.
 *
 * @example peerToPeer(multiValue)
 */
export const peerToPeer = <Content, Operation, Value>(
  type: ReplicatedType<Content, Operation, Value>
): Protocol<PeerToPeer<Content, Operation, Value>> => ({
  name: `peer-to-peer-${type.name}`,
  wireVersion: 1,
  codecs: {
    message: messageOf(type),
    durable: replicaOf(type.codecs.content),
    request: requestOf(type),
    response: responseOf(type)
  },
  rules,
  timers: ['gossip'],
  ...reducersOf(type),
  durable
})

/** The protocols of the types that come with it, ready to be hosted. */
export const lastWriterWinsRegister = peerToPeer(lastWriterWins)
export const multiValueRegister = peerToPeer(multiValue)
export const replicatedCounter = peerToPeer(growOnlyCounter)
export const replicatedSet = peerToPeer(observedRemoveSet)
