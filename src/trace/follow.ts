/** One action in one state: what comes of it, or why it cannot happen. */
import { either } from 'fp-ts'
import { match } from 'ts-pattern'
import type { Action } from '../model/action.ts'
import { canonical } from '../model/data.ts'
import { foremost } from '../model/inbox.ts'
import { cutCount, type Local } from '../model/local.ts'
import { positionOf, type ValidModel } from '../model/valid.ts'
import { mayFire, moves, type Move, type World } from '../model/world.ts'
import { say } from './say.ts'

/** An action that happened: the state it happened in, what came of it, and what a crash kept from happening. */
export interface Followed {
  readonly before: World
  readonly move: Move
  readonly lost: ReadonlyArray<unknown>
}

/** Whether a move changes nothing but messages in flight and what is left of the budgets, and says nothing. */
export const isUnseen = ({ before, move }: Pick<Followed, 'before' | 'move'>): boolean =>
  canonical(before.nodes) === canonical(move.next.nodes) && (move.deed?.outcome.effects ?? []).length === 0

type Placed = Extract<Action, { readonly node: string }>
type OfLetter = Extract<Action, { readonly from: string }>
type Cuttable = Extract<Action, { readonly crash: unknown }>

const participles = { deliver: 'delivered', lose: 'lost', duplicate: 'duplicated' } as const

/** Why a letter is not among those that may be delivered, lost or duplicated next; undefined if it is. */
const whyNotForemost = (valid: ValidModel, world: World, action: OfLetter): string | undefined => {
  const inbox = world.flight[positionOf(valid, action.node)] ?? []
  const isIt = (letter: { readonly from: string; readonly message: unknown }) =>
    letter.from === action.from && canonical(letter.message) === canonical(action.message)
  if (!inbox.some(isIt)) return `no such message from ${action.from} to ${action.node} is in flight`
  if (foremost(valid.model.network.kind, inbox).some(isIt)) return undefined
  return `it is not at the head of the fifo queue from ${action.from} to ${action.node}, so it cannot be ${participles[action.type]} yet`
}

const spent = (what: string): string => `the budget of ${what} is spent`

/** A node that is up has no restart, one that is down nothing else. */
const whyNotUp = (local: Local | undefined, id: string): string | undefined =>
  local?.up === false ? `${id} is down` : undefined

const whyNoCrash = (valid: ValidModel, world: World, id: string, forGood: boolean): string | undefined => {
  if (valid.mayCrash[positionOf(valid, id)] !== true) return `the model does not let ${id} crash`
  if (world.left[forGood ? 'crashesForGood' : 'crashes'] > 0) return undefined
  return spent(forGood ? 'crashes for good' : 'crashes')
}

const whyNotFire = (valid: ValidModel, world: World, id: string, timer: string): string => {
  const position = positionOf(valid, id)
  const local = world.nodes[position]
  return local?.up === true && local.timers.includes(timer) && !mayFire(valid, world, position, timer)
    ? `the model assumes "${valid.model.timing?.assumes ?? ''}", so timer ${timer} of ${id} cannot fire now`
    : `timer ${timer} is not armed at ${id}`
}

const whyNoRequest = (
  valid: ValidModel,
  world: World,
  { id, node }: Extract<Action, { readonly type: 'request' }>
): string => {
  const index = valid.requests.findIndex(({ ids }) => ids.includes(id))
  const known = valid.requests[index]
  if (known === undefined) return `the model has no request "${id}"`
  const asked = world.asked[index] ?? 0
  const turn = known.ids.indexOf(id)
  if (turn < asked) return `request ${id} was made already`
  if (turn > asked) return `request ${known.ids[asked] ?? '?'} comes first`
  if (!known.at.includes(positionOf(valid, node))) return `request ${id} is not made at ${node}`
  return `request ${id} is ${say(known.request)} in the model`
}

/** Why a step that could happen as a whole cannot be cut short like this. */
const whyNotCut = (valid: ValidModel, world: World, action: Cuttable, whole: Move): string => {
  const { crash } = action
  const places = whole.deed === null ? 0 : cutCount(valid, whole.deed.outcome)
  if (valid.model.network.kind === 'asynchronous' && places === 0)
    return 'on the asynchronous network no crash cuts a step'
  const why = crash === null ? undefined : whyNoCrash(valid, world, action.node, crash.forGood)
  return why ?? `${places} messages leave ${action.node} in this step, so no crash cuts it after ${crash?.kept ?? 0}`
}

const whyNotAt = (valid: ValidModel, world: World, action: Placed): string => {
  const { node } = action
  const local = world.nodes[positionOf(valid, node)]
  if (local === undefined) return `there is no node "${node}"`
  return match(action)
    .returnType<string>()
    .with(
      { type: 'deliver' },
      (letter) =>
        whyNotUp(local, node) ??
        whyNotForemost(valid, world, letter) ??
        `the partition "${world.cut ?? ''}" cuts the link from ${letter.from} to ${node}`
    )
    .with({ type: 'timeout' }, ({ timer }) => whyNotUp(local, node) ?? whyNotFire(valid, world, node, timer))
    .with({ type: 'request' }, (request) => whyNotUp(local, node) ?? whyNoRequest(valid, world, request))
    .with(
      { type: 'snapshot' },
      ({ index }) => whyNotUp(local, node) ?? `no such snapshot at ${index} was asked for at ${node}`
    )
    .with({ type: 'restart' }, () => (local.up ? `${node} is up` : `${node} crashed for good`))
    .with(
      { type: 'crash' },
      ({ forGood }) =>
        whyNotUp(local, node) ?? whyNoCrash(valid, world, node, forGood) ?? 'this crash is not in the model'
    )
    .with({ type: 'lose' }, { type: 'duplicate' }, (letter) =>
      valid.model.network.kind === 'asynchronous'
        ? 'the asynchronous network loses and duplicates without a step of its own'
        : (whyNotForemost(valid, world, letter) ?? spent(letter.type === 'lose' ? 'losses' : 'duplications'))
    )
    .exhaustive()
}

const whyNoPartition = (valid: ValidModel, world: World, cut: string): string => {
  if (!valid.cuts.some(({ name }) => name === cut)) return `the model has no partition "${cut}"`
  return world.cut === null ? spent('partitions') : `the partition "${world.cut}" is in force`
}

const whyNot = (valid: ValidModel, world: World, action: Action, possible: ReadonlyArray<Move>): string => {
  if ('crash' in action && action.crash !== null) {
    const whole = { ...action, crash: null }
    const move = findMove(possible, whole)
    return move === undefined ? whyNotAt(valid, world, whole) : whyNotCut(valid, world, action, move)
  }
  if (action.type === 'partition') return whyNoPartition(valid, world, action.cut)
  if (action.type === 'heal')
    return world.cut === null ? 'no partition is in force' : 'partitions of this model do not heal'
  return whyNotAt(valid, world, action)
}

const findMove = (possible: ReadonlyArray<Move>, action: Action): Move | undefined => {
  const text = canonical(action)
  return possible.find((move) => canonical(move.action) === text)
}

/** The effects of the whole step that come after those that a crash let happen. */
const lostIn = (possible: ReadonlyArray<Move>, { action, deed }: Move): ReadonlyArray<unknown> => {
  if (!('crash' in action) || action.crash === null) return []
  const whole = findMove(possible, { ...action, crash: null })
  return whole?.deed?.outcome.effects.slice(deed?.outcome.effects.length ?? 0) ?? []
}

/**
 * Lets `action` happen in `world`. The left says why it cannot.
 *
 * @throws Refusal if a reducer of the model is wrong: see `atBorder`
 */
export const follow = (valid: ValidModel, world: World, action: Action): either.Either<string, Followed> => {
  const possible = moves(valid, world)
  const move = findMove(possible, action)
  return move === undefined
    ? either.left(whyNot(valid, world, action, possible))
    : either.right({ before: world, move, lost: lostIn(possible, move) })
}
