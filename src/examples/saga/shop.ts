/**
 * The saga of a shop: it puts goods aside, reserves the money, ships, and collects the money. Up to the shipping everything
 * can be undone; the shipping decides; and from then on what is left is tried until it is done.
 */
import type { NodeId } from '../../../spec/kernel/index.ts'
import type { Config, Definition } from '../../../spec/saga/index.ts'

export const definition: Definition = {
  stages: [
    [{ service: 'stock', action: 'take' }],
    [{ service: 'bank', action: 'take' }],
    [{ service: 'courier', action: 'take' }],
    [{ service: 'bank', action: 'confirm' }]
  ],
  pivot: 2
}

export const services: ReadonlyArray<NodeId> = ['stock', 'bank', 'courier']
export const orchestrator: Config = { role: 'orchestrator', definition, recovery: 'forward' }
