/** Random models of protocols that are tables of near copies: under what faults, judged by what. On the asynchronous network. */
import fc from 'fast-check'
import { always, history, step, type NodeView, type Property } from '../../spec/kernel/index.ts'
import { asynchronous, model, type Model } from '../../src/model/index.ts'
import { copiedProtocol, type CopiedShape } from './copied-protocol.ts'
import { draw } from './random-protocol.ts'
import { adding, aspects, type Voting } from './voting-protocol.ts'

const ids = (nodes: number): ReadonlyArray<string> => Array.from({ length: nodes }, (_, k) => `n${k + 1}`)

const numbers = (below: number): ReadonlyArray<number> => Array.from({ length: below }, (_, k) => k)

/** One of these values, or, so many times as often, any. */
const oneOf = <Value>(values: ReadonlyArray<Value>, anyWeight: number): fc.Arbitrary<Value | null> =>
  fc.oneof({ arbitrary: fc.constant(null), weight: anyWeight }, { arbitrary: fc.constantFrom(...values), weight: 1 })

/** Sizes first, for exceptions that can apply. */
const shapes: fc.Arbitrary<CopiedShape> = fc
  .record({
    nodes: fc.constantFrom(1, 2, 2, 3),
    phases: fc.integer({ min: 1, max: 2 }),
    types: fc.constantFrom(1, 1, 2),
    variants: fc.constantFrom(2, 2, 3)
  })
  .chain((sizes) =>
    fc
      .record({
        seed: fc.integer(),
        idle: fc.constantFrom(1, 3, 5),
        turns: fc.boolean(),
        exceptions: fc.array(
          fc.record({
            aspect: fc.constantFrom(...aspects),
            node: oneOf(ids(sizes.nodes), 1),
            seen: oneOf(numbers(sizes.phases + 1), 1),
            bits: oneOf(numbers(2), 6),
            variant: fc.constantFrom(...numbers(sizes.variants)),
            from: oneOf(ids(sizes.nodes), 6),
            type: fc.nat({ max: sizes.types - 1 })
          }),
          { minLength: 1, maxLength: 2 }
        )
      })
      .map((rest) => ({ ...sizes, ...rest }))
  )

const seenBy = (node: NodeView<Voting>): number => (node.up ? node.state.seen : 7)

/** A history that is kept; wrong only where it says so. */
const replies = (holds: (replies: ReadonlyArray<number>) => boolean): Property<Voting> =>
  history<Voting, ReadonlyArray<number>>('replies', {
    initial: [],
    next: (before, record) => (record.type === 'reply' ? [...before, record.response].slice(-2) : before),
    holds
  })

/** Properties that few steps violate, by seed. */
const propertiesOf = ({ seed, variants }: CopiedShape, readsNetwork: boolean): ReadonlyArray<Property<Voting>> => {
  const pick = (what: string, below: number) => draw(seed, what, below)
  const [variant, seen, isCut] = [pick('watched', variants), pick('watched at', 2), pick('watched cut', 2) === 0]
  return [
    step<Voting>('no-such-delivery', ({ event, before, after }) => {
      const isWatched = event.type === 'deliver' && event.message.variant === variant && seenBy(before) === seen
      return !(isWatched && after.up !== isCut)
    }),
    ...(readsNetwork ? [always<Voting>('few-letters', ({ network }) => network.length <= 1 + pick('letters', 3))] : [])
  ]
}

/** Models of such protocols; with `judged`, properties too, else a search of the whole space. */
export const copiedModels = (judged: boolean): fc.Arbitrary<Model<Voting>> =>
  fc
    .record({
      shape: shapes,
      crashes: fc.constantFrom(0, 1),
      crashesForGood: fc.constantFrom(0, 0, 0, 1),
      cuts: fc.constantFrom('symmetric' as const, 'one-way' as const),
      partitions: fc.constantFrom(0, 0, 0, 1),
      heal: fc.boolean(),
      times: fc.constantFrom(0, 0, 1),
      node: fc.constantFrom(undefined, undefined, undefined, 0, 1),
      hasHistory: fc.boolean(),
      readsNetwork: fc.constantFrom(false, false, false, false, true),
      mayStop: fc.constantFrom(true, true, false)
    })
    .map(({ shape, crashes, crashesForGood, cuts, partitions, heal, times, node, hasHistory, readsNetwork, mayStop }) =>
      model<Voting>({
        name: 'copied',
        protocol: copiedProtocol(shape),
        machine: adding,
        nodes: Object.fromEntries(ids(shape.nodes).map((id, k) => [id, k])),
        network: asynchronous(),
        faults: { crashes, crashesForGood, partitions: { times: shape.nodes > 1 ? partitions : 0, cuts, heal } },
        requests: times === 0 ? [] : [{ name: 'ask', request: 0, times }],
        bounds: node === undefined ? {} : { node: (view) => !view.up || view.state.seen <= node },
        properties: [
          ...(judged ? propertiesOf(shape, readsNetwork) : []),
          ...(hasHistory ? [replies((all) => !judged || all.join() !== '2,2')] : [])
        ],
        ...(!judged || mayStop ? { mayStop: true } : {})
      })
    )
