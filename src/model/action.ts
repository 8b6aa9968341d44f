/** Everything that can happen in a model. A run is a list of these. */
import * as t from 'io-ts'
import { closed, Natural, NodeId } from '../../spec/kernel/index.ts'

/** A crash in the middle of a step: after `kept` of the effects that leave the node. */
export const MidStepCrash = closed('MidStepCrash', { kept: Natural, forGood: t.boolean })
export type MidStepCrash = t.TypeOf<typeof MidStepCrash>

const crash = t.union([MidStepCrash, t.null])

/** `node` is where it happens: the receiver of a message, the node whose timer fires. */
export const Action = t.union([
  closed('deliver', { type: t.literal('deliver'), node: NodeId, from: NodeId, message: t.unknown, crash }),
  closed('timeout', { type: t.literal('timeout'), node: NodeId, timer: t.string, crash }),
  closed('request', { type: t.literal('request'), node: NodeId, id: t.string, request: t.unknown, crash }),
  closed('snapshot', { type: t.literal('snapshot'), node: NodeId, index: Natural, content: t.unknown, crash }),
  closed('restart', { type: t.literal('restart'), node: NodeId, crash }),
  closed('crash', { type: t.literal('crash'), node: NodeId, forGood: t.boolean }),
  closed('lose', { type: t.literal('lose'), node: NodeId, from: NodeId, message: t.unknown }),
  closed('duplicate', { type: t.literal('duplicate'), node: NodeId, from: NodeId, message: t.unknown }),
  closed('partition', { type: t.literal('partition'), cut: t.string }),
  closed('heal', { type: t.literal('heal') })
])
export type Action = t.TypeOf<typeof Action>
