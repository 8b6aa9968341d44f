/**
 * Where a state space is large: what its states are made of, and which moves lead to new ones. Looked for when the search is done, within a
 * small part of the time it took; the search itself counts nothing.
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

/** Of the time of the search, for each of the two parts of the profile. */
const timeShare = 0.015

/** Milliseconds that each part may take in any case. */
const leastTime = 5

/** States looked at for the moves, if time allows. */
const mostStates = 2000

/** Things done between two looks at the clock. */
const stride = 16

const clock = performance
const { max, floor, sqrt } = Math

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

/** Counts distinct values, field by field, as long as there is time. */
const fieldsOf = <Whole>(
  wholes: ReadonlyArray<Whole>,
  partsOfWhole: (whole: Whole) => ReadonlyArray<Part>,
  milliseconds: number
): { readonly read: number; readonly fields: ReadonlyArray<FieldProfile> } => {
  const seen = new Map<string, { readonly values: Set<unknown>; readonly texts: Set<string> }>()
  const until = clock.now() + milliseconds
  let read = 0
  for (const whole of wholes) {
    if (read % stride === 0 && read > 0 && clock.now() > until) break
    read++
    for (const [field, value] of partsOfWhole(whole)) {
      const { values, texts } = seen.get(field) ?? { values: new Set<unknown>(), texts: new Set<string>() }
      if (values.size === 0) seen.set(field, { values, texts })
      // Reducers copy what they change and share the rest: most values need not be written out.
      if (values.has(value)) continue
      values.add(value)
      texts.add(canonical(value))
    }
  }
  const fields = [...seen]
    .map(([field, { texts }]) => ({ field, values: texts.size }))
    .filter(({ values }) => values > 1)
    .toSorted((a, b) => b.values - a.values)
  return { read, fields }
}

const nodeProfile = (valid: ValidModel, frames: Frames, milliseconds: number): NodeProfile => {
  const slots = [...new Set(frames.slots)]
  return {
    node: valid.ids[frames.node]!,
    slots: slots.length,
    inboxes: frames.inboxes.size,
    frames: frames.size,
    ...fieldsOf(slots, (slot) => partsOfNode(frames.alphabet.slots.at(slot)), milliseconds)
  }
}

const partsOfPage = ({ histories }: ValidModel, { cut, left, asked, contents }: LedgerPage): ReadonlyArray<Part> => [
  ['partition', cut],
  ...partsOf('budget', left),
  ['requests', asked],
  ...histories.map(({ name }, index): Part => [`history.${name}`, contents[index]])
]

const ledgerProfile = (valid: ValidModel, { pages }: Ledger, milliseconds: number): Profile['ledger'] => ({
  pages: pages.size,
  ...fieldsOf(pages.values, (page) => partsOfPage(valid, page), milliseconds)
})

/** All numbers below `end`, in an order of which every beginning is spread evenly; only so many where there are more. */
function* spread(end: number, most: number): Generator<number> {
  if (end <= most) for (let index = 0; index < end; index++) yield index
  else {
    const golden = (sqrt(5) - 1) / 2
    for (let step = 1; step <= most; step++) yield floor(((step * golden) % 1) * end)
  }
}

const movesProfile = (
  { search, judge }: Exploration,
  milliseconds: number
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
  const until = clock.now() + milliseconds
  let states = 0
  let total = 0
  for (const index of spread(of, mostStates)) {
    if (states % stride === 0 && states > 0 && clock.now() > until) break
    states++
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

/**
 * @param seconds that the search took
 */
export const profileOf = (valid: ValidModel, last: Exploration, seconds: number): Profile => {
  const { frames, ledger } = last.search
  const milliseconds = max(leastTime, seconds * 1000 * timeShare)
  const share = milliseconds / (frames.length + 1)
  return {
    nodes: frames.map((each) => nodeProfile(valid, each, share)),
    ledger: ledgerProfile(valid, ledger, share),
    ...movesProfile(last, milliseconds)
  }
}
