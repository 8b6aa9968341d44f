/** Random models of protocols that are tables of near copies: under what faults, judged by what. On the asynchronous network. */
import fc from 'fast-check'
import { always, history, step, type NodeView, type Property } from '../../spec/kernel/index.ts'
import { checkNaively, type NaiveReport } from '../../src/checker/naive.ts'
import { asynchronous, model, type Model, type ValidModel } from '../../src/model/index.ts'
import { copiedProtocol, type CopiedShape } from './copied-protocol.ts'
import { draw } from './random-protocol.ts'
import { validated } from './runs.ts'
import { adding, type Aspect, type Exception, type Voting } from './voting-protocol.ts'

/** Beyond these a protocol is too large. */
const mostStates = 150

const ids = (nodes: number): ReadonlyArray<string> => Array.from({ length: nodes }, (_, k) => `n${k + 1}`)

/** What exceptions there are, each so many times as often: those that change the node's state are found easily. */
const drawnAspects: fc.Arbitrary<Aspect> = fc.oneof(
  ...(
    [
      ['seen', 1],
      ['bits', 1],
      ['kept', 1],
      ['rule', 3],
      ['more', 2],
      ['fewer', 2],
      ['variant', 4],
      ['recipient', 2],
      ['order', 4],
      ['reply', 4],
      ['arm', 1],
      ['disarm', 1],
      ['apply', 1],
      ['restore', 1],
      ['snapshot', 1],
      ['note', 1],
      ['ignored', 1]
    ] as const
  ).map(([aspect, weight]) => ({ arbitrary: fc.constant(aspect), weight }))
)

/** An exception that is not placed yet. */
interface Drawn {
  readonly aspect: Aspect
  /** Which of the places where it may apply. */
  readonly place: number
  readonly anywhere: boolean
}

interface DrawnShape extends Omit<CopiedShape, 'exceptions'> {
  readonly drawn: ReadonlyArray<Drawn>
}

const sizes = {
  variants: fc.constantFrom(2, 2, 3),
  seed: fc.integer(),
  idle: fc.constantFrom(1, 3, 5),
  turns: fc.boolean(),
  drawn: fc.array(fc.record({ aspect: drawnAspects, place: fc.nat(), anywhere: fc.constantFrom(true, false, false) }), {
    minLength: 1,
    maxLength: 2
  })
}

const shapes: fc.Arbitrary<DrawnShape> = fc.oneof(
  {
    arbitrary: fc.record({
      ...sizes,
      nodes: fc.constantFrom(1, 2, 2, 3),
      phases: fc.integer({ min: 1, max: 2 }),
      types: fc.constantFrom(1, 1, 2),
      isLate: fc.constant(false)
    }),
    weight: 2
  },
  {
    arbitrary: fc.record({
      ...sizes,
      nodes: fc.constantFrom(2, 2, 2, 3),
      phases: fc.constantFrom(2, 3, 3, 4),
      types: fc.constant(2),
      isLate: fc.constant(true)
    }),
    weight: 1
  }
)

type Place = Pick<Exception, 'node' | 'seen' | 'type' | 'variant'>

/** Where a model delivers one message and, at another time, another variant of it, to a node in the same phase. */
const placesIn = (valid: ValidModel, { worlds }: NaiveReport): ReadonlyArray<Place> => {
  const delivered = new Map<string, Place>()
  for (const world of worlds)
    world.nodes.forEach((local, index) => {
      const { seen } = (local.up ? local.state : { seen: -1 }) as { readonly seen: number }
      const node = valid.ids[index] ?? ''
      if (seen >= 0)
        for (const { message } of world.flight[index] ?? []) {
          const { type, variant } = message as Voting['message']
          delivered.set(`${node} ${seen} ${type} ${variant}`, { node, seen, type, variant })
        }
    })
  const all = [...delivered.values()]
  const isTwin = (one: Place, other: Place): boolean =>
    one.node === other.node && one.seen === other.seen && one.type === other.type && one.variant !== other.variant
  return all.filter((one) => all.some((other) => isTwin(one, other)))
}

const seenBy = (node: NodeView<Voting>): number => (node.up ? node.state.seen : 7)

/** A history that is kept; wrong only where it says so. */
const replies = (holds: (replies: ReadonlyArray<number>) => boolean): Property<Voting> =>
  history<Voting, ReadonlyArray<number>>('replies', {
    initial: [],
    next: (before, record) => (record.type === 'reply' ? [...before, record.response].slice(-2) : before),
    holds
  })

/** Properties that few steps violate, by seed. */
const propertiesOf = (
  { seed, variants }: Pick<CopiedShape, 'seed' | 'variants'>,
  readsNetwork: boolean
): ReadonlyArray<Property<Voting>> => {
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

/** Models of such protocols; with `judged`, properties too, else a search of the whole space. Null where nothing can be made an exception. */
export const copiedModels = (judged: boolean): fc.Arbitrary<Model<Voting> | null> =>
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
      hasHistory: fc.constantFrom(true, true, false),
      readsNetwork: fc.constantFrom(false, false, false, false, true),
      mayStop: fc.constantFrom(true, true, false)
    })
    .map(
      ({ shape, crashes, crashesForGood, cuts, partitions, heal, times, node, hasHistory, readsNetwork, mayStop }) => {
        const { drawn, ...table } = shape
        const withExceptions = (exceptions: ReadonlyArray<Exception>) =>
          model<Voting>({
            name: 'copied',
            protocol: copiedProtocol({ ...table, exceptions }),
            machine: adding,
            nodes: Object.fromEntries(ids(shape.nodes).map((id, k) => [id, k])),
            network: asynchronous(),
            // An assumption that assumes nothing: no scout finds what the first pass takes for dead.
            ...(shape.isLate ? { timing: { assumes: 'nothing', mayFire: () => true } } : {}),
            faults: { crashes, crashesForGood, partitions: { times: shape.nodes > 1 ? partitions : 0, cuts, heal } },
            requests: times === 0 ? [] : [{ name: 'ask', request: 0, times }],
            bounds: node === undefined ? {} : { node: (view) => !view.up || view.state.seen <= node },
            properties: [
              ...(judged ? propertiesOf(table, readsNetwork) : []),
              ...(hasHistory ? [replies((all) => !judged || all.join() !== '2,2')] : [])
            ],
            ...(!judged || mayStop ? { mayStop: true } : {})
          })
        const common = validated({ ...withExceptions([]), properties: hasHistory ? [replies(() => true)] : [] })
        const naive = checkNaively(common, mostStates)
        const places = naive === null ? [] : placesIn(common, naive)
        if (places.length === 0) return null
        return withExceptions(
          drawn.map(({ aspect, place, anywhere }) => {
            const { seen, ...where } = places[place % places.length]!
            return { ...where, aspect, seen: anywhere ? null : seen, bits: null, from: null }
          })
        )
      }
    )
