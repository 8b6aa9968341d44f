/** A trace as text: a line per step that can be read aloud, and under it what changed. */
import { columnsOf } from './columns.ts'
import { explanationRemarks } from './explanation.ts'
import { marksFor, plain, type Marks, type Paint, type Rendering, type Role } from './paint.ts'
import { sayName } from './say.ts'
import { openingRemarks, remarksOf, type Remark } from './remarks.ts'
import { storyOf, type Opening, type Scene } from './story.ts'
import type { Trace } from './trace.ts'
import { sayAction, sayCutShort, sayEnd, sayRule } from './words.ts'

const roleOf = ({ action }: Scene): Role =>
  ['deliver', 'request', 'timeout', 'snapshot'].includes(action.type)
    ? 'message'
    : action.type === 'restart'
      ? 'node'
      : 'fault'

const ruleAfter = (rule: string | null, paint: Paint): string =>
  rule === null ? '' : ` ${paint(sayRule(rule), 'rule')}`

/** Remarks one after the other, on as few lines as they fit on. A remark that is longer than a line stays whole. */
const fold = (remarks: ReadonlyArray<Remark>, room: number, paint: Paint): ReadonlyArray<string> =>
  remarks
    .reduce<ReadonlyArray<ReadonlyArray<Remark>>>((lines, next) => {
      const last = lines.at(-1)
      const taken = (last ?? []).reduce((sum, { text }) => sum + columnsOf(text).length + 2, 0)
      return last !== undefined && taken + columnsOf(next.text).length <= room
        ? lines.with(-1, [...last, next])
        : [...lines, [next]]
    }, [])
    .map((line) => line.map(({ text, role }) => paint(text, role)).join('; '))

const indent = '    '

const below = (who: string, remarks: ReadonlyArray<Remark>, width: number, paint: Paint): ReadonlyArray<string> => {
  const margin = indent.length + columnsOf(who).length + 2
  return fold(remarks, width - margin, paint).map((line, index) =>
    index === 0 ? `${indent}${paint(who, 'node')}  ${line}` : `${' '.repeat(margin)}${line}`
  )
}

const renderOpening = ({ nodes, start }: Opening, width: number, paint: Paint): ReadonlyArray<string> => {
  const who = nodes.map(sayName).join(', ')
  return [
    `${paint(who, 'node')} start${ruleAfter(start.rule, paint)}`,
    ...fold(openingRemarks(start), width - indent.length, paint).map((line) => `${indent}${line}`)
  ]
}

const renderScene = (scene: Scene, width: number, marks: Marks, paint: Paint): ReadonlyArray<string> => {
  const cutShort = sayCutShort(scene)
  const line = `${paint(sayAction(scene.action), roleOf(scene))}${ruleAfter(scene.rule, paint)}`
  return [
    cutShort === '' ? line : `${line}, ${paint(cutShort, 'fault')}`,
    ...(scene.node === null ? [] : below(sayName(scene.node), remarksOf(scene, marks), width, paint))
  ]
}

/** What a run shows, and why: the last lines of any rendering that is text. */
export const renderEnd = (trace: Trace, paint: Paint): ReadonlyArray<string> => {
  const end = sayEnd(trace)
  const why = explanationRemarks(trace).map(({ text, role }) => (text === '' ? '' : `${indent}${paint(text, role)}`))
  return [...(end === '' ? [] : [paint(end, 'verdict')]), ...why]
}

/**
 * A trace as text, each line ended by a line feed. Lines of remarks are broken between remarks at `width`; nothing is
 * ever cut off.
 */
export const renderText = (trace: Trace, { width = 100, ascii = false, paint = plain }: Rendering = {}): string => {
  const { openings, scenes } = storyOf(trace)
  const marks = marksFor(ascii)
  return [
    ...openings.flatMap((opening) => renderOpening(opening, width, paint)),
    ...scenes.flatMap((scene) => renderScene(scene, width, marks, paint)),
    ...renderEnd(trace, paint)
  ]
    .map((line) => `${line}\n`)
    .join('')
}
