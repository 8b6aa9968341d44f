/**
 * Levels of isolation: which one implies which, and which anomalies rule out which.
 *
 * Every entry is a claim about histories: a history with this anomaly is no history of that level. The reasons, and
 * where they go beyond the sources or stay behind them, stand in README.md.
 */
import { either } from 'fp-ts'
import { problem } from '../../model/problem.ts'
import type { Problem } from '../../model/problem.ts'
import type { AnomalyName } from './anomalies.ts'

/** Each level with the levels that it implies, the weaker before the stronger. */
const weaker = {
  'read-uncommitted': [],
  'read-committed': ['read-uncommitted'],
  'consistent-view': ['read-committed'],
  'repeatable-read': ['read-committed'],
  'parallel-snapshot-isolation': ['consistent-view'],
  'snapshot-isolation': ['parallel-snapshot-isolation'],
  serializable: ['repeatable-read', 'snapshot-isolation'],
  'strong-session-read-uncommitted': ['read-uncommitted'],
  'strong-session-read-committed': ['read-committed', 'strong-session-read-uncommitted'],
  'strong-session-snapshot-isolation': ['snapshot-isolation', 'strong-session-read-committed'],
  'strong-session-serializable': ['serializable', 'strong-session-snapshot-isolation'],
  'strong-read-uncommitted': ['strong-session-read-uncommitted'],
  'strong-read-committed': ['strong-session-read-committed', 'strong-read-uncommitted'],
  'strong-snapshot-isolation': ['strong-session-snapshot-isolation', 'strong-read-committed'],
  'strict-serializable': ['strong-session-serializable', 'strong-snapshot-isolation']
} as const satisfies Readonly<Record<string, ReadonlyArray<string>>>

export type Level = keyof typeof weaker

const isLevel = (name: string): name is Level => Object.hasOwn(weaker, name)

/** Every level, the weaker before the stronger. */
export const levels: ReadonlyArray<Level> = Object.keys(weaker).filter(isLevel)

/** Other names for the levels: Adya's, and short ones. */
const aliases: Readonly<Record<string, Level>> = {
  'PL-1': 'read-uncommitted',
  'PL-2': 'read-committed',
  'PL-2+': 'consistent-view',
  'PL-2.99': 'repeatable-read',
  'PL-SI': 'snapshot-isolation',
  'PL-3': 'serializable',
  'PL-SS': 'strict-serializable',
  snapshot: 'snapshot-isolation',
  'parallel-snapshot': 'parallel-snapshot-isolation',
  'strong-serializable': 'strict-serializable'
}

/** The level of this name, or of this other name. Q653 where there is none. */
export const levelNamed = (name: string): either.Either<Problem, Level> => {
  if (isLevel(name)) return either.right(name)
  const level = Object.hasOwn(aliases, name) ? aliases[name] : undefined
  return level === undefined
    ? either.left(problem('Q653', `"${name}" is none of ${levels.join(', ')}`))
    : either.right(level)
}

/** The weakest levels that each anomaly rules out. */
const rulesOut: Readonly<Record<AnomalyName, ReadonlyArray<Level>>> = {
  'duplicate-elements': ['read-uncommitted'],
  'garbage-read': ['read-uncommitted'],
  'cyclic-versions': ['read-uncommitted'],
  'incompatible-order': ['read-committed'],
  'dirty-update': ['read-committed'],
  'future-read': ['read-committed'],
  G1a: ['read-committed'],
  G1b: ['read-committed'],
  internal: ['repeatable-read', 'parallel-snapshot-isolation'],
  'lost-update': ['consistent-view', 'repeatable-read'],
  G0: ['read-uncommitted'],
  G1c: ['read-committed'],
  'G-single': ['consistent-view', 'repeatable-read'],
  'G-nonadjacent': ['snapshot-isolation', 'repeatable-read'],
  'G2-item': ['repeatable-read'],
  'G0-process': ['strong-session-read-uncommitted'],
  'G1c-process': ['strong-session-read-committed'],
  'G-single-process': ['strong-session-snapshot-isolation'],
  'G-nonadjacent-process': ['strong-session-snapshot-isolation'],
  'G2-item-process': ['strong-session-serializable'],
  'G0-realtime': ['strong-read-uncommitted'],
  'G1c-realtime': ['strong-read-committed'],
  'G-single-realtime': ['strong-snapshot-isolation'],
  'G-nonadjacent-realtime': ['strong-snapshot-isolation'],
  'G2-item-realtime': ['strict-serializable']
}

/** Every level that a history with these anomalies cannot have, the weaker before the stronger. */
export const impossible = (anomalies: Iterable<AnomalyName>): ReadonlyArray<Level> => {
  const out = new Set<Level>([...anomalies].flatMap((name) => rulesOut[name]))
  // `levels` lists the weaker first, so one pass carries the verdict all the way up.
  for (const level of levels) if (weaker[level].some((implied) => out.has(implied))) out.add(level)
  return levels.filter((level) => out.has(level))
}

/** The weakest levels that are ruled out, and those ruled out along with them because they imply one. */
export interface Boundary {
  readonly not: ReadonlyArray<Level>
  readonly alsoNot: ReadonlyArray<Level>
}

export const boundary = (anomalies: Iterable<AnomalyName>): Boundary => {
  const out = impossible(anomalies)
  const follows = (level: Level): boolean => weaker[level].some((implied) => out.includes(implied))
  return { not: out.filter((level) => !follows(level)), alsoNot: out.filter(follows) }
}

/** Which orders may close a cycle besides the data: none, that of each process, or also real time. */
export const orders = ['data', 'process', 'realtime'] as const

export type Order = (typeof orders)[number]

/** The order that a level speaks about. */
export const orderOf = (level: Level): Order => {
  if (level.startsWith('strong-session-')) return 'process'
  return level.startsWith('strong-') || level === 'strict-serializable' ? 'realtime' : 'data'
}
