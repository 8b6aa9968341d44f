/**
 * What a model declares symmetric: groups of names any two of which may be exchanged without changing anything. A name is a node's, or that of a
 * value that clients ask for; names may go together, as a node and the value that only it is asked for.
 */
import type { AnySignature, NodeId } from '../../spec/kernel/index.ts'
import { canonical } from './data.ts'
import type { Model } from './model.ts'
import { refuse } from './problem.ts'
import { renamed, type Renaming } from './rename.ts'
import type { Member, ValidModel, ValidRequest } from './valid.ts'

const { isArray } = Array
const { entries } = Object

/** Two members that change places, and all that follows from it. */
export interface Swap {
  readonly one: string
  readonly other: string
  /** Of nodes, of values, and of the requests that become others by that. */
  readonly renaming: Renaming
  /** By node: the position that its data moves to. */
  readonly places: ReadonlyArray<number>
  /** By request: the one that it becomes. */
  readonly requests: ReadonlyArray<number>
}

/** Whether a name occurs in data, as a string or as a key. */
const occurs = (name: string, value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return value === name
  if (isArray(value)) return value.some((item) => occurs(name, item))
  return entries(value).some(([key, inner]) => key === name || occurs(name, inner))
}

const kindsOf = ({ nodes }: Member): string => nodes.map((node) => (node < 0 ? 'a value' : 'a node')).join(' and ')

/** The members of each group of two or more, nodes in the model's order. */
export const symmetricGroups = (
  { symmetric = [] }: Model<any>,
  ids: ReadonlyArray<NodeId>,
  requests: ReadonlyArray<ValidRequest>,
  model: ReadonlyArray<string>
): ReadonlyArray<ReadonlyArray<Member>> => {
  const where = [...model, 'symmetric']
  const groups = symmetric.map((group) =>
    group
      .map((member) => (typeof member === 'string' ? [member] : member))
      .map((names): Member => ({ names, nodes: names.map((name) => ids.indexOf(name)) }))
      .toSorted((a, b) => (a.nodes[0] ?? 0) - (b.nodes[0] ?? 0))
  )
  const all = groups.flat().flatMap(({ names }) => names)
  const unknown = all.find((name) => !ids.includes(name) && !requests.some(({ request }) => occurs(name, request)))
  if (unknown !== undefined)
    refuse('Q103', `there is no node "${unknown}", the nodes are ${ids.join(', ')}; and no request has it`, where)
  const shared = all.find((name, index) => all.indexOf(name) !== index)
  if (shared !== undefined) refuse('Q109', `"${shared}" stands twice in the symmetric groups`, where)
  for (const [first, ...others] of groups)
    for (const other of others)
      if (first !== undefined && kindsOf(first) !== kindsOf(other))
        refuse(
          'Q107',
          `${first.names.join(' ')} is ${kindsOf(first)}, ${other.names.join(' ')} is ${kindsOf(other)}`,
          where
        )
  return groups.filter((group) => group.length > 1)
}

/** What tells requests apart but their names. Of equal ones, the first becomes the first. */
const traits = (request: unknown, at: ReadonlyArray<number>, times: number): string =>
  canonical([request, at.toSorted((a, b) => a - b), times])

/** @throws Refusal where a request would become one that is not there */
export const swapOf = <P extends AnySignature>(
  { model, ids, requests }: ValidModel<P>,
  first: Member,
  second: Member
): Swap => {
  const [one, other] = [first.names.join(' '), second.names.join(' ')]
  const where = [`model ${model.name}`, 'requests']
  const pairs = first.names.flatMap((name, index) => {
    const opposite = second.names[index] ?? name
    return [[name, opposite] as const, [opposite, name] as const]
  })
  const ofNames: Renaming = new Map(pairs)
  const places = ids.map((id) => ids.indexOf(ofNames.get(id) ?? id))
  const nodes = new Set(ids)
  const before = requests.map(({ request, at, ids: makings }) => traits(request, at, makings.length))
  const after = requests.map(({ request, at, ids: makings }) =>
    traits(
      renamed(request, ofNames, nodes),
      at.map((node) => places[node] ?? node),
      makings.length
    )
  )
  const becomes = requests.map(({ name }, index) => {
    const rank = before.slice(0, index).filter((text) => text === before[index]).length
    const found = before.flatMap((text, position) => (text === after[index] ? [position] : []))[rank]
    return found ?? refuse('Q110', `with ${one} and ${other} exchanged, request ${name} is another one`, where)
  })
  const ofRequests = requests.flatMap(({ ids: makings }, index) =>
    makings.map((id, making) => [id, requests[becomes[index]!]!.ids[making] ?? id] as const)
  )
  const renaming = new Map([...ofRequests.filter(([id, next]) => id !== next), ...pairs])
  const torn = ofRequests.find(([id, next]) => (renaming.get(id) ?? id) !== next)
  if (torn !== undefined)
    refuse(
      'Q110',
      `with ${one} and ${other} exchanged, ${torn[0]} is the name of a request and of something else`,
      where
    )
  return { one, other, renaming, places, requests: becomes }
}
