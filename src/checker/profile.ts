/**
 * Where a state space is large: what its states are made of, and which moves lead to new ones. Looked for when the search is done; the search
 * itself counts nothing. How much is looked at depends on the number of states and never on a clock: two runs say the same.
 */
import { canonical } from '../model/data.ts'
import type { Local } from '../model/local.ts'
import type { ValidModel } from '../model/valid.ts'
import type { Frames } from './engine/frames.ts'
import type { Ledger, LedgerPage } from './engine/ledger.ts'
import { Walk } from './engine/walk.ts'
import type { Exploration } from './explore.ts'
import type { FieldProfile, MoveProfile, NodeProfile, Profile } from './report.ts'
import { isRecord } from './slot-views.ts'

/** What is looked at of each kind of thing, in any case. */
const leastLooks = 256

/** One look for so many states of the search, where that is more: a look takes as long as some ten states. */
const statesPerLook = 1000

/** States looked at for the moves: more would not make the shares any clearer. */
const mostStates = 2000

const { max, min, floor, sqrt } = Math

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b))

/** `most` of the numbers below `end`, spread evenly, none twice; all of them where there are no more. */
const spread = (end: number, most: number): ReadonlyArray<number> => {
  // Multiples of the golden section are spread evenly, however many there are; of a number prime to `end`, none comes twice.
  let stride = floor((end * (sqrt(5) - 1)) / 2)
  while (divisor(stride, end) !== 1) stride++
  return Array.from({ length: min(end, most) }, (_, step) => (step * stride) % end)
}

type Part = readonly [field: string, value: unknown]

const partsOf = (name: string, value: unknown): ReadonlyArray<Part> =>
  isRecord(value) ? Object.entries(value).map(([key, inner]) => [`${name}.${key}`, inner] as const) : [[name, value]]

const partsOfNode = (local: Local): ReadonlyArray<Part> =>
  local.up
    ? [
        ...partsOf('state', local.state),
        ['timers', local.timers],
        ['machine', local.machine],
        ['snapshot', local.snapshot ?? null]
      ]
    : partsOf('durable', local.durable)

/** Counts distinct values, field by field. */
const fieldsOf = <Whole>(
  wholes: ReadonlyArray<Whole>,
  partsOfWhole: (whole: Whole) => ReadonlyArray<Part>,
  looks: number
): { readonly read: number; readonly fields: ReadonlyArray<FieldProfile> } => {
  const seen = new Map<string, { readonly values: Set<unknown>; readonly texts: Set<string> }>()
  for (const index of spread(wholes.length, looks))
    for (const [field, value] of partsOfWhole(wholes[index]!)) {
      const { values, texts } = seen.get(field) ?? { values: new Set<unknown>(), texts: new Set<string>() }
      if (values.size === 0) seen.set(field, { values, texts })
      // Reducers copy what they change and share the rest: most values need not be written out.
      if (values.has(value)) continue
      values.add(value)
      texts.add(canonical(value))
    }
  const fields = [...seen]
    .map(([field, { texts }]) => ({ field, values: texts.size }))
    .filter(({ values }) => values > 1)
    .toSorted((a, b) => b.values - a.values)
  return { read: min(wholes.length, looks), fields }
}

const nodeProfile = (valid: ValidModel, frames: Frames, looks: number): NodeProfile => {
  const slots = [...new Set(frames.slots)]
  return {
    node: valid.ids[frames.node]!,
    slots: slots.length,
    inboxes: frames.inboxes.size,
    frames: frames.size,
    ...fieldsOf(slots, (slot) => partsOfNode(frames.alphabet.slots.at(slot)), looks)
  }
}

const partsOfPage = ({ histories }: ValidModel, { cut, left, asked, contents }: LedgerPage): ReadonlyArray<Part> => [
  ['partition', cut],
  ...partsOf('budget', left),
  ['requests', asked],
  ...histories.map(({ name }, index): Part => [`history.${name}`, contents[index]])
]

const ledgerProfile = (valid: ValidModel, { pages }: Ledger, looks: number): Profile['ledger'] => ({
  pages: pages.size,
  ...fieldsOf(pages.values, (page) => partsOfPage(valid, page), looks)
})

const movesProfile = (
  { search, judge }: Exploration,
  looks: number
): { readonly moves: ReadonlyArray<MoveProfile>; readonly sample: Profile['sample'] } => {
  const walk = new Walk(search)
  const { frames, levels } = search
  // The last level may have been left in the middle, and leads to nothing new where it was not.
  const of = levels.at(-2)!
  const nextLevel = (index: number): number => levels.find((end) => end > index)!
  const counts = new Map<string, { readonly kind: MoveProfile['kind']; readonly name: string; count: number }>()
  const names = new Map<string, { readonly kind: MoveProfile['kind']; readonly name: string }>()
  const nameOf = (index: number, node: number, label: number): Pick<MoveProfile, 'kind' | 'name'> => {
    if (node < 0) return { kind: 'fault', name: search.ledger.moves(search.pageOf(index))[label]!.action.type }
    const { type, crash } = frames[node]!.label(label)
    if (type !== 'step' || crash !== null) return { kind: 'fault', name: type === 'step' ? 'crash' : type }
    const slot = frames[node]!.slots[search.frameOf(index, node)]!
    const key = `${node} ${slot} ${label}`
    const known = names.get(key)
    if (known !== undefined) return known
    const found = { kind: 'rule', name: frames[node]!.taken(slot, label)?.response.reaction.rule ?? '' } as const
    names.set(key, found)
    return found
  }
  const states = min(of, looks, mostStates)
  let total = 0
  for (const index of spread(of, states)) {
    if (!judge.isInside(index)) continue
    const beyond = nextLevel(index)
    walk.each(index, (node, label, to) => {
      if (to < beyond) return
      const { kind, name } = nameOf(index, node, label)
      const counted = counts.get(`${kind} ${name}`) ?? { kind, name, count: 0 }
      counted.count++
      total++
      counts.set(`${kind} ${name}`, counted)
    })
  }
  const moves = [...counts.values()]
    .map(({ kind, name, count }) => ({ kind, name, share: count / total }))
    .toSorted((a, b) => b.share - a.share)
  return { moves, sample: { states, of } }
}

export const profileOf = (valid: ValidModel, last: Exploration): Profile => {
  const { frames, ledger, states } = last.search
  const looks = max(leastLooks, floor(states.count / statesPerLook))
  return {
    nodes: frames.map((each) => nodeProfile(valid, each, looks)),
    ledger: ledgerProfile(valid, ledger, looks),
    ...movesProfile(last, looks)
  }
}
