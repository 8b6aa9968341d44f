/** What is said below a step, and below the first steps of nodes. */
import type { Marks, Role } from './paint.ts'
import { isFields, sayName, sayWhole } from './say.ts'
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

const changesIn = ({ changes }: Scene, marks: Marks): ReadonlyArray<Remark> =>
  changes.map((change) => sayChange(change, marks)).map(remark('change'))

const neverIn = ({ lost }: Scene): ReadonlyArray<Remark> =>
  sayEffects(lost).map((effect) => remark('fault')(`never ${effect}`))

/** What a crash kept. */
export const keptIn = ({ kept }: Scene): ReadonlyArray<Remark> =>
  kept === undefined ? [] : [remark('change')(`keeps ${kept === null ? 'nothing' : sayWhole(kept)}`)]

/** What is said of a step besides its line: changes first, then what left the node. */
export const remarksOf = (scene: Scene, marks: Marks): ReadonlyArray<Remark> => [
  ...changesIn(scene, marks),
  ...sayEffects(scene.effects).map(remark('message')),
  ...neverIn(scene),
  ...scene.armed.map((timer) => remark('faint')(`arms ${sayName(timer)}`)),
  ...scene.disarmed.map((timer) => remark('faint')(`disarms ${sayName(timer)}`)),
  ...keptIn(scene)
]

const isNote = (effect: unknown): boolean => isFields(effect) && effect['type'] === 'note'

/** What a picture says that draws messages, replies and crashes: what changed, was noted or never left. */
export const sightsOf = (scene: Scene, marks: Marks): ReadonlyArray<Remark> => [
  ...changesIn(scene, marks),
  ...sayEffects(scene.effects.filter(isNote)).map(remark('message')),
  ...neverIn(scene)
]

export interface Reply {
  readonly id: string
  readonly response: unknown
}

/** What clients were answered. */
export const repliesIn = (effects: ReadonlyArray<unknown>): ReadonlyArray<Reply> =>
  effects.flatMap((effect) =>
    isFields(effect) && effect['type'] === 'reply' ? [{ id: String(effect['id']), response: effect['response'] }] : []
  )

/** What is said of a first step. */
export const openingRemarks = ({ effects, after }: TraceStart): ReadonlyArray<Remark> => [
  remark('change')(sayWhole(wholeOf(after))),
  ...sayEffects(effects).map(remark('message')),
  ...(after.up ? after.timers : []).map((timer) => remark('faint')(`arms ${sayName(timer)}`))
]
