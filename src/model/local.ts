/**
 * One node of a model, and what it does when something happens to it. The only place outside production where a
 * reducer is called: every call is guarded, so that a mistake in a spec becomes one readable problem.
 */
import { match } from 'ts-pattern'
import { excluding, including, Natural } from '../../spec/kernel/index.ts'
import type { AnySignature, Cause, Effect, NodeView, Snapshot, Step, Transition } from '../../spec/kernel/index.ts'
import { deepFreeze, notData, sameData } from './data.ts'
import { refuse, Refusal, type Code } from './problem.ts'
import type { ValidModel } from './valid.ts'

type P = AnySignature
type AnyEffect = Effect<P>

export interface Up {
  readonly up: true
  readonly state: unknown
  /** Armed, sorted. */
  readonly timers: ReadonlyArray<string>
  /** Content of the node's replicated state machine; null where the model has none. */
  readonly machine: unknown
  /** The snapshot that was asked for and has not come yet; left out where there is none. */
  readonly snapshot?: TakenSnapshot
}

/** A content that the machine once had, and what the node called that moment. */
export interface TakenSnapshot {
  readonly index: number
  readonly content: unknown
}

export interface Down {
  readonly up: false
  readonly durable: unknown
  readonly gone: boolean
}

/** All there is to a node but its messages. */
export type Local = Up | Down

/** What makes a node step. */
export type Stimulus = Exclude<Cause<P>, { readonly type: 'crash' }>

/** What happened at a node. */
export interface Outcome {
  /** The clause that fired; null for a plain crash. */
  readonly rule: string | null
  /** What the world was asked to do, in order. */
  readonly effects: ReadonlyArray<AnyEffect>
  readonly after: Local
}

/** A step of a node, whole or cut short by a crash. */
export interface Reaction extends Outcome {
  readonly rule: string
}

/** Where something is wrong: put into words only when it is. */
type Where = () => ReadonlyArray<string>

const placeOf =
  (valid: ValidModel, node: number, more: () => string): Where =>
  () => [`model ${valid.model.name}`, `node ${valid.ids[node] ?? '?'}`, more()]

const within =
  (where: Where, more: () => string): Where =>
  () => [...where(), more()]

const sayStimulus = (stimulus: Stimulus | { readonly type: 'start' }): string =>
  `event ${JSON.stringify(stimulus) ?? '?'}`

const frozenMessage =
  /read only|not extensible|Cannot delete property|Cannot add property|Cannot assign|Cannot redefine/

const call = <A>(run: () => A, where: Where, what: string, threw: Code = 'Q201'): A => {
  try {
    return run()
  } catch (error) {
    if (error instanceof Refusal) throw error
    const said = error instanceof Error ? error.message : String(error)
    return frozenMessage.test(said)
      ? refuse('Q202', `${what} changed its input: ${said}`, where())
      : refuse(threw, `${what} threw: ${said}`, where())
  }
}

const mustBeData = (value: unknown, what: string, where: Where): void => {
  const flaw = notData(value)
  if (flaw !== null) refuse('Q209', `${what} is not plain data: ${flaw.message}`, where())
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const effectTypes = ['send', 'start-timer', 'stop-timer', 'reply', 'apply', 'take-snapshot', 'restore', 'note']

const checkEffect = (valid: ValidModel, effect: AnyEffect, where: Where): void => {
  const { protocol } = valid.model
  const { codecs } = protocol
  if (!isRecord(effect) || !effectTypes.includes(effect.type))
    refuse('Q204', `${JSON.stringify(effect) ?? 'undefined'} is not an effect`, where())
  const fits = (codec: { is: (value: unknown) => boolean; name: string } | undefined, value: unknown, what: string) => {
    if (codec !== undefined && !codec.is(value))
      refuse('Q208', `the ${what} ${JSON.stringify(value) ?? 'undefined'} does not fit codec ${codec.name}`, where())
  }
  match(effect)
    .with({ type: 'send' }, ({ to, message }) => {
      if (!valid.ids.includes(to)) refuse('Q207', `a message is sent to "${to}", which is not there`, where())
      fits(codecs.message, message, 'message')
    })
    .with({ type: 'start-timer' }, { type: 'stop-timer' }, ({ timer }) => {
      if (!protocol.timers.includes(timer)) refuse('Q206', `timer "${String(timer)}" is not declared`, where())
    })
    .with({ type: 'reply' }, ({ response }) => fits(codecs.response, response, 'response'))
    .with({ type: 'apply' }, ({ entry }) => fits(codecs.entry, entry, 'entry'))
    .with({ type: 'take-snapshot' }, ({ index }) => {
      if (!Natural.is(index)) refuse('Q204', `${JSON.stringify(index) ?? 'undefined'} is not an index`, where())
    })
    .with({ type: 'restore' }, ({ content }) => fits(codecs.content, content, 'content'))
    .with({ type: 'note' }, () => undefined)
    .exhaustive()
}

const checkStep = (valid: ValidModel, step: Step<P>, where: Where): void => {
  if (!isRecord(step) || typeof step.rule !== 'string' || !Array.isArray(step.effects) || step.state === undefined)
    refuse('Q204', `${JSON.stringify(step) ?? 'undefined'} is not a step`, where())
  const inRule = within(where, () => `rule ${String(step.rule)}`)
  if (!valid.model.protocol.rules.includes(step.rule)) refuse('Q205', `rule "${step.rule}" is not declared`, where())
  mustBeData(step.effects, 'the effects', inRule)
  step.effects.forEach((effect) => checkEffect(valid, effect, inRule))
}

/** How a reducer is run: the step it gives, checked. */
type Run = (valid: ValidModel, run: () => Step<P>, where: Where, what: string) => Step<P>

const once: Run = (valid, run, where, what) => {
  const step = call(run, where, what)
  checkStep(valid, step, where)
  mustBeData(
    step.state,
    'the state',
    within(where, () => `rule ${step.rule}`)
  )
  return deepFreeze(step)
}

/** And once more, to compare: same input, same step. */
const twice: Run = (valid, run, where, what) => {
  const first = once(valid, run, where, what)
  const second = call(run, where, what)
  const same =
    isRecord(second) &&
    first.rule === second.rule &&
    sameData(first.state, second.state) &&
    sameData(first.effects, second.effects)
  return same
    ? first
    : refuse('Q203', `${what} gave two different steps for one event`, [...where(), `rule ${first.rule}`])
}

/** The timers that are armed after these effects. */
export const timersAfter = (armed: ReadonlyArray<string>, effects: ReadonlyArray<AnyEffect>): ReadonlyArray<string> =>
  effects.reduce<ReadonlyArray<string>>(
    (timers, effect) =>
      effect.type === 'start-timer'
        ? including(timers, effect.timer)
        : effect.type === 'stop-timer'
          ? excluding(timers, effect.timer)
          : timers,
    armed
  )

/** A node's replicated state machine in the course of a step. */
interface Driven {
  readonly content: unknown
  readonly snapshot: TakenSnapshot | undefined
  /** The effects so far; the machine's responses stand beside the effects that asked for them. */
  readonly effects: ReadonlyArray<AnyEffect>
}

/** What an effect makes of the machine. In a model without one, the content is null and stays so. */
const drive = (valid: ValidModel, so: Driven, effect: AnyEffect, where: Where): Driven => {
  const { machine, protocol } = valid.model
  const effects = [...so.effects, effect]
  if (effect.type === 'take-snapshot') {
    const { content } = protocol.codecs
    if (content !== undefined && !content.is(so.content))
      refuse('Q208', `the content ${JSON.stringify(so.content)} does not fit codec ${content.name}`, where())
    return { ...so, snapshot: { index: effect.index, content: so.content }, effects }
  }
  if (machine === undefined) return { ...so, effects }
  if (effect.type === 'restore') return { ...so, content: deepFreeze(effect.content), effects }
  if (effect.type !== 'apply') return { ...so, effects }
  const applied = call(
    () => machine.apply(so.content, effect.entry, effect.request),
    within(where, () => `entry ${JSON.stringify(effect.entry)}`),
    'the machine',
    'Q211'
  )
  mustBeData(applied.content, "the machine's content", where)
  const answer: ReadonlyArray<AnyEffect> =
    effect.request === null ? [] : [{ type: 'reply', id: effect.request, response: applied.response }]
  return { ...so, content: deepFreeze(applied.content), effects: [...effects, ...answer] }
}

/** By model and state: asked for whenever a state is stored, seen or lost. */
const durables = new WeakMap<ValidModel, WeakMap<object, unknown>>()

/** What a crash keeps of a state, which is frozen; checked against its codec. */
const durableOf = (valid: ValidModel, node: number, state: unknown): unknown => {
  if (typeof state !== 'object' || state === null) return findDurable(valid, node, state)
  const known = durables.get(valid) ?? new WeakMap<object, unknown>()
  durables.set(valid, known)
  if (!known.has(state)) known.set(state, findDurable(valid, node, state))
  return known.get(state)
}

const findDurable = (valid: ValidModel, node: number, state: unknown): unknown => {
  const { protocol } = valid.model
  const where = placeOf(valid, node, () => `state ${JSON.stringify(state) ?? '?'}`)
  const durable: unknown = call(() => protocol.durable(state), where, 'durable')
  mustBeData(durable, 'the durable state', where)
  if (!protocol.codecs.durable.is(durable))
    refuse('Q208', `the durable state does not fit codec ${protocol.codecs.durable.name}`, where())
  return deepFreeze(durable)
}

const settle = (
  valid: ValidModel,
  node: number,
  step: Step<P>,
  { timers, machine, snapshot }: Omit<Up, 'state'>,
  where: Where
): Reaction => {
  const { content, effects, ...driven } = step.effects.reduce<Driven>((so, effect) => drive(valid, so, effect, where), {
    content: machine,
    snapshot,
    effects: []
  })
  durableOf(valid, node, step.state)
  return {
    rule: step.rule,
    effects,
    after: {
      up: true,
      state: step.state,
      timers: timersAfter(timers, step.effects),
      machine: content,
      ...(driven.snapshot === undefined ? {} : { snapshot: driven.snapshot })
    }
  }
}

/** A node that has nothing but what its first step will give it. */
const fresh = (valid: ValidModel): Omit<Up, 'state'> => ({
  up: true,
  timers: [],
  machine: valid.model.machine?.initial ?? null
})

const selfOf = (valid: ValidModel, node: number) => {
  const self = valid.selves[node]
  if (self === undefined) throw new Error(`no node at position ${node}`)
  return deepFreeze(self)
}

/** The first step of a node, on an empty disk. */
export const start = (valid: ValidModel, node: number): Reaction => {
  const where = placeOf(valid, node, () => sayStimulus({ type: 'start' }))
  const step = twice(valid, () => valid.model.protocol.initial(selfOf(valid, node)), where, 'initial')
  return settle(valid, node, step, fresh(valid), where)
}

/** The snapshots that may come to a node: one or none. */
export const snapshotsOf = (local: Local): ReadonlyArray<Snapshot<unknown>> =>
  local.up && local.snapshot !== undefined ? [{ type: 'snapshot', ...local.snapshot }] : []

/** Whether something can happen to a node in this condition. */
export const isReady = (local: Local, stimulus: Stimulus): boolean => {
  if (stimulus.type === 'restart') return !local.up && !local.gone
  if (!local.up) return false
  if (stimulus.type === 'timeout') return local.timers.includes(stimulus.timer)
  return stimulus.type !== 'snapshot' || snapshotsOf(local).some((taken) => sameData(taken, stimulus))
}

/** What is left of a node once a stimulus has been used up. */
const used = ({ snapshot, ...local }: Up, stimulus: Stimulus): Up => ({
  ...local,
  ...(snapshot === undefined || stimulus.type === 'snapshot' ? {} : { snapshot }),
  timers: stimulus.type === 'timeout' ? local.timers.filter((timer) => timer !== stimulus.timer) : local.timers
})

const reactBy =
  (stepBy: Run) =>
  (valid: ValidModel, node: number, local: Local, stimulus: Stimulus): Reaction => {
    const { protocol } = valid.model
    const self = selfOf(valid, node)
    const where = placeOf(valid, node, () => sayStimulus(stimulus))
    if (stimulus.type === 'restart') {
      if (local.up) throw new Error('a node that is up cannot restart')
      const step = stepBy(valid, () => protocol.recover(self, local.durable), where, 'recover')
      return settle(valid, node, step, fresh(valid), where)
    }
    if (!local.up) throw new Error('a node that is down cannot step')
    const event = deepFreeze(stimulus)
    const step = stepBy(valid, () => protocol.step(self, local.state, event), where, 'step')
    return settle(valid, node, step, used(local, stimulus), where)
  }

/** A whole step. The node must be ready for it. */
export const react = reactBy(twice)

/** The same for analyses, which ask about much that never happens: whether the reducer is deterministic is not looked at. */
export const attempt = reactBy(once)

/** Effects that others can see: what a crash may cut between. */
const leaves = (effect: AnyEffect): boolean => effect.type === 'send' || effect.type === 'reply'

/**
 * How many places there are where a crash may cut a step: before each effect that leaves the node. None on the
 * asynchronous network, where messages may be lost anyway and a crash right after the step covers the cut; unless a client
 * is answered and a property judges what clients see, since an answer that was sent cannot be lost.
 */
export const cutCount = (valid: ValidModel, { effects }: Outcome): number => {
  const isCovered =
    valid.model.network.kind === 'asynchronous' &&
    (valid.histories.length === 0 || effects.every(({ type }) => type !== 'reply'))
  return isCovered ? 0 : effects.filter(leaves).length
}

/** What a crash leaves of a node that is up. */
export const crashed = (valid: ValidModel, node: number, local: Up, gone: boolean): Down => ({
  up: false,
  durable: durableOf(valid, node, local.state),
  gone
})

/**
 * The same step, cut by a crash after `kept` of the effects that leave the node: the durable part was written, the
 * rest of the effects never happened, the node is down.
 */
export const cutShort = (valid: ValidModel, node: number, reaction: Outcome, kept: number, gone: boolean): Outcome => {
  if (!reaction.after.up) throw new Error('this step was cut already')
  const end = reaction.effects.findIndex(
    (effect, index) => leaves(effect) && reaction.effects.slice(0, index).filter(leaves).length === kept
  )
  return {
    rule: reaction.rule,
    effects: end < 0 ? reaction.effects : reaction.effects.slice(0, end),
    after: crashed(valid, node, reaction.after, gone)
  }
}

/** A node as properties see it. */
export const viewOf = (valid: ValidModel, node: number, local: Local): NodeView<P> => {
  const id = valid.ids[node] ?? '?'
  return local.up
    ? {
        id,
        up: true,
        state: local.state,
        durable: durableOf(valid, node, local.state),
        timers: local.timers,
        machine: local.machine
      }
    : { id, up: false, durable: local.durable, gone: local.gone }
}

/** A step as step properties see it. */
export const transitionView = (
  valid: ValidModel,
  node: number,
  before: Local,
  event: Cause<P>,
  outcome: Outcome
): Transition<P> => ({
  before: viewOf(valid, node, before),
  event,
  rule: outcome.rule,
  effects: outcome.effects,
  after: viewOf(valid, node, outcome.after)
})

/** Asks a predicate of the user's, whose answer must be true or false. */
export const ask = (predicate: () => unknown, what: string, valid: ValidModel): boolean => {
  const where = [`model ${valid.model.name}`, what]
  try {
    const answer = predicate()
    return typeof answer === 'boolean'
      ? answer
      : refuse('Q210', `${what} answered ${JSON.stringify(answer) ?? 'undefined'} instead of true or false`, where)
  } catch (error) {
    if (error instanceof Refusal) throw error
    return refuse('Q210', `${what} threw: ${error instanceof Error ? error.message : String(error)}`, where)
  }
}
