/** Random changes of the protocols made by hand: lines are copied, bent, struck out; faults and properties come and go. */
import fc from 'fast-check'
import { reply, startTimer, step, type Effect, type Property } from '../../spec/kernel/index.ts'
import type { Model, Network, Partitions } from '../../src/model/index.ts'
import { answers, handMade, type HandMade, type Line, type Tables } from './hand-made.ts'
import { draw } from './random-protocol.ts'
import { scenes } from './scenes.ts'

type Said = Effect<HandMade>
type Entry = readonly [key: string, line: Line]

/** What there is to pick from, by seed and place; the last one where there is nothing. */
interface Hat {
  readonly seed: number
  readonly tables: Tables
}

const pickFrom = <Value>({ seed }: Hat, place: string, values: ReadonlyArray<Value>): Value | undefined =>
  values[draw(seed, place, Math.max(1, values.length))]

const nodesOf = ({ start }: Tables): ReadonlyArray<string> => Object.keys(start)

const nodeOf = (key: string): string => key.split(' ')[0] ?? ''

const stateOf = (key: string): string => key.split(' ').slice(1, -1).join(' ')

const wordOf = (key: string): string => key.split(' ').at(-1) ?? ''

const unique = (words: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(words)]

const statesOf = ({ start, steps }: Tables, node: string): ReadonlyArray<string> =>
  unique([
    ...(start[node] === undefined ? [] : [start[node][1]]),
    ...Object.entries(steps).flatMap(([key, [, after]]) => (nodeOf(key) === node ? [stateOf(key), after] : []))
  ])

const effectsOf = ({ start, steps }: Tables): ReadonlyArray<Said> =>
  [...Object.values(start), ...Object.values(steps)].flatMap(([, , ...effects]) => effects)

const messagesOf = (tables: Tables): ReadonlyArray<string> =>
  unique(effectsOf(tables).flatMap((effect) => (effect.type === 'send' ? [effect.message] : [])))

/** The same line with other effects. */
const saying = ([rule, state]: Line, effects: ReadonlyArray<Said>): Line => [rule, state, ...effects]

/** What may become of a line: the lines, by their keys, that stand instead. */
const bends: Readonly<Record<string, (hat: Hat, entry: Entry) => ReadonlyArray<Entry>>> = {
  'the like of another message': (hat, [key, line]) => {
    const words = unique([...messagesOf(hat.tables), ...Object.keys(hat.tables.steps).map(wordOf)])
    return [
      [key, line],
      [`${nodeOf(key)} ${stateOf(key)} ${pickFrom(hat, 'word', words) ?? ''}`, line]
    ]
  },
  'the same elsewhere': (hat, [key, line]) => [
    [key, line],
    [`${nodeOf(key)} ${pickFrom(hat, 'where', statesOf(hat.tables, nodeOf(key))) ?? ''} ${wordOf(key)}`, line]
  ],
  'another state after it': (hat, [key, [rule, , ...effects]]) => [
    [key, [rule, pickFrom(hat, 'after', statesOf(hat.tables, nodeOf(key))) ?? '', ...effects]]
  ],
  'back to where it was': (_hat, [key, [rule, , ...effects]]) => [[key, [rule, stateOf(key), ...effects]]],
  'one effect less': (hat, [key, line]) => {
    const [, , ...effects] = line
    return [[key, saying(line, effects.toSpliced(draw(hat.seed, 'less', Math.max(1, effects.length)), 1))]]
  },
  'one effect more': (hat, [key, line]) => {
    const [, , ...effects] = line
    const more = pickFrom(hat, 'more', [...effectsOf(hat.tables), reply('r', 'A'), reply('r', 'B')])
    const at = draw(hat.seed, 'at', effects.length + 1)
    return [[key, saying(line, more === undefined ? effects : effects.toSpliced(at, 0, more))]]
  },
  'the other way round': (_hat, [key, line]) => {
    const [, , ...effects] = line
    return [[key, saying(line, effects.toReversed())]]
  },
  'another message': (hat, [key, line]) => {
    const [, , ...effects] = line
    const changed = effects.map((effect): Said =>
      effect.type === 'send'
        ? { ...effect, message: pickFrom(hat, 'message', messagesOf(hat.tables)) ?? effect.message }
        : effect
    )
    return [[key, saying(line, changed)]]
  },
  'to another node': (hat, [key, line]) => {
    const [, , ...effects] = line
    const changed = effects.map((effect): Said =>
      effect.type === 'send' ? { ...effect, to: pickFrom(hat, 'to', nodesOf(hat.tables)) ?? effect.to } : effect
    )
    return [[key, saying(line, changed)]]
  },
  'another rule': (_hat, [key, [, state, ...effects]]) => [[key, ['odd', state, ...effects]]],
  nothing: () => []
}

const bent = (tables: Tables, seed: number): Tables => {
  const hat = { seed, tables }
  const lines = Object.entries(tables.steps)
  const at = draw(seed, 'line', Math.max(1, lines.length))
  const bend = pickFrom(hat, 'bend', Object.values(bends))
  const entry = lines[at]
  if (bend === undefined || entry === undefined) return tables
  return { ...tables, steps: Object.fromEntries([...lines.slice(0, at), ...lines.slice(at + 1), ...bend(hat, entry)]) }
}

/** A timer more that a node begins with. */
const hurried = (tables: Tables, seed: number): Tables => {
  const node = nodesOf(tables)[draw(seed, 'who', nodesOf(tables).length)] ?? ''
  const begun = tables.start[node]
  const timers = effectsOf(tables).flatMap((effect) => (effect.type === 'start-timer' ? [effect.timer] : []))
  const timer = timers[draw(seed, 'timer', Math.max(1, timers.length))]
  if (begun === undefined || timer === undefined || draw(seed, 'hurry', 4) > 0) return tables
  return { ...tables, start: { ...tables.start, [node]: [...begun, startTimer(timer)] } }
}

const never = (what: string | undefined, isCut: boolean): Property<HandMade> =>
  step<HandMade>(
    'never-this',
    ({ event, after }) => !(event.type === 'deliver' && event.message === what && after.up !== isCut)
  )

/** Histories stay, and are never wrong: they decide where a crash may cut. */
const harmless = (properties: ReadonlyArray<Property<HandMade>>): ReadonlyArray<Property<HandMade>> =>
  properties.flatMap((property) => (property.kind === 'history' ? [answers()] : []))

/** Changed protocols; with `judged`, properties too, else a search of the whole space. */
export const sceneModels = (
  judged: boolean,
  networks: fc.Arbitrary<Network>,
  partitions: fc.Arbitrary<Partitions | undefined> = fc.constant(undefined)
): fc.Arbitrary<Model<HandMade>> =>
  fc
    .record({
      scene: fc.constantFrom(...scenes),
      network: networks,
      partitioned: partitions,
      seeds: fc.array(fc.integer(), { minLength: 0, maxLength: 3 }),
      seed: fc.integer(),
      hasHistory: fc.constantFrom(false, false, false, true),
      crashes: fc.constantFrom(undefined, undefined, undefined, 0, 1),
      mayStop: fc.constantFrom(undefined, true, false, false),
      depth: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 2, 3, 4),
      watches: fc.boolean()
    })
    .map(
      ({
        scene: { tables, changed = {} },
        network,
        partitioned,
        seeds,
        seed,
        hasHistory,
        crashes,
        mayStop,
        depth,
        watches
      }) => {
        const { refuses: _refuses, ...whole } = tables
        const table = hurried(seeds.reduce(bent, whole), seed)
        const own = changed.properties ?? []
        const watched = messagesOf(table)[draw(seed, 'watched', Math.max(1, messagesOf(table).length))]
        const properties = [
          ...own,
          ...(hasHistory && own.every(({ kind }) => kind !== 'history')
            ? [answers((all) => judged && all === 'BA')]
            : []),
          ...(judged && watches ? [never(watched, draw(seed, 'cut', 3) === 0)] : [])
        ]
        const subject = handMade(table, {
          ...changed,
          network,
          ...(depth === undefined ? {} : { bounds: { ...changed.bounds, depth } }),
          faults: {
            ...changed.faults,
            ...(crashes === undefined ? {} : { crashes }),
            ...(partitioned === undefined ? {} : { partitions: partitioned })
          },
          properties: judged ? properties : harmless(properties)
        })
        if (!judged || mayStop === true) return { ...subject, mayStop: true }
        if (mayStop === undefined) return subject
        const { mayStop: _mayStop, ...strict } = subject
        return strict
      }
    )
