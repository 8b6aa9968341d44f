/** What each reduction is judged on: random models, and what it must keep of them. */
import fc from 'fast-check'
import { asynchronous, fifo, unordered, type Model } from '../../src/model/index.ts'
import {
  caseOf,
  inFull,
  keepsCounterexample,
  keepsLooks,
  keepsStates,
  keepsVerdict,
  reading,
  seeing,
  type Case,
  type Judge
} from './judges.ts'
import { handMade } from './hand-made.ts'
import { copiedModels } from './random-copied.ts'
import { votingModels } from './random-voting.ts'
import { scenes } from './scenes.ts'

export interface Judging {
  readonly keeps: string
  /** Models of which the textbook checker could say something; null for the others. */
  readonly cases: fc.Arbitrary<Case | null>
  readonly judge: Judge
}

const asynchronousOnly = { networks: fc.constant(asynchronous()), hasTiming: true, hasDepth: true }

/** Where silent steps may be taken: nothing is lost or comes twice, no depth, no assumption about time. */
const lossless = {
  networks: fc.constantFrom(asynchronous(), unordered(), unordered(), fifo(), fifo()),
  hasTiming: false,
  hasDepth: false
}

/** What properties and bounds of these models read of a node, down or up. */
const look = (node: { readonly up: boolean; readonly state?: { readonly seen: number } }): unknown =>
  node.up ? node.state?.seen : 'down'

const looked = (model: Model<any>): Model<any> => ({ ...model, properties: [...model.properties, reading(look)] })

/** Strong bisimulation but for the network. */
export const exact: ReadonlyArray<Judging> = [
  {
    keeps: 'every verdict, and the length of every shortest trace',
    cases: votingModels(true, asynchronousOnly).map((model) => caseOf(model, null, false)),
    judge: keepsVerdict
  },
  {
    keeps: 'everything that can be reached but messages, and every rule that changes or says something',
    cases: votingModels(false, asynchronousOnly).map((model) => caseOf(model, inFull, false)),
    judge: keepsStates
  },
  {
    keeps: 'what cannot happen from the reducers',
    cases: votingModels(false, asynchronousOnly).map((model) => caseOf(model, inFull, true)),
    judge: keepsStates
  }
]

export const copied: ReadonlyArray<Judging> = [
  {
    keeps: 'every verdict, and the length of every shortest trace',
    cases: copiedModels(true).map((model) => caseOf(model, null, false)),
    judge: keepsVerdict
  },
  {
    keeps: 'everything that can be reached but messages, and every rule that changes or says something',
    cases: copiedModels(false).map((model) => caseOf(model, inFull, false)),
    judge: keepsStates
  },
  {
    keeps: 'what cannot happen from the reducers',
    cases: copiedModels(false).map((model) => caseOf(model, inFull, true)),
    judge: keepsStates
  }
]

const sceneCases = (isGuarded: boolean): fc.Arbitrary<Case | null> =>
  fc.constantFrom(...scenes).map(({ tables, changed }) => caseOf(handMade(tables, changed), inFull, isGuarded))

export const staged: ReadonlyArray<Judging> = [
  { keeps: 'every verdict', cases: sceneCases(false), judge: keepsVerdict },
  { keeps: 'everything that can be reached', cases: sceneCases(false), judge: keepsStates },
  { keeps: 'what cannot happen from the reducers', cases: sceneCases(true), judge: keepsStates }
]

/** Weak simulation both ways, for what properties read. */
export const weak: ReadonlyArray<Judging> = [
  {
    keeps: 'whether there is a counterexample, and to what',
    cases: votingModels(true, lossless).map((model) => caseOf(model, null, false)),
    judge: keepsCounterexample
  },
  {
    keeps: 'what properties read of the states that can be reached, and where runs end',
    cases: votingModels(false, lossless).map((model) => caseOf(looked(model), seeing(look), false)),
    judge: keepsLooks(seeing(look))
  }
]
