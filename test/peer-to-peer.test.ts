/** The clauses of peer-to-peer replication, and the laws of its replicated types. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import type { Event, Self, Step } from '../spec/kernel/index.ts'
import {
  covers,
  growOnlyCounter,
  includes,
  join,
  lastWriterWins,
  multiValue,
  nextDot,
  observedRemoveSet,
  peerToPeer,
  sizeOf,
  withDot,
  type Change,
  type Config,
  type Dot,
  type Increment,
  type PeerToPeer,
  type Replica,
  type ReplicatedType,
  type Rule,
  type TaggedSet,
  type Values,
  type VersionVector,
  type Write
} from '../spec/peer-to-peer/index.ts'

type Register = PeerToPeer<TaggedSet, Write, Values>
type Siblings = Replica<TaggedSet>

const register = peerToPeer(multiValue)
const nodes = ['n1', 'n2', 'n3']
const who = (gossip: Config['gossip'] = 'push'): Self<Register> => ({ id: 'n1', nodes, config: { gossip } })

const dot = (node: string, counter: number): Dot => ({ node, counter })
const tagged = (node: string, counter: number, value: string) => ({ dot: dot(node, counter), value })
const replica = (seen: VersionVector, ...content: TaggedSet): Siblings => ({ seen, content })

const empty = replica({})
const hasX = replica({ n1: 1 }, tagged('n1', 1, 'x'))
const hasY = replica({ n2: 1 }, tagged('n2', 1, 'y'))
const hasBoth = replica({ n1: 1, n2: 1 }, tagged('n1', 1, 'x'), tagged('n2', 1, 'y'))
const overwrote = replica({ n1: 1, n2: 1 }, tagged('n2', 1, 'y'))

const write = (value: string): Write => ({ type: 'write', value })
const asks = (request: Extract<Event<Register>, { type: 'request' }>['request']): Event<Register> => ({
  type: 'request',
  id: 'r1',
  request
})
const hears = (message: Extract<Event<Register>, { type: 'deliver' }>['message']): Event<Register> => ({
  type: 'deliver',
  from: 'n2',
  message
})
const push = (sent: Siblings) => hears({ type: 'push', replica: sent })
const pull = (seen: VersionVector) => hears({ type: 'pull', seen })
const gossip: Event<Register> = { type: 'timeout', timer: 'gossip' }
const armed = { type: 'start-timer', timer: 'gossip' }

type Clause = readonly [string, Siblings, Event<Register>, Rule, Siblings, ReadonlyArray<unknown>]

const clauses = (table: ReadonlyArray<Clause>, kind: Config['gossip'] = 'push') =>
  test.each(table)('%s', (_clause, state, event, rule, after, effects) =>
    expect(register.step(who(kind), state, event)).toEqual({ rule, state: after, effects })
  )

describe('a node starts empty, recovers with its whole replica, and gossips from then on', () => {
  test.each<[string, Step<Register>, Rule, Siblings]>([
    ['start', register.initial(who()), 'start', empty],
    ['recovery', register.recover(who(), register.durable(hasBoth)), 'recover', hasBoth]
  ])('%s', (_name, step, rule, state) => expect(step).toEqual({ rule, state, effects: [armed] }))
})

describe('clients', () => {
  const reply = (response: unknown) => [{ type: 'reply', id: 'r1', response }]
  clauses([
    [
      'an update is made here, named after the node, and answered at once with what it follows',
      hasY,
      asks({ type: 'update', operation: write('z') }),
      'update',
      replica({ n1: 1, n2: 1 }, tagged('n1', 1, 'z')),
      reply({ type: 'updated', dot: dot('n1', 1), seen: { n1: 1, n2: 1 } })
    ],
    [
      'a read shows what is here, and says which updates that are',
      hasBoth,
      asks({ type: 'read', after: {} }),
      'read',
      hasBoth,
      reply({ type: 'shown', value: ['x', 'y'], seen: { n1: 1, n2: 1 } })
    ],
    [
      '[Terry94] a read after what is here is answered',
      hasX,
      asks({ type: 'read', after: { n1: 1 } }),
      'read',
      hasX,
      reply({ type: 'shown', value: ['x'], seen: { n1: 1 } })
    ],
    [
      '[Terry94] a read after what has not come yet is refused',
      hasX,
      asks({ type: 'read', after: { n1: 1, n2: 1 } }),
      'refuse-read',
      hasX,
      reply({ type: 'behind', seen: { n1: 1 } })
    ]
  ])
})

describe('[Demers87] §1.3, anti-entropy', () => {
  const toOthers = (message: unknown) => ['n2', 'n3'].map((to) => ({ type: 'send', to, message }))
  clauses([
    [
      'push: sends the others what it has, and will again',
      hasX,
      gossip,
      'push-replica',
      hasX,
      [...toOthers({ type: 'push', replica: hasX }), armed]
    ],
    ['takes in what is new', hasX, push(hasY), 'merge', hasBoth, []],
    ['takes in that what it has was written over', hasX, push(overwrote), 'merge', overwrote, []],
    ['ignores what it has', hasBoth, push(hasX), 'ignore-push', hasBoth, []],
    ['ignores what it knows to be written over', overwrote, push(hasX), 'ignore-push', overwrote, []],
    [
      'answers who has seen less',
      hasBoth,
      pull({ n2: 1 }),
      'answer-pull',
      hasBoth,
      [{ type: 'send', to: 'n2', message: { type: 'push', replica: hasBoth } }]
    ],
    [
      'answers who has seen other things',
      hasX,
      pull({ n2: 1 }),
      'answer-pull',
      hasX,
      [{ type: 'send', to: 'n2', message: { type: 'push', replica: hasX } }]
    ],
    ['has nothing for who has seen as much', hasX, pull({ n1: 1 }), 'ignore-pull', hasX, []],
    ['has nothing for who has seen more', hasX, pull({ n1: 1, n2: 1 }), 'ignore-pull', hasX, []]
  ])
  clauses(
    [
      [
        'pull: asks the others for what it has not seen, and will again',
        hasX,
        gossip,
        'pull-replicas',
        hasX,
        [...toOthers({ type: 'pull', seen: { n1: 1 } }), armed]
      ]
    ],
    'pull'
  )
})

/** A cluster of three replicas without a network: each action is an operation at one, or a merge of one into another. */
type Action<Operation> = readonly [
  at: 0 | 1 | 2,
  does: { readonly operation: Operation } | { readonly from: 0 | 1 | 2 }
]

const arbitraryPlace = fc.constantFrom(0 as const, 1 as const, 2 as const)

const arbitraryRun = <Operation>(operation: fc.Arbitrary<Operation>): fc.Arbitrary<ReadonlyArray<Action<Operation>>> =>
  fc.array(fc.tuple(arbitraryPlace, fc.oneof(fc.record({ operation }), fc.record({ from: arbitraryPlace }))), {
    maxLength: 20
  })

const merged = <Content>(
  type: ReplicatedType<Content, any, any>,
  mine: Replica<Content>,
  theirs: Replica<Content>
): Replica<Content> => ({ seen: join(mine.seen, theirs.seen), content: type.merge(mine, theirs) })

const replicasAfter = <Content, Operation>(
  type: ReplicatedType<Content, Operation, any>,
  actions: ReadonlyArray<Action<Operation>>
): readonly [Replica<Content>, Replica<Content>, Replica<Content>] =>
  actions.reduce<ReadonlyArray<Replica<Content>>>(
    (replicas, [at, does]) => {
      const mine = replicas[at]!
      if ('from' in does) return replicas.with(at, merged(type, mine, replicas[does.from]!))
      const name = nextDot(mine.seen, nodes[at]!)
      return replicas.with(at, {
        seen: withDot(mine.seen, name),
        content: type.update(mine.content, does.operation, name)
      })
    },
    nodes.map(() => ({ seen: {}, content: type.empty }))
  ) as unknown as readonly [Replica<Content>, Replica<Content>, Replica<Content>]

const arbitraryWrite: fc.Arbitrary<Write> = fc.constantFrom('x', 'y', 'z').map(write)
const arbitraryIncrement: fc.Arbitrary<Increment> = fc
  .integer({ min: 1, max: 5 })
  .map((by) => ({ type: 'increment', by }))
const arbitraryChange: fc.Arbitrary<Change> = fc.record({
  type: fc.constantFrom('add' as const, 'remove' as const),
  element: fc.constantFrom('a', 'b')
})

const laws = <Content, Operation, Value>(
  type: ReplicatedType<Content, Operation, Value>,
  operation: fc.Arbitrary<Operation>
) =>
  describe(`[Shapiro11] §2.3.1, ${type.name} is a join semilattice`, () => {
    const always = (holds: (a: Replica<Content>, b: Replica<Content>, c: Replica<Content>) => void) =>
      fc.assert(fc.property(arbitraryRun(operation), (run) => holds(...replicasAfter(type, run))))
    const merge = (mine: Replica<Content>, theirs: Replica<Content>) => merged(type, mine, theirs)

    test('merge is commutative', () => always((a, b) => expect(merge(a, b)).toEqual(merge(b, a))))
    test('merge is associative', () =>
      always((a, b, c) => expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)))))
    test('merge is idempotent', () =>
      always((a, b) => {
        expect(merge(a, a)).toEqual(a)
        expect(merge(merge(a, b), b)).toEqual(merge(a, b))
      }))
    test('an update leads upwards: to merge what was before changes nothing', () =>
      fc.assert(
        fc.property(arbitraryRun(operation), operation, (run, next) => {
          const [before] = replicasAfter(type, run)
          const [after] = replicasAfter(type, [...run, [0, { operation: next }]])
          expect(merge(after, before)).toEqual(after)
          expect(merge(before, after)).toEqual(after)
        })
      ))
    test('equal replicas are equal text', () =>
      always((a, b) => expect(JSON.stringify(merge(a, b))).toBe(JSON.stringify(merge(b, a)))))
    test('contents and values decode', () =>
      always((a) => {
        expect(either.isRight(type.codecs.content.decode(a.content))).toBe(true)
        expect(either.isRight(type.codecs.value.decode(type.read(a.content)))).toBe(true)
      }))
  })

laws(lastWriterWins, arbitraryWrite)
laws(multiValue, arbitraryWrite)
laws(growOnlyCounter, arbitraryIncrement)
laws(observedRemoveSet, arbitraryChange)

describe('[Parker83] a version vector is the set of its dots', () => {
  const arbitraryVector = fc
    .uniqueArray(fc.constantFrom(...nodes), { maxLength: 3 })
    .chain((ids) => fc.tuple(...ids.map((id) => fc.integer({ min: 1, max: 3 }).map((count) => [id, count] as const))))
    .map((entries): VersionVector => Object.fromEntries(entries))
  const allDots = nodes.flatMap((node) => [1, 2, 3, 4].map((counter) => dot(node, counter)))
  const dotsOf = (vector: VersionVector) => allDots.filter((each) => covers(vector, each))

  test('join is union, includes is superset, size is size', () =>
    fc.assert(
      fc.property(arbitraryVector, arbitraryVector, (one, other) => {
        const [dots, others] = [dotsOf(one), dotsOf(other)]
        expect(dotsOf(join(one, other))).toEqual(allDots.filter((each) => dots.includes(each) || others.includes(each)))
        expect(includes(one, other)).toBe(others.every((each) => dots.includes(each)))
        expect(sizeOf(one)).toBe(dots.length)
      })
    ))

  test('the next dot is the least of its node that is not in it', () =>
    fc.assert(
      fc.property(arbitraryVector, fc.constantFrom(...nodes), (vector, node) =>
        expect(nextDot(vector, node)).toEqual(allDots.find((each) => each.node === node && !covers(vector, each)))
      )
    ))
})

describe('the reducer', () => {
  const arbitraryReplica = fc
    .tuple(arbitraryRun(arbitraryWrite), arbitraryPlace)
    .map(([run, at]) => replicasAfter(multiValue, run)[at])
  const arbitrarySeen = arbitraryReplica.map(({ seen }) => seen)
  const arbitraryEvent: fc.Arbitrary<Event<Register>> = fc.oneof(
    arbitraryReplica.map(push),
    arbitrarySeen.map(pull),
    fc.constant(gossip),
    arbitraryWrite.map((operation) => asks({ type: 'update', operation })),
    arbitrarySeen.map((after) => asks({ type: 'read', after }))
  )
  const { message, durable, request, response } = register.codecs
  const decodes = (
    codec: { decode: (value: unknown) => either.Either<unknown, unknown> } | undefined,
    value: unknown
  ) => codec !== undefined && either.isRight(codec.decode(value))

  test('answers every event in every state with a declared rule and data that decodes', () =>
    fc.assert(
      fc.property(
        arbitraryReplica,
        arbitraryEvent,
        fc.constantFrom('push' as const, 'pull' as const),
        (state, event, kind) => {
          const moved = register.step(who(kind), state, event)
          expect(register.rules).toContain(moved.rule)
          expect(decodes(durable, register.durable(moved.state))).toBe(true)
          expect(event.type !== 'request' || decodes(request, event.request)).toBe(true)
          for (const effect of moved.effects) {
            expect(effect.type !== 'send' || decodes(message, effect.message)).toBe(true)
            expect(effect.type !== 'reply' || decodes(response, effect.response)).toBe(true)
          }
        }
      )
    ))
})
