/** Orbits found by exchanging names in the worlds of the textbook checker. */
import fc from 'fast-check'
import { arranged } from '../../src/model/clients.ts'
import { canonical } from '../../src/model/data.ts'
import type { Model, ValidModel } from '../../src/model/index.ts'
import { renamed } from '../../src/model/rename.ts'
import { keyOf, type World } from '../../src/model/world.ts'
import { symmetricModels } from './random-symmetric.ts'
import { valuedModels } from './random-valued.ts'

/** Names that are exchanged together: nodes, values and requests. */
export type Pairs = ReadonlyArray<readonly [one: string, other: string]>

/** A global state with names exchanged, in plain data. */
const exchanged = (valid: ValidModel, world: World, pairs: Pairs): World => {
  const nodes = new Set(valid.ids)
  const names = new Map(
    pairs.flatMap(([one, other]) => [
      [one, other],
      [other, one]
    ])
  )
  const name = (of: string) => names.get(of) ?? of
  const at = <A>(list: ReadonlyArray<A>): ReadonlyArray<A> =>
    list.map((item, index) => list[valid.ids.indexOf(name(valid.ids[index] ?? ''))] ?? item)
  const data = <A>(value: A): A => renamed(value, names, nodes) as A
  const links = (cut: string | null, isExchanged: boolean) =>
    canonical(
      valid.cuts
        .find((one) => one.name === cut)
        ?.links.map((link) => (isExchanged ? link.map(data) : link).join())
        .toSorted() ?? null
    )
  const requestOf = (id: string) => valid.requests.findIndex(({ ids }) => ids.includes(id))
  return {
    ...world,
    nodes: at(world.nodes).map(data),
    flight: at(world.flight).map((inbox) => data(inbox).toSorted((a, b) => (canonical(a) < canonical(b) ? -1 : 1))),
    cut:
      world.cut === null
        ? null
        : (valid.cuts.find((cut) => links(cut.name, false) === links(world.cut, true))?.name ?? '?'),
    asked: valid.requests.map(
      ({ ids: [id = ''] }, request) => world.asked[requestOf(name(id))] ?? world.asked[request] ?? 0
    ),
    contents: world.contents.map((content, index) => arranged(valid, index, data(content)))
  }
}

/** How many orbits there are of worlds. */
export const orbitCount = (
  valid: ValidModel,
  worlds: ReadonlyArray<World>,
  exchanges: ReadonlyArray<Pairs>
): number => {
  const met = new Set<string>()
  return worlds.filter((world) => {
    if (met.has(keyOf(world))) return false
    const waiting = [world]
    met.add(keyOf(world))
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      for (const pairs of exchanges) {
        const image = exchanged(valid, next, pairs)
        if (met.has(keyOf(image))) continue
        met.add(keyOf(image))
        waiting.push(image)
      }
    return true
  }).length
}

/** All nodes alike, or what {@link valuedModels} says. */
export const exchangeable = (judged: boolean): fc.Arbitrary<{ subject: Model<any>; exchanges: ReadonlyArray<Pairs> }> =>
  fc.oneof(
    symmetricModels(judged).map((subject) => {
      const ids = Object.keys(subject.nodes)
      return { subject, exchanges: ids.slice(1).map((other, index) => [[ids[index] ?? '', other] as const]) }
    }),
    valuedModels(judged)
  )
