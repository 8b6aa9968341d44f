/**
 * The recordings of a cluster as one run: every node's steps in its own order, each delivery after its sending, and apart
 * from that by the clocks. Nodes share nothing but messages, so every such order is a run that could have been.
 */
import type { NodeId } from '../../../spec/kernel/index.ts'
import { checkOf } from './check.ts'
import { visibleSteps, type Answer, type Life } from './lives.ts'
import type { ReplayedStep } from './replay.ts'

export type Happening =
  | { readonly type: 'step'; readonly node: NodeId; readonly at: number; readonly step: ReplayedStep }
  | { readonly type: 'answer'; readonly node: NodeId; readonly at: number; readonly answer: Answer }
  /** The process of a node ended. */
  | { readonly type: 'end'; readonly node: NodeId; readonly at: number }

export interface Merged {
  readonly happenings: ReadonlyArray<Happening>
  /** How many deliveries nobody is recorded to have sent: what is missing from the recordings. */
  readonly unsent: number
}

const happeningsOf = (lives: ReadonlyArray<Life>): ReadonlyArray<Happening> =>
  lives.flatMap((life, index) => {
    const { node, began, answers } = life
    const steps = visibleSteps(life, lives[index + 1]).map((step): Happening => ({
      type: 'step',
      node,
      at: began + step.line.at,
      step
    }))
    const answered = answers.map((answer): Happening => ({ type: 'answer', node, at: answer.at, answer }))
    const all = [...steps, ...answered].toSorted((one, other) => one.at - other.at)
    return [...all, { type: 'end', node, at: all.at(-1)?.at ?? began }]
  })

const link = (from: NodeId, to: NodeId, message: unknown): string => `${from}>${to} ${checkOf(message)}`

/** How much later than its delivery a sending may be recorded, in milliseconds: how far the clocks may be apart. */
const patience = 60_000

/** @param nodes the lives of each node */
export const mergedRun = (nodes: ReadonlyArray<ReadonlyArray<Life>>): Merged => {
  const queues = nodes.map((lives) => ({ node: lives[0]?.node, all: happeningsOf(lives), next: 0 }))
  const sent = new Set<string>()
  const happenings: Happening[] = []
  let unsent = 0

  const headOf = ({ all, next }: (typeof queues)[number]): Happening | undefined => all[next]

  /** Whether the sender may still come to what is delivered here. */
  const mayBeSent = (from: NodeId, at: number): boolean => {
    const sender = queues.find(({ node }) => node === from)
    const head = sender === undefined ? undefined : headOf(sender)
    return head !== undefined && head.at < at + patience
  }

  const cause = (happening: Happening): string | null =>
    happening.type === 'step' && happening.step.event?.type === 'deliver'
      ? link(happening.step.event.from, happening.node, happening.step.event.message)
      : null

  const isReady = (happening: Happening): boolean => {
    const wanted = cause(happening)
    if (wanted === null || sent.has(wanted) || happening.type !== 'step') return true
    const { event } = happening.step
    return event?.type === 'deliver' && (event.from === happening.node || !mayBeSent(event.from, happening.at))
  }

  const take = (queue: (typeof queues)[number], happening: Happening): void => {
    queue.next += 1
    const wanted = cause(happening)
    if (wanted !== null && !sent.has(wanted)) unsent += 1
    happenings.push(happening)
    if (happening.type !== 'step') return
    for (const effect of happening.step.effects as ReadonlyArray<{
      readonly type: string
      to?: string
      message?: unknown
    }>)
      if (effect.type === 'send') sent.add(link(happening.node, effect.to ?? '', effect.message))
  }

  for (;;) {
    const heads = queues.flatMap((queue) => {
      const head = headOf(queue)
      return head === undefined ? [] : [{ queue, head }]
    })
    if (heads.length === 0) return { happenings, unsent }
    const ready = heads.filter(({ head }) => isReady(head))
    // Two that wait for each other, where recordings have gaps: then by the clocks alone.
    const candidates = ready.length > 0 ? ready : heads
    const first = candidates.reduce((one, other) => (other.head.at < one.head.at ? other : one))
    take(first.queue, first.head)
  }
}
