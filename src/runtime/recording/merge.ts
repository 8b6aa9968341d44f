/**
 * The recordings of a cluster as one run: every node's steps in its own order, each delivery after its sending, and apart
 * from that by the clocks. Nodes share nothing but messages, so every such order is a run that could have been.
 */
import type { NodeId } from '../../../spec/kernel/index.ts'
import { checkOf } from './check.ts'
import type { Happening, Life } from './lives.ts'

export interface Merged {
  /** By node. */
  readonly lives: ReadonlyArray<ReadonlyArray<Life>>
  /** How many deliveries nobody is recorded to have sent: what is missing from the recordings. */
  readonly unsent: number
}

/** What a node does next. */
interface Head {
  readonly happening: Happening
  /** The message that it waits for: who sent it, and its number; null for none. */
  readonly wanted: { readonly from: NodeId; readonly sending: number } | null
}

interface Queue {
  readonly node: NodeId
  head: Head | null
  lives: ReadonlyArray<Life>
}

/** How much later than its delivery a sending may be recorded, in milliseconds: how far the clocks may be apart. */
const patience = 60_000

/**
 * Merges what nodes did, as it is asked for; at the end, their lives.
 *
 * @param nodes what each node did, by its name
 * @throws Refusal as what the nodes did is read
 */
export const mergedRun = function* (
  nodes: ReadonlyArray<readonly [NodeId, Generator<Happening, ReadonlyArray<Life>>]>
): Generator<Happening, Merged> {
  const sent = new Set<number>()
  const links = new Map<string, number>()
  let unsent = 0

  /** A number for a message on its way, whose check has 32 bits. */
  const sendingOf = (from: NodeId, to: NodeId, message: unknown): number => {
    const link = `${from}>${to}`
    const number = links.get(link) ?? links.size
    links.set(link, number)
    return number * 2 ** 32 + checkOf(message)
  }

  const wantedBy = (happening: Happening): Head['wanted'] => {
    if (happening.type !== 'step' || happening.step.event?.type !== 'deliver') return null
    const { from, message } = happening.step.event
    return { from, sending: sendingOf(from, happening.node, message) }
  }

  const advance = (queue: Queue, run: Generator<Happening, ReadonlyArray<Life>>): void => {
    const next = run.next()
    if (next.done === true) {
      queue.head = null
      queue.lives = next.value
    } else queue.head = { happening: next.value, wanted: wantedBy(next.value) }
  }

  const queues = nodes.map(([node, run]) => {
    const queue: Queue = { node, head: null, lives: [] }
    advance(queue, run)
    return { queue, run }
  })

  /** Whether the sender may still come to what is delivered here. */
  const mayBeSent = (from: NodeId, at: number): boolean => {
    const head = queues.find(({ queue }) => queue.node === from)?.queue.head
    return head !== undefined && head !== null && head.happening.at < at + patience
  }

  const isReady = ({ happening, wanted }: Head): boolean =>
    wanted === null ||
    sent.has(wanted.sending) ||
    wanted.from === happening.node ||
    !mayBeSent(wanted.from, happening.at)

  const noteSent = (happening: Happening): void => {
    if (happening.type !== 'step') return
    for (const effect of happening.step.effects as ReadonlyArray<{ type: string; to?: NodeId; message?: unknown }>)
      if (effect.type === 'send') sent.add(sendingOf(happening.node, effect.to ?? '', effect.message))
  }

  for (;;) {
    const waiting = queues.flatMap(({ queue, run }) => (queue.head === null ? [] : [{ queue, run, head: queue.head }]))
    if (waiting.length === 0) return { lives: queues.map(({ queue }) => queue.lives), unsent }
    const ready = waiting.filter(({ head }) => isReady(head))
    // Two that wait for each other, where recordings have gaps: then by the clocks alone.
    const candidates = ready.length > 0 ? ready : waiting
    const { queue, run, head } = candidates.reduce((one, other) =>
      other.head.happening.at < one.head.happening.at ? other : one
    )
    if (head.wanted !== null && !sent.has(head.wanted.sending)) unsent += 1
    noteSent(head.happening)
    yield head.happening
    advance(queue, run)
  }
}
