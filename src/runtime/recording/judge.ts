/** Judges what a cluster recorded by the properties of its protocol: those that the checker proves of its models. */
import {
  excluding,
  type AnySignature,
  type Cause,
  type ClientRecord,
  type NodeId,
  type NodeView,
  type Property,
  type Protocol,
  type UpNode
} from '../../../spec/kernel/index.ts'
import { timersAfter } from '../../model/local.ts'
import type { Happening } from './lives.ts'

type P = AnySignature

/** A property that did not hold. */
export interface Broken {
  readonly property: string
  /** Where: the node that acted, and the line of its recording; null for the end of a process. */
  readonly node: NodeId
  readonly line: number | null
}

export interface RunVerdict {
  /** The first of each property that was broken. */
  readonly broken: ReadonlyArray<Broken>
  /** How many happenings were judged, of how many. */
  readonly judged: number
  readonly of: number
}

const downAgain = (protocol: Protocol<P>, before: NodeView<P>): NodeView<P> => ({
  id: before.id,
  up: false,
  durable: before.up ? protocol.durable(before.state) : before.durable,
  gone: false
})

/** What a happening makes of its node. */
const viewAfter = (protocol: Protocol<P>, before: NodeView<P>, happening: Happening): NodeView<P> => {
  if (happening.type === 'end') return downAgain(protocol, before)
  if (happening.type === 'answer') return before
  const { state, effects, event } = happening.step
  const armed = before.up ? before.timers : []
  const left = event?.type === 'timeout' ? excluding(armed, event.timer as string) : armed
  const after: UpNode<P> = {
    id: before.id,
    up: true,
    state,
    durable: protocol.durable(state),
    timers: timersAfter(left, effects),
    machine: null
  }
  return after
}

const causeOf = (happening: Happening): Cause<P> =>
  happening.type === 'step' ? (happening.step.event ?? { type: 'restart' }) : { type: 'crash', forGood: false }

const recordsOf = (happening: Happening): ReadonlyArray<ClientRecord<P>> => {
  if (happening.type === 'answer') {
    const { id, response } = happening.answer
    return [{ type: 'reply', id, response }]
  }
  if (happening.type === 'end') return []
  const { event, effects } = happening.step
  return [
    ...(event?.type === 'request'
      ? [{ type: 'invoke' as const, id: event.id, node: happening.node, request: event.request as unknown }]
      : []),
    ...effects.flatMap((effect): ReadonlyArray<ClientRecord<P>> =>
      effect.type === 'reply' ? [{ type: 'reply', id: effect.id, response: effect.response as unknown }] : []
    )
  ]
}

/** Judges a run as it goes on. */
export interface Judging {
  readonly take: (happening: Happening) => void
  /** Called once, at the end. */
  readonly verdict: () => RunVerdict
}

/**
 * Judges a run. Properties of what must be possible say nothing of one run, and are left out.
 *
 * @param every of how many moments one is judged; the last one always
 */
export const judging = (
  protocol: Protocol<P>,
  nodes: ReadonlyArray<NodeId>,
  properties: ReadonlyArray<Property<P>>,
  every = 1
): Judging => {
  const broken = new Map<string, Broken>()
  const contents = new Map<string, unknown>(
    properties.flatMap((property) => (property.kind === 'history' ? [[property.name, property.initial]] : []))
  )
  /** Of the nodes that were heard of: before its first step a node is nothing that a property could read. */
  const views = new Map<NodeId, NodeView<P>>()
  let judged = 0
  let taken = 0
  /** What was left out last. */
  let leftOut: (() => void) | null = null

  const holds = (property: Property<P>, happening: Happening, before: NodeView<P> | undefined): boolean => {
    if (property.kind === 'always')
      return property.holds({ nodes: nodes.flatMap((id) => views.get(id) ?? []), network: [] })
    if (property.kind === 'history') return property.holds(contents.get(property.name))
    const after = views.get(happening.node)
    if (property.kind === 'reachable' || happening.type === 'answer' || before === undefined || after === undefined)
      return true
    const { rule, effects } =
      happening.type === 'step'
        ? { rule: happening.step.line.rule, effects: happening.step.effects }
        : { rule: null, effects: [] }
    return property.holds({ before, event: causeOf(happening), rule, effects, after })
  }

  const judge = (happening: Happening, before: NodeView<P> | undefined): void => {
    judged += 1
    for (const property of properties)
      if (!broken.has(property.name) && !holds(property, happening, before)) {
        const line = happening.type === 'step' ? happening.step.number : null
        broken.set(property.name, { property: property.name, node: happening.node, line })
      }
  }

  return {
    take: (happening) => {
      const before = views.get(happening.node)
      const empty = { id: happening.node, up: false, durable: null, gone: false } as const
      views.set(happening.node, viewAfter(protocol, before ?? empty, happening))
      for (const property of properties)
        if (property.kind === 'history')
          contents.set(
            property.name,
            recordsOf(happening).reduce(
              (content, record) => property.next(content, record),
              contents.get(property.name)
            )
          )
      leftOut = taken % every === 0 ? null : () => judge(happening, before)
      if (leftOut === null) judge(happening, before)
      taken += 1
    },
    verdict: () => {
      leftOut?.()
      return { broken: [...broken.values()], judged, of: taken }
    }
  }
}
