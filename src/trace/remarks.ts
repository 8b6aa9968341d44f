/** What is said below a step, and below the first steps of nodes. */
import type { Marks, Role } from './paint.ts'
import { sayName, sayWhole } from './say.ts'
import { wholeOf, type Scene } from './story.ts'
import type { TraceStart } from './trace.ts'
import { sayChange, sayEffects } from './words.ts'

export interface Remark {
  readonly text: string
  readonly role: Role
}

const remark =
  (role: Role) =>
  (text: string): Remark => ({ text, role })

/** What is said of a step besides its line: changes first, then what left the node. */
export const remarksOf = (scene: Scene, marks: Marks): ReadonlyArray<Remark> => [
  ...scene.changes.map((change) => sayChange(change, marks)).map(remark('change')),
  ...sayEffects(scene.effects).map(remark('message')),
  ...sayEffects(scene.lost).map((lost) => remark('fault')(`never ${lost}`)),
  ...scene.armed.map((timer) => remark('faint')(`arms ${sayName(timer)}`)),
  ...scene.disarmed.map((timer) => remark('faint')(`disarms ${sayName(timer)}`)),
  ...(scene.kept === undefined ? [] : [remark('change')(`keeps ${sayKept(scene.kept)}`)])
]

const sayKept = (durable: unknown): string => (durable === null ? 'nothing' : sayWhole(durable))

/** What is said of a first step. */
export const openingRemarks = ({ effects, after }: TraceStart): ReadonlyArray<Remark> => [
  remark('change')(sayWhole(wholeOf(after))),
  ...sayEffects(effects).map(remark('message')),
  ...(after.up ? after.timers : []).map((timer) => remark('faint')(`arms ${sayName(timer)}`))
]
