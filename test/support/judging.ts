/** What each reduction is judged on: random models, and what it must keep of them. */
import fc from 'fast-check'
import { either } from 'fp-ts'
import { always } from '../../spec/kernel/index.ts'
import { check, type Reduction } from '../../src/checker/index.ts'
import { asynchronous, fifo, unordered, type Model, type Network, type Partitions } from '../../src/model/index.ts'
import {
  caseOf,
  keepsCounterexample,
  keepsLooks,
  keepsOrbits,
  keepsStates,
  keepsVerdict,
  reading,
  seeing,
  type Case,
  type Judge
} from './judges.ts'
import { handMade, type HandMade } from './hand-made.ts'
import { exchangeable, orbitCount } from './orbits.ts'
import { copiedModels } from './random-copied.ts'
import { draw, randomModels } from './random-protocol.ts'
import { parity, parityOf, quietModels } from './random-quiet.ts'
import { sceneModels } from './random-scenes.ts'
import { votingModels } from './random-voting.ts'
import { validated } from './runs.ts'
import { findsNothingElse, silenced } from './scouting.ts'
import type { Scene } from './scenes.ts'
import { silentScenes } from './silent-scenes.ts'
import { seldomScenes } from './silent-scenes-seldom.ts'

export interface Judging {
  /** The kind of protocol. */
  readonly on: string
  readonly keeps: string
  /** How many times as many cases are worth their time: those of hand-made protocols are small. */
  readonly weight: number
  /** Models of which the textbook checker could say something; null for the others. */
  readonly cases: fc.Arbitrary<Case | null>
  readonly judge: Judge
}

const asSets = fc.constant(asynchronous())

const handMadeOnes = { on: 'hand-made protocols, changed', weight: 4 }

type AnyModels = (judged: boolean) => fc.Arbitrary<Model<any> | null>

/** Where silent steps may be taken: nothing is lost or comes twice, no depth, no assumption about time. */
const lossless = {
  networks: fc.constantFrom(asynchronous(), unordered(), unordered(), fifo(), fifo()),
  hasTiming: false,
  hasDepth: false
}

/** Networks that count messages. */
const counting: fc.Arbitrary<Network> = fc
  .tuple(fc.constantFrom(unordered, fifo), fc.constantFrom(0, 0, 1), fc.constantFrom(0, 0, 1))
  .map(([kind, lose, duplicate]) => kind({ lose, duplicate }))

/** What properties and bounds of these models read of a node, down or up. */
const look = (node: { readonly up: boolean; readonly state?: { readonly seen: number } }): unknown =>
  node.up ? node.state?.seen : 'down'

const looked = (model: Model<any>): Model<any> => ({ ...model, properties: [...model.properties, reading(look)] })

/** Strong bisimulation but for the network. */
const exactOn = (on: string, weight: number, models: AnyModels): ReadonlyArray<Judging> => [
  {
    on,
    weight,
    keeps: 'every verdict, and the length of every shortest trace',
    cases: models(true).map((model) => caseOf(model, false)),
    judge: keepsVerdict
  },
  {
    on,
    weight,
    keeps: 'everything that can be reached but messages, and every rule that changes or says something',
    cases: models(false).map((model) => caseOf(model, true)),
    judge: keepsStates
  },
  {
    on,
    weight,
    keeps: 'what cannot happen from the reducers',
    cases: models(false).map((model) => caseOf(model, true, true)),
    judge: keepsStates
  }
]

/** The same where a delivery uses the message up: a counterexample may come before others that were shorter. */
const counted: ReadonlyArray<Judging> = [
  {
    ...handMadeOnes,
    keeps: 'whether there is a counterexample, and to what, where messages are counted',
    cases: sceneModels(true, counting).map((model) => caseOf(model, false)),
    judge: keepsCounterexample
  },
  {
    ...handMadeOnes,
    keeps: 'everything that can be reached but messages, where they are counted',
    cases: sceneModels(false, counting).map((model) => caseOf(model, true)),
    judge: keepsStates
  }
]

const exact: ReadonlyArray<Judging> = [
  ...exactOn(handMadeOnes.on, handMadeOnes.weight, (judged) => sceneModels(judged, asSets)),
  ...counted,
  ...exactOn('near copies', 1, copiedModels),
  ...exactOn('votes', 1, (judged) => votingModels(judged, { networks: asSets, hasTiming: true, hasDepth: true }))
]

const cuts: fc.Arbitrary<Partitions> = fc.record({
  times: fc.constantFrom(1, 1, 2),
  cuts: fc.constantFrom('symmetric' as const, 'one-way' as const),
  heal: fc.constantFrom(true, true, false)
})

/** Where partitions are left out: on whatever network, they may be worth nothing. */
const partitioned: ReadonlyArray<Judging> = [
  ...exactOn(handMadeOnes.on, handMadeOnes.weight, (judged) => sceneModels(judged, asSets, cuts)).slice(0, 1),
  ...exactOn(handMadeOnes.on, handMadeOnes.weight, (judged) =>
    sceneModels(judged, fc.oneof(asSets, asSets, counting), cuts)
  ),
  ...exactOn('votes', 1, (judged) => votingModels(judged, { networks: asSets, hasTiming: true, hasDepth: true }))
]

/** Weak simulation both ways, for what properties read. */
const weak: ReadonlyArray<Judging> = [
  {
    on: 'votes',
    weight: 1,
    keeps: 'whether there is a counterexample, and to what',
    cases: votingModels(true, lossless).map((model) => caseOf(model, false)),
    judge: keepsCounterexample
  },
  {
    on: 'votes',
    weight: 1,
    keeps: 'what properties read of the states that can be reached, and where runs end',
    cases: votingModels(false, lossless).map((model) => caseOf(looked(model), true)),
    judge: keepsLooks(seeing(look))
  }
]

/** A hand-made protocol of which little is seen, where silent steps may mostly be taken; by seed, two nodes must not be seen so at once. */
const hiding =
  (isJudged: boolean) =>
  ([{ timing, bounds, ...model }, seed]: readonly [Model<HandMade>, number]): Model<HandMade> => {
    const isRare = (what: string): boolean => draw(seed, what, 4) === 0
    const wrong = [draw(seed, 'one', 4), draw(seed, 'other', 4)].map(
      (k) => `${k < 2 ? 'up' : 'down'} ${k % 2 === 0 ? 'odd' : 'even'}`
    )
    return {
      ...model,
      protocol: { ...model.protocol, durable: isRare('keeps all') ? (state: string) => state : parity },
      ...(timing !== undefined && isRare('timed') ? { timing } : {}),
      bounds: {
        ...(bounds?.node === undefined
          ? {}
          : { node: isRare('bound') ? (node) => parityOf(node) === 'up even' : bounds.node }),
        ...(bounds?.depth !== undefined && isRare('deep') ? { depth: bounds.depth } : {})
      },
      properties: [
        ...model.properties,
        ...(isJudged && isRare('reads') ? [] : [reading(parityOf)]),
        ...(isJudged
          ? [
              always<HandMade>('not-both', ({ nodes }) =>
                nodes.slice(0, 2).some((node, k) => parityOf(node) !== wrong[k])
              )
            ]
          : [])
      ]
    }
  }

const hidden = (isJudged: boolean): fc.Arbitrary<Model<HandMade>> =>
  fc
    .tuple(
      fc.oneof(
        sceneModels(isJudged, lossless.networks),
        sceneModels(isJudged, lossless.networks, fc.constant(undefined), allSilentScenes),
        sceneModels(isJudged, lossless.networks, fc.option(cuts, { nil: undefined, freq: 2 }), allSilentScenes)
      ),
      fc.integer()
    )
    .map(hiding(isJudged))

export const allSilentScenes: ReadonlyArray<Scene> = [...silentScenes, ...seldomScenes]

const subjectOf = ({ tables, changed }: Scene): Model<HandMade> => handMade({ durable: parity, ...tables }, changed)

/** No rule fires that cannot. Where messages are dropped, some count as ignored outside the bound. */
const firesNothingElse: Judge = async ({ model, naive }) => {
  const checked = await check(model, { reduce: ['silent-steps'] })
  if (either.isLeft(checked)) return `refused: ${checked.left.what}`
  const wrong = checked.right.rules.fired.filter((rule) => !naive.rules.has(rule))
  return wrong.length === 0 ? null : `rules: ${wrong.join()} cannot fire`
}

/** What one of these scenes must keep, as it is: whatever is judged of it, a case and its judge. */
export const silentJudgings: ReadonlyArray<{
  readonly keeps: string
  readonly caseOf: (scene: Scene) => Case | null
  readonly judge: Judge
}> = [
  {
    keeps: 'whether there is a counterexample, and to what',
    caseOf: (scene) => {
      const subject = subjectOf(scene)
      const { properties } = subject
      return caseOf({ ...subject, properties: properties.length > 0 ? properties : [reading(parityOf)] }, false)
    },
    judge: keepsCounterexample
  },
  ...[false, true].map((isGuarded) => ({
    keeps: isGuarded
      ? 'what cannot happen from the reducers'
      : 'what properties read of the states that can be reached',
    caseOf: (scene: Scene) => {
      const subject = subjectOf(scene)
      const histories = subject.properties.filter(({ kind }) => kind === 'history')
      return caseOf({ ...subject, properties: [...histories, reading(parityOf)], mayStop: true }, true, isGuarded)
    },
    judge: keepsLooks(seeing(parityOf))
  })),
  {
    keeps: 'which rules never fire',
    caseOf: (scene) => caseOf({ ...subjectOf(scene), properties: [reading(parityOf)], mayStop: true }, true),
    judge: firesNothingElse
  }
]

/** With all that is asked for, and with silent steps alone: dead messages notice much of what silent steps must. */
const alsoAlone =
  (judge: Judge): Judge =>
  async (of, reduce) =>
    (await judge(of, reduce)) ?? judge(of, ['silent-steps'])

const asTheyAre: ReadonlyArray<Judging> = silentJudgings.map(({ keeps, caseOf: caseFrom, judge }) => ({
  on: 'hand-made protocols, as they are',
  weight: 1,
  keeps,
  cases: fc.constantFrom(...allSilentScenes).map(caseFrom),
  judge: alsoAlone(judge)
}))

const weakScenes: ReadonlyArray<Judging> = [
  {
    ...handMadeOnes,
    keeps: 'whether there is a counterexample, and to what',
    cases: hidden(true).map((model) => caseOf(model, false)),
    judge: keepsCounterexample
  },
  {
    ...handMadeOnes,
    keeps: 'what properties read of the states that can be reached, and where runs end',
    cases: hidden(false).map((model) => caseOf(model, true)),
    judge: keepsLooks(seeing(parityOf))
  }
]

const quiet: ReadonlyArray<Judging> = [
  {
    on: 'quiet protocols',
    weight: 4,
    keeps: 'whether there is a counterexample, and to what',
    cases: quietModels(true).map((model) => caseOf(model, false)),
    judge: keepsCounterexample
  },
  {
    on: 'quiet protocols',
    weight: 4,
    keeps: 'what properties read of the states that can be reached, and where runs end',
    cases: quietModels(false).map((model) => caseOf(model, true)),
    judge: keepsLooks(seeing(parityOf))
  }
]

/** Names that may be exchanged. */
const symmetric: ReadonlyArray<Judging> = [
  {
    on: 'interchangeable names',
    weight: 1,
    keeps: 'one state for each orbit',
    cases: exchangeable(false).map(({ subject, exchanges }) => {
      const found = caseOf(subject, false)
      return found && { ...found, orbits: orbitCount(validated(subject), found.naive.worlds, exchanges) }
    }),
    judge: keepsOrbits
  },
  {
    on: 'interchangeable names',
    weight: 1,
    keeps: 'every verdict, and the length of every shortest trace, with other reductions too',
    cases: exchangeable(true).map(({ subject }) => caseOf(subject, false)),
    judge: (of, reduce) => keepsVerdict(of, [...reduce, 'dead-messages', 'alike-messages', 'idle-partitions'])
  }
]

/** Where a scout goes ahead of a search. */
const ahead: ReadonlyArray<Judging> = (
  [
    { on: 'random tables', weight: 1, models: randomModels(false) },
    { ...handMadeOnes, models: sceneModels(false, asSets, fc.option(cuts, { nil: undefined })) },
    { on: 'quiet protocols', weight: 4, models: quietModels(false) }
  ] as ReadonlyArray<{ on: string; weight: number; models: fc.Arbitrary<Model<any>> }>
).map(({ on, weight, models }) => ({
  on,
  weight,
  keeps: 'what can happen, and nothing else',
  cases: models.map((model) => caseOf(silenced(model), true)),
  judge: findsNothingElse
}))

/** By the name of what is judged: on what, with which reductions. */
export const judgedBy: Readonly<
  Record<string, { readonly judgings: ReadonlyArray<Judging>; readonly reduce: ReadonlyArray<Reduction> }>
> = {
  exact: { judgings: exact, reduce: ['dead-messages', 'alike-messages'] },
  idle: { judgings: partitioned, reduce: ['idle-partitions'] },
  scout: { judgings: ahead, reduce: [] },
  symmetry: { judgings: symmetric, reduce: ['symmetry'] },
  weak: { judgings: [...quiet, ...weakScenes, ...asTheyAre, ...weak], reduce: ['dead-messages', 'silent-steps'] }
}
