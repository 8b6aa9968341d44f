/** What a check says. */
import type { Trace } from '../trace/trace.ts'
import type { Team } from './team.ts'
import type { Watch } from './watched.ts'

export type Verdict = 'holds' | 'violated' | 'deadlock' | 'unreachable' | 'incomplete'

/** How the search went so far. */
export interface Progress {
  /** Distinct states stored; 0 while what can happen is looked for ahead of the search. */
  readonly states: number
  /** (state, action) pairs that lead to a different state. */
  readonly transitions: number
  /** The deepest level reached, in steps from the initial state. */
  readonly depth: number
  /** States stored and not yet expanded. */
  readonly queue: number
  readonly seconds: number
  /** Resident memory of the process. */
  readonly bytes: number
}

/** What carrying histories costs. */
export interface HistoryCost {
  /** By history property: how many distinct contents were met. */
  readonly contents: Readonly<Record<string, number>>
  /** How many of the states would be left if none carried a content: what the model has without these properties. */
  readonly statesWithout: number
}

/** A part of what states are made of, and how many distinct values of it were met. */
export interface FieldProfile {
  /** Of a node: such as `state.term` or `timers`. Of what is no node's: `partition`, `requests`, `budget.crashes`, `history.linearizable`. */
  readonly field: string
  readonly values: number
}

/** What one node is made of. */
export interface NodeProfile {
  readonly node: string
  /** Distinct states of the node, with its timers and its state machine, also while it is down. */
  readonly slots: number
  /** Distinct contents of what is in flight to it. */
  readonly inboxes: number
  /** Distinct pairs of the two. */
  readonly frames: number
  /** How many of the slots were looked at for `fields`: fewer than there are where there are many. */
  readonly read: number
  /** Those that are not always the same, the largest first. */
  readonly fields: ReadonlyArray<FieldProfile>
}

/** What leads to states that were not there before. */
export interface MoveProfile {
  readonly kind: 'rule' | 'fault'
  /** Of a rule: its name. Of a fault: crash (in the middle of a step, too), lose, duplicate, partition, heal. */
  readonly name: string
  /** Of the moves to the next level, from the states looked at. 0 to 1; all together 1. */
  readonly share: number
}

/** Where a state space is large. */
export interface Profile {
  readonly nodes: ReadonlyArray<NodeProfile>
  /** What belongs to no node: the partition in force, what is left of the budgets, the requests made, what histories keep. */
  readonly ledger: { readonly pages: number; readonly read: number; readonly fields: ReadonlyArray<FieldProfile> }
  /** The largest first. */
  readonly moves: ReadonlyArray<MoveProfile>
  /** How many states were looked at for `moves`, evenly spread over those expanded; `of` is how many there are. */
  readonly sample: { readonly states: number; readonly of: number }
}

/** How much there was for a reduction to take away. By what factor it made the space smaller only a run without it can tell. */
export type Reduced =
  /** Of the pairs of a slot and a letter looked at: those where the letter can never matter again. */
  | { readonly name: 'dead-messages'; readonly dead: number; readonly of: number }
  /** Of the pairs of a slot and a letter looked at: those where the letter is taken at once. */
  | { readonly name: 'silent-steps'; readonly silent: number; readonly of: number }
  /** The most states that one may stand for. */
  | { readonly name: 'symmetry'; readonly orbit: number }

export interface Report {
  readonly model: string
  readonly protocol: string
  readonly verdict: Verdict
  /** The property that decided: violated, or not reached; null otherwise. */
  readonly property: string | null
  /** What the model assumes of time, in its words; null for nothing. */
  readonly assumption: string | null
  readonly expected: { readonly verdict: Verdict; readonly property: string | null }
  readonly asExpected: boolean
  /** Stored after the reductions named. */
  readonly states: number
  readonly transitions: number
  /** Steps from the initial state to the deepest state. */
  readonly depth: number
  readonly seconds: number
  /** How often a reducer ran, over all passes. Each step is run twice, to see that it is deterministic. */
  readonly reducerCalls: number
  /** Whether the bounded space was explored to its end. */
  readonly complete: boolean
  /** Why it was not: the limit that ended the run. */
  readonly limit: string | null
  /** Where the limit was memory: the bytes that the run would have held at least. Null otherwise. */
  readonly neededBytes: number | null
  /** States outside the model's bounds: counted and judged, not expanded. */
  readonly outside: number
  /** The same, by the bound that says so. Where both do, the depth counts. */
  readonly outsideBy: { readonly depth: number; readonly node: number }
  /** States per level. */
  readonly levels: ReadonlyArray<number>
  /** The reductions that were in force. */
  readonly reductions: ReadonlyArray<Reduction>
  /** How often the search was run until the reductions' tables were complete. 1 without reductions. */
  readonly passes: number
  readonly reduced: ReadonlyArray<Reduced>
  readonly rules: { readonly fired: ReadonlyArray<string>; readonly never: ReadonlyArray<string> }
  /** How often each property was evaluated. */
  readonly evaluations: Readonly<Record<string, number>>
  /** Null where no property keeps a history. */
  readonly histories: HistoryCost | null
  /** Bytes of the state tables, per state. */
  readonly bytesPerState: number
  /** The most that the process held, all in, as far as was looked. */
  readonly peakBytes: number
  /** How many threads searched in the end. */
  readonly threads: number
  /** Null unless it was asked for. */
  readonly profile: Profile | null
  /** The shortest way to the violation or deadlock. */
  readonly trace: Trace | null
}

/** Each can be switched off by name. */
export const reductionNames = [
  'dead-messages',
  'alike-messages',
  'idle-partitions',
  'silent-steps',
  'symmetry'
] as const
export type Reduction = (typeof reductionNames)[number]

/** What is in force unless said otherwise. Symmetry is asked for: it makes small spaces smaller, not faster. So are silent steps, whose traces may be longer. */
export const defaultReductions: ReadonlyArray<Reduction> = ['dead-messages', 'alike-messages', 'idle-partitions']

export interface CheckOptions {
  /** {@link defaultReductions}, unless said otherwise. A reduction that a property does not allow is left out, and the report says so. */
  readonly reduce?: ReadonlyArray<Reduction>
  /** The run ends as incomplete at this many states. */
  readonly maxStates?: number
  /** The run ends as incomplete when the process holds this many bytes. */
  readonly maxBytes?: number
  /** Whether to look for where the state space is large. Takes a few hundredths of the time of the search; of a short one, some ten milliseconds. */
  readonly profile?: boolean
  /** Ends the run as incomplete. */
  readonly signal?: AbortSignal
  /** Called a few times a second. */
  readonly onProgress?: (progress: Progress) => void
  /** Told what of the model's own code runs. */
  readonly watch?: Watch
  /** The threads that this one may get to help it, or that it helps. Each of them must call for the same model with the same options. */
  readonly team?: Team
  /** Where the model came from, for the trace. */
  readonly origin?: { readonly file: string; readonly parameters: Readonly<Record<string, unknown>> }
}
