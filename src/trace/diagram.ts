/** A trace as a sequence diagram for the terminal. */
import { match } from 'ts-pattern'
import { columnsOf, cut } from './columns.ts'
import { lanesFor, type Lanes } from './lanes.ts'
import { marksFor, plain, type Marks, type Rendering, type Role } from './paint.ts'
import { blankRow, printed, put, type Row } from './row.ts'
import { keptIn, repliesIn, sightsOf, type Remark } from './remarks.ts'
import { sayName, sayWhole } from './say.ts'
import { storyOf, type Scene } from './story.ts'
import { renderEnd, renderText } from './text.ts'
import type { Trace } from './trace.ts'
import { sayAction, sayCutShort, sayRequest, sayRule } from './words.ts'

/** What lines are drawn with; each a single column wide. */
const unicode = {
  ...{ up: '│', down: '┊', line: '─', dashes: '╌', right: '▶', left: '◀' },
  ...{ lost: '✗', twiceRight: '»', twiceLeft: '«', crash: '✗', act: '●', self: '↺', wall: '═' }
}
type Signs = typeof unicode
const ascii: Signs = {
  ...{ up: '|', down: ':', line: '-', dashes: '.', right: '>', left: '<' },
  ...{ lost: 'x', twiceRight: '>', twiceLeft: '<', crash: 'X', act: 'o', self: '@', wall: '=' }
}

/** `gone`: crashed for good, so that the lifeline ends. */
type Condition = 'up' | 'down' | 'gone'

/** All there is to know to draw a row. */
interface Sheet {
  readonly lanes: Lanes
  readonly signs: Signs
  readonly marks: Marks
  /** By lane. */
  readonly conditions: ReadonlyArray<Condition>
}

const columnOf = ({ columns }: Lanes, lane: number): number => columns[lane] ?? 0

const lifelines = ({ lanes, signs, conditions }: Sheet): Row =>
  conditions.reduce<Row>(
    (row, condition, lane) =>
      condition === 'gone' ? row : put(row, columnOf(lanes, lane), condition === 'up' ? signs.up : signs.down, 'faint'),
    blankRow(lanes.width)
  )

/** The names of the lifelines, each over its own. */
const header = ({ lanes, marks }: Sheet): Row =>
  lanes.names.reduce<Row>((row, name, lane) => {
    const column = columnOf(lanes, lane)
    const room = Math.min(lanes.spacing - 1, 2 * Math.min(column, lanes.width - 1 - column) + 1)
    const shown = cut(name, room, marks.dots)
    return put(row, column - Math.floor(columnsOf(shown).length / 2), shown, 'node')
  }, blankRow(lanes.width))

/** Words beside a lifeline, on the side with more room; `sign` stands on the lifeline if it is given. */
const beside = (sheet: Sheet, lane: number, { text, role }: Remark, sign?: string): Row => {
  const { lanes, marks } = sheet
  const column = columnOf(lanes, lane)
  const base = sign === undefined ? lifelines(sheet) : put(lifelines(sheet), column, sign, role)
  const [before, after] = [column - lanes.gutter - 1, lanes.width - column - 2]
  // In the middle, words read better on the right.
  if (after >= before - lanes.gutter) return put(base, column + 1, ` ${cut(text, after, marks.dots)} `, role)
  const shown = cut(text, before, marks.dots)
  return put(base, column - columnsOf(shown).length - 2, ` ${shown} `, role)
}

interface Arrow {
  readonly from: number
  readonly to: number
  readonly label: string
  readonly role: Role
  readonly line: string
  /** The head, pointing right and pointing left. */
  readonly head: readonly [string, string]
}

/** An arrow from one lifeline to another, with its label on it. */
const drawArrow = (sheet: Sheet, { from, to, label, role, line, head }: Arrow): Row => {
  const { lanes, marks } = sheet
  const [one, other] = [columnOf(lanes, from), columnOf(lanes, to)]
  const length = Math.abs(one - other) - 1
  // Two blanks and the head; a label that fits like that is not cut to make room for a shaft.
  const isWhole = columnsOf(label).length <= length - 3
  const shown = isWhole ? label : cut(label, length - 4, marks.dots)
  const spare = length - 1 - columnsOf(shown).length - 2
  const [before, after] = [Math.floor(spare / 2), Math.ceil(spare / 2)]
  const body = `${line.repeat(before)} ${shown} ${line.repeat(after)}`
  const drawn = one < other ? `${body}${head[0]}` : `${head[1]}${body}`
  return put(lifelines(sheet), Math.min(one, other) + 1, drawn, role)
}

const toSelf = (sheet: Sheet, { from, label, role }: Arrow): Row =>
  beside(sheet, from, { text: `${sheet.signs.self} ${label}`, role })

const arrow = (sheet: Sheet, drawn: Arrow): Row =>
  drawn.from === drawn.to ? toSelf(sheet, drawn) : drawArrow(sheet, drawn)

/** A line across all lifelines. */
const wall = ({ lanes, signs, marks }: Sheet, label: string): Row => {
  const room = lanes.width - lanes.gutter
  const shown = cut(label, room - 4, marks.dots)
  const before = Math.floor((room - columnsOf(shown).length - 2) / 2)
  const line = put(blankRow(lanes.width), lanes.gutter, signs.wall.repeat(room), 'fault')
  return put(line, lanes.gutter + before, ` ${shown} `, 'fault')
}

const solid = ({ line, right, left }: Signs) => ({ line, head: [right, left] as const })
const dashed = ({ dashes, right, left }: Signs) => ({ line: dashes, head: [right, left] as const })

const client = 0

/** The row that says what happens. */
const actionRow = (sheet: Sheet, { action }: Scene): Row => {
  const { lanes, signs } = sheet
  const act = (node: string, text: string, role: Role, sign: string) =>
    beside(sheet, lanes.of(node), { text, role }, sign)
  const ofLetter = ({ from, node }: { readonly from: string; readonly node: string }) => ({
    from: lanes.of(from),
    to: lanes.of(node)
  })
  return match(action)
    .returnType<Row>()
    .with({ type: 'deliver' }, (letter) =>
      arrow(sheet, { ...ofLetter(letter), label: sayWhole(letter.message), role: 'message', ...solid(signs) })
    )
    .with({ type: 'request' }, ({ node, id, request }) =>
      arrow(sheet, {
        from: client,
        to: lanes.of(node),
        label: sayRequest(id, request),
        role: 'message',
        ...solid(signs)
      })
    )
    .with({ type: 'lose' }, (letter) =>
      arrow(sheet, {
        ...ofLetter(letter),
        label: `lost: ${sayWhole(letter.message)}`,
        role: 'fault',
        line: signs.line,
        head: [signs.lost, signs.lost]
      })
    )
    .with({ type: 'duplicate' }, (letter) =>
      arrow(sheet, {
        ...ofLetter(letter),
        label: `twice: ${sayWhole(letter.message)}`,
        role: 'fault',
        line: signs.dashes,
        head: [signs.twiceRight, signs.twiceLeft]
      })
    )
    .with({ type: 'timeout' }, ({ node, timer }) => act(node, `timeout ${sayName(timer)}`, 'message', signs.act))
    .with({ type: 'snapshot' }, ({ node, index }) => act(node, `snapshot at ${index}`, 'message', signs.act))
    .with({ type: 'restart' }, ({ node }) => act(node, 'restart', 'node', signs.act))
    .with({ type: 'crash' }, ({ node, forGood }) =>
      act(node, forGood ? 'crash for good' : 'crash', 'fault', signs.crash)
    )
    .with({ type: 'partition' }, { type: 'heal' }, (it) => wall(sheet, sayAction(it)))
    .exhaustive()
}

const conditionAfter = (condition: Condition, { action, kept }: Scene): Condition => {
  if (kept === undefined) return action.type === 'restart' ? 'up' : condition
  const isForGood = action.type === 'crash' ? action.forGood : 'crash' in action && action.crash?.forGood === true
  return isForGood ? 'gone' : 'down'
}

interface Drawn {
  readonly rows: ReadonlyArray<Row>
  readonly conditions: ReadonlyArray<Condition>
}

const drawScene = (before: Sheet, scene: Scene, number: number): Drawn => {
  const { node, action, effects } = scene
  const numbered = (row: Row) => put(row, 0, String(number).padStart(before.lanes.gutter - 1), 'faint')
  if (node === null) return { rows: [numbered(actionRow(before, scene))], conditions: before.conditions }

  const lane = before.lanes.of(node)
  const conditions = before.conditions.with(lane, conditionAfter(before.conditions[lane] ?? 'up', scene))
  const after = { ...before, conditions }
  // A restart is drawn on the lifeline that it begins.
  const sheet = action.type === 'restart' ? { ...after, conditions: conditions.with(lane, 'up') } : before
  const beginning = [...ruleIn(scene), ...sightsOf(scene, before.marks)].map((remark) => beside(sheet, lane, remark))
  const replies = repliesIn(effects).map(({ response }) =>
    arrow(sheet, { from: lane, to: client, label: sayWhole(response), role: 'message', ...dashed(sheet.signs) })
  )
  const cutShort = sayCutShort(scene)
  const crash = cutShort === '' ? [] : [beside(sheet, lane, { text: cutShort, role: 'fault' }, sheet.signs.crash)]
  const end = keptIn(scene).map((remark) => beside(after, lane, remark))
  return { rows: [numbered(actionRow(sheet, scene)), ...beginning, ...replies, ...crash, ...end], conditions }
}

const ruleIn = ({ rule }: Scene): ReadonlyArray<Remark> =>
  rule === null ? [] : [{ text: sayRule(rule), role: 'rule' }]

const drawAll = (trace: Trace, sheet: Sheet): ReadonlyArray<Row> =>
  storyOf(trace).scenes.reduce<Drawn>(
    ({ rows, conditions }, scene, index) => {
      const drawn = drawScene({ ...sheet, conditions }, scene, index + 1)
      return { rows: [...rows, ...drawn.rows], conditions: drawn.conditions }
    },
    { rows: [header(sheet), lifelines(sheet)], conditions: sheet.conditions }
  ).rows

/**
 * A trace as a sequence diagram: a lifeline per node, arrows for what is delivered, at each node the rule that fired and
 * the fields that changed. What is too long for its place is cut off with dots; {@link renderText} says it whole. Where
 * the lifelines do not fit in the width, the text is given instead, after a line that says so.
 */
export const renderDiagram = (trace: Trace, rendering: Rendering = {}): string => {
  const { width = 80, ascii: isAscii = false, paint = plain } = rendering
  const lanes = lanesFor(trace, width)
  if ('needed' in lanes)
    return `the diagram takes ${lanes.needed} columns, and there are ${width}: here is the text\n${renderText(trace, rendering)}`
  const sheet: Sheet = {
    lanes,
    signs: isAscii ? ascii : unicode,
    marks: marksFor(isAscii),
    conditions: lanes.names.map(() => 'up')
  }
  const lines = drawAll(trace, sheet).map((row) => printed(row, paint))
  return [...lines, ...renderEnd(trace, paint)].map((line) => `${line}\n`).join('')
}
