/** Random models of voting protocols: under what faults, judged by what. */
import fc from 'fast-check'
import { history, reachable, step, type NodeView, type Property } from '../../spec/kernel/index.ts'
import { model, type Model, type Network, type Timing } from '../../src/model/index.ts'
import { draw } from './random-protocol.ts'
import { adding, aspects, votingProtocol, type Voting, type VotingShape } from './voting-protocol.ts'

const ids = (nodes: number): ReadonlyArray<string> => Array.from({ length: nodes }, (_, k) => `n${k + 1}`)

/** One of these values, or as often any. */
const orAny = <Value>(values: ReadonlyArray<Value>): fc.Arbitrary<Value | null> =>
  fc.oneof(fc.constantFrom(...values), fc.constant(null))

/** Any of these values, but for one of them at times. */
const mostlyAny = <Value>(values: ReadonlyArray<Value>): fc.Arbitrary<Value | null> =>
  fc.oneof({ arbitrary: fc.constant(null), weight: 4 }, { arbitrary: fc.constantFrom(...values), weight: 1 })

const numbers = (below: number): ReadonlyArray<number> => Array.from({ length: below }, (_, k) => k)

/** Sizes first, for exceptions that can apply. */
const shapes: fc.Arbitrary<VotingShape> = fc
  .record({
    nodes: fc.constantFrom(1, 2, 2, 2, 3),
    phases: fc.integer({ min: 1, max: 2 }),
    types: fc.integer({ min: 1, max: 2 }),
    variants: fc.constantFrom(2, 2, 3)
  })
  .chain((sizes) =>
    fc
      .record({
        seed: fc.integer(),
        quorum: fc.integer({ min: 1, max: 3 }),
        gathering: fc.constantFrom(2, 4, 6, 7),
        keepsBits: fc.boolean(),
        exceptions: fc.array(
          fc.record({
            aspect: fc.constantFrom(...aspects),
            node: orAny(ids(sizes.nodes)),
            seen: orAny(numbers(sizes.phases + 1)),
            bits: mostlyAny(numbers(3)),
            variant: fc.constantFrom(...numbers(sizes.variants)),
            from: mostlyAny(ids(sizes.nodes)),
            type: fc.nat({ max: sizes.types - 1 })
          }),
          { minLength: 1, maxLength: 2 }
        )
      })
      .map((rest) => ({ ...sizes, ...rest }))
  )

const seenBy = (node: NodeView<Voting> | undefined): number => (node === undefined ? 9 : node.up ? node.state.seen : 7)

/** Properties of every kind, by seed. */
const propertiesOf = (shape: VotingShape): ReadonlyArray<Property<Voting>> => {
  const pick = (what: string, below: number) => draw(shape.seed, what, below)
  const some = <Kept>(what: string, of: number, property: Kept): ReadonlyArray<Kept> =>
    pick(`has ${what}`, of) === 0 ? [property] : []
  return [
    ...some(
      'event',
      2,
      step<Voting>('no-such-delivery', ({ event, before }) => {
        const isType = event.type === 'deliver' && event.message.variant === pick('watched', shape.variants)
        return !(
          isType &&
          seenBy(before) === pick('watched at', 3) &&
          pick('watched bits', 2) === (before.up ? before.state.bits % 2 : 0)
        )
      })
    ),
    ...some(
      'effects',
      2,
      step<Voting>('no-such-effects', ({ before, effects }) => {
        const count = effects.filter(
          ({ type }) => type === (['send', 'note', 'reply'] as const)[pick('which', 3)]
        ).length
        return !(count > pick('more than', 3) && seenBy(before) === pick('before', 3))
      })
    ),
    ...some(
      'cut',
      3,
      step<Voting>(
        'no-such-crash',
        ({ after, effects }) => !(!after.up && effects.length === 1 && after.durable.kept === pick('kept', 2))
      )
    ),
    ...some(
      'bits',
      4,
      reachable<Voting>('gathered', ({ nodes }) =>
        nodes.some((node) => node.up && node.state.bits === 1 + pick('gathered', 3))
      )
    ),
    ...some(
      'replies',
      2,
      history<Voting, ReadonlyArray<number>>('not-these-replies', {
        initial: [],
        next: (replies, record) => (record.type === 'reply' ? [...replies, record.response].slice(-2) : replies),
        holds: (replies) => !(replies[0] === pick('first', 4) && replies.at(-1) === pick('last', 4))
      })
    )
  ]
}

/** An assumption about time that reads states and, at times, the cut. */
const timingOf = (shape: VotingShape): Timing<Voting> => ({
  assumes: 'the table',
  mayFire: ({ nodes, severed }, { id, state }, timer) => {
    const other = nodes[draw(shape.seed, `${timer} ${id}`, nodes.length)]
    const isCut = draw(shape.seed, 'reads cut', 2) === 0 && severed.length > 0
    return draw(shape.seed, `${timer} ${id} ${state.seen} ${seenBy(other)} ${isCut}`, 2) === 0
  }
})

export interface Sorts {
  readonly networks: fc.Arbitrary<Network>
  readonly hasTiming: boolean
  readonly hasDepth: boolean
}

/** Models of such protocols; with `judged`, properties too, else a search of the whole space. */
export const votingModels = (judged: boolean, { networks, hasTiming, hasDepth }: Sorts): fc.Arbitrary<Model<Voting>> =>
  fc
    .record({
      shape: shapes,
      network: networks,
      crashes: fc.constantFrom(0, 0, 1),
      crashesForGood: fc.constantFrom(0, 0, 0, 1),
      cuts: fc.constantFrom('symmetric' as const, 'one-way' as const),
      partitions: fc.constantFrom(0, 1),
      heal: fc.boolean(),
      times: fc.constantFrom(0, 1, 2),
      depth: fc.constantFrom(undefined, undefined, undefined, undefined, ...(hasDepth ? [3, 5, 8] : [])),
      node: fc.constantFrom(undefined, undefined, 0, 1),
      mayStop: fc.constantFrom('always', 'never', 'sometimes'),
      isTimed: fc.boolean()
    })
    .map(({ shape, network, crashes, crashesForGood, cuts, partitions, heal, times, depth, node, mayStop, isTimed }) =>
      model<Voting>({
        name: 'voting',
        protocol: votingProtocol(shape),
        machine: adding,
        nodes: Object.fromEntries(ids(shape.nodes).map((id, k) => [id, k])),
        network,
        faults: { crashes, crashesForGood, partitions: { times: shape.nodes > 1 ? partitions : 0, cuts, heal } },
        ...(hasTiming && isTimed ? { timing: timingOf(shape) } : {}),
        requests: times === 0 ? [] : [{ name: 'ask', request: 0, times }],
        bounds: {
          ...(depth === undefined ? {} : { depth }),
          ...(node === undefined ? {} : { node: (view) => !view.up || view.state.seen <= node })
        },
        properties: judged
          ? propertiesOf(shape)
          : propertiesOf(shape)
              .filter(({ kind }) => kind === 'history')
              .map(harmless),
        ...(!judged || mayStop === 'always'
          ? { mayStop: true }
          : mayStop === 'never'
            ? {}
            : { mayStop: ({ nodes }) => nodes.some((view) => seenBy(view) === draw(shape.seed, 'stop', 3)) })
      })
    )

/** A history that is kept and never wrong: it decides where a crash may cut. */
const harmless = (property: Property<Voting>): Property<Voting> =>
  property.kind === 'history' ? { ...property, holds: () => true } : property
