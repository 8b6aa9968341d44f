/**
 * The meaning of a model: its global states and everything that can happen in each, in plain objects.
 *
 * This is the definition. The naive checker explores it, traces are replayed against it, and the engine is judged by it.
 */
import type { AnySignature, Cause, UpNode, View } from '../../spec/kernel/index.ts'
import type { Action, MidStepCrash } from './action.ts'
import { initialContents, nextContents, seenOf } from './clients.ts'
import { canonical } from './data.ts'
import { delivered, double, foremost, post, take, type Inbox } from './inbox.ts'
import { ask, crashed, cutCount, cutShort, isReady, react, snapshotsOf, start, viewOf } from './local.ts'
import type { Local, Outcome, Stimulus } from './local.ts'
import type { Link, Moment } from './model.ts'
import { positionOf, type Budget, type ValidModel } from './valid.ts'

/** A global state. */
export interface World {
  readonly nodes: ReadonlyArray<Local>
  /** By destination. */
  readonly flight: ReadonlyArray<Inbox>
  /** The name of the partition in force. */
  readonly cut: string | null
  readonly left: Budget
  /** By request: how often it was made. */
  readonly asked: ReadonlyArray<number>
  /** By history property: what it keeps of what clients have seen. */
  readonly contents: ReadonlyArray<unknown>
}

/** What one node did in a move. */
export interface Deed {
  readonly node: number
  readonly event: Cause<AnySignature>
  readonly outcome: Outcome
}

/** Something that can happen, and what comes of it. */
export interface Move {
  readonly action: Action
  /** Null where no node acts: loss, duplication, partition, heal. */
  readonly deed: Deed | null
  readonly next: World
}

const inboxOf = (world: World, node: number): Inbox => world.flight[node] ?? []

const localOf = (world: World, node: number): Local => {
  const local = world.nodes[node]
  if (local === undefined) throw new Error(`no node at position ${node}`)
  return local
}

/** The node is in its new condition, and what it sent is on its way. */
const withReaction = (valid: ValidModel, world: World, node: number, outcome: Outcome) => ({
  ...world,
  nodes: world.nodes.with(node, outcome.after),
  flight: outcome.effects.reduce<ReadonlyArray<Inbox>>((flight, effect) => {
    if (effect.type !== 'send') return flight
    const to = positionOf(valid, effect.to)
    const letter = { from: valid.ids[node] ?? '?', message: effect.message }
    return flight.with(to, post(valid.model.network.kind, flight[to] ?? [], letter))
  }, world.flight)
})

const spend = (world: World, what: keyof Budget): World => ({
  ...world,
  left: { ...world.left, [what]: world.left[what] - 1 }
})

const crashBudget = (forGood: boolean): keyof Budget => (forGood ? 'crashesForGood' : 'crashes')

/** The kinds of crash that may hit a node now: false restartable, true for good. */
const crashKinds = (valid: ValidModel, world: World, node: number): ReadonlyArray<boolean> =>
  valid.mayCrash[node] === true ? [false, true].filter((forGood) => world.left[crashBudget(forGood)] > 0) : []

export const initialWorld = (valid: ValidModel): World => {
  const empty: World = {
    nodes: [],
    flight: valid.ids.map(() => []),
    cut: null,
    left: valid.budget,
    asked: valid.requests.map(() => 0),
    contents: initialContents(valid)
  }
  const starts = valid.ids.map((_id, node) => start(valid, node))
  return starts.reduce<World>((world, reaction, node) => withReaction(valid, world, node, reaction), {
    ...empty,
    nodes: starts.map(({ after }) => after)
  })
}

/** The links that the partition in force cuts. */
const severed = (valid: ValidModel, world: World): ReadonlyArray<Link> =>
  valid.cuts.find(({ name }) => name === world.cut)?.links ?? []

const isCut = (valid: ValidModel, world: World, from: string, to: string): boolean =>
  severed(valid, world).some(([a, b]) => a === from && b === to)

/** Whether the model's assumption about time lets an armed timer of a node that is up fire now. */
export const mayFire = (valid: ValidModel, world: World, node: number, timer: string): boolean => {
  const { timing } = valid.model
  if (timing === undefined) return true
  const moment: Moment<AnySignature> = { ...worldView(valid, world), severed: severed(valid, world) }
  const own = moment.nodes[node] as UpNode<AnySignature>
  return ask(() => timing.mayFire(moment, own, timer), '`mayFire`', valid)
}

/** A stimulus that may reach a node now, the world without what it consumes, and the action's name for it. */
interface Occasion {
  readonly stimulus: Stimulus
  readonly consumed: World
  readonly action: (crash: MidStepCrash | null) => Action
}

const occasionsAt = (valid: ValidModel, world: World, node: number): ReadonlyArray<Occasion> => {
  const id = valid.ids[node] ?? '?'
  const { kind } = valid.model.network
  const local = localOf(world, node)
  const inbox = inboxOf(world, node)
  const deliveries = foremost(kind, inbox)
    .filter(({ from }) => !isCut(valid, world, from, id))
    .map((letter): Occasion => ({
      stimulus: { type: 'deliver', ...letter },
      consumed: { ...world, flight: world.flight.with(node, delivered(kind, inbox, letter)) },
      action: (crash) => ({ type: 'deliver', node: id, ...letter, crash })
    }))
  const timeouts = (local.up ? local.timers : [])
    .filter((timer) => mayFire(valid, world, node, timer))
    .map((timer): Occasion => ({
      stimulus: { type: 'timeout', timer },
      consumed: world,
      action: (crash) => ({ type: 'timeout', node: id, timer, crash })
    }))
  const requests = valid.requests.flatMap(({ request, at, ids }, index): ReadonlyArray<Occasion> => {
    const asked = world.asked[index] ?? 0
    const name = ids[asked]
    if (name === undefined || !at.includes(node)) return []
    return [
      {
        stimulus: { type: 'request', id: name, request },
        consumed: { ...world, asked: world.asked.with(index, asked + 1) },
        action: (crash) => ({ type: 'request', node: id, id: name, request, crash })
      }
    ]
  })
  const snapshots = snapshotsOf(local).map((taken): Occasion => ({
    stimulus: taken,
    consumed: world,
    action: (crash) => ({ ...taken, node: id, crash })
  }))
  const restart: Occasion = {
    stimulus: { type: 'restart' },
    consumed: world,
    action: (crash) => ({ type: 'restart', node: id, crash })
  }
  return [...deliveries, ...timeouts, ...requests, ...snapshots, restart].filter(({ stimulus }) =>
    isReady(local, stimulus)
  )
}

/** The crashes that may cut a step now. */
const midStepCrashes = (valid: ValidModel, world: World, node: number, step: Outcome): ReadonlyArray<MidStepCrash> =>
  crashKinds(valid, world, node).flatMap((forGood) =>
    Array.from({ length: cutCount(valid, step) }, (_, kept) => ({ kept, forGood }))
  )

const steps = (valid: ValidModel, world: World, node: number): ReadonlyArray<Move> =>
  occasionsAt(valid, world, node).flatMap(({ stimulus, consumed, action }) => {
    const whole = react(valid, node, localOf(world, node), stimulus)
    const moved = (crash: MidStepCrash | null, outcome: Outcome): Move => ({
      action: action(crash),
      deed: { node, event: stimulus, outcome },
      next: {
        ...withReaction(valid, crash ? spend(consumed, crashBudget(crash.forGood)) : consumed, node, outcome),
        contents: nextContents(valid, consumed.contents, seenOf(valid.ids[node] ?? '?', stimulus, outcome))
      }
    })
    return [
      moved(null, whole),
      ...midStepCrashes(valid, world, node, whole).map((crash) =>
        moved(crash, cutShort(valid, node, whole, crash.kept, crash.forGood))
      )
    ]
  })

const crashes = (valid: ValidModel, world: World, node: number): ReadonlyArray<Move> => {
  const local = localOf(world, node)
  if (!local.up) return []
  return crashKinds(valid, world, node).map((forGood): Move => {
    const outcome = { rule: null, effects: [], after: crashed(valid, node, local, forGood) }
    return {
      action: { type: 'crash', node: valid.ids[node] ?? '?', forGood },
      deed: { node, event: { type: 'crash', forGood }, outcome },
      next: withReaction(valid, spend(world, crashBudget(forGood)), node, outcome)
    }
  })
}

const losses = (valid: ValidModel, world: World, node: number): ReadonlyArray<Move> => {
  const inbox = inboxOf(world, node)
  const after = (change: Inbox, what: keyof Budget): World => ({
    ...spend(world, what),
    flight: world.flight.with(node, change)
  })
  return foremost(valid.model.network.kind, inbox).flatMap((letter): ReadonlyArray<Move> => {
    const place = { node: valid.ids[node] ?? '?', ...letter }
    const lost = { action: { type: 'lose' as const, ...place }, deed: null, next: after(take(inbox, letter), 'lose') }
    const doubled = {
      action: { type: 'duplicate' as const, ...place },
      deed: null,
      next: after(double(inbox, letter), 'duplicate')
    }
    return [...(world.left.lose > 0 ? [lost] : []), ...(world.left.duplicate > 0 ? [doubled] : [])]
  })
}

const partitions = (valid: ValidModel, world: World): ReadonlyArray<Move> => {
  if (world.cut !== null)
    return valid.heal ? [{ action: { type: 'heal' }, deed: null, next: { ...world, cut: null } }] : []
  if (world.left.partitions === 0) return []
  return valid.cuts.map(({ name }) => ({
    action: { type: 'partition', cut: name },
    deed: null,
    next: { ...spend(world, 'partitions'), cut: name }
  }))
}

/** Everything that can happen in a state, what changes nothing included, in a fixed order. */
export const moves = (valid: ValidModel, world: World): ReadonlyArray<Move> => [
  ...valid.ids.flatMap((_id, node) => [
    ...steps(valid, world, node),
    ...crashes(valid, world, node),
    ...losses(valid, world, node)
  ]),
  ...partitions(valid, world)
]

/** Equal worlds have equal keys. */
export const keyOf = (world: World): string => canonical(world)

/** A state as properties see it. */
export const worldView = (valid: ValidModel, world: World): View<AnySignature> => ({
  nodes: world.nodes.map((local, node) => viewOf(valid, node, local)),
  network: world.flight.flatMap((inbox, node) =>
    inbox.map(({ from, message }) => ({ from, to: valid.ids[node] ?? '?', message }))
  )
})
