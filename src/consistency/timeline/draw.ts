/** A scene as SVG: lanes from the top, time from the left, the records below. */
import { drawArrow, returnWidth } from './arrows.ts'
import { fontSize, layoutOf, markText, markWidth, padding, smallSize } from './layout.ts'
import type { Layout } from './layout.ts'
import type { Bar, Scene, Tone } from './scene.ts'
import { escaped, linesOf, widthOf } from './text.ts'

const { ceil, floor, max } = Math

/** A scene in its place: SVG elements within a width and a height. */
export interface Drawn {
  readonly width: number
  readonly height: number
  readonly body: string
}

export const margin = 16
const titleSize = 14
const lineHeight = 17
export const barHeight = 24
/** Above the bars of a lane: where their places in the order are marked. */
const markRow = 20
const leastWidth = 640
/** From one lane to the next: with arrows between them, and without. */
const pitch = { arrows: 76, plain: 54 }
const axisHeight = 34

/** Fill, edge and text. */
const paints: Readonly<Record<Tone, readonly [fill: string, edge: string, text: string]>> = {
  plain: ['#f2f2ef', '#8b8b86', '#222'],
  placed: ['#dfebf9', '#2f6db3', '#14324f'],
  wrong: ['#fde3e0', '#c4231a', '#7c120c'],
  failed: ['#fff', '#b5b5b0', '#77776f']
}

const coordinate = (value: number): string => String(Math.round(value * 10) / 10)

export const text = (x: number, y: number, said: string, attributes = ''): string =>
  `<text x="${coordinate(x)}" y="${coordinate(y)}"${attributes}>${escaped(said)}</text>`

const line = (x1: number, y1: number, x2: number, y2: number, attributes: string): string =>
  `<line x1="${coordinate(x1)}" y1="${coordinate(y1)}" x2="${coordinate(x2)}" y2="${coordinate(y2)}" ${attributes}/>`

/** The edge of a bar; one that is open has no right side, and its edges end in dashes. */
const outline = ({ isOpen, tone, to }: Bar, from: number, end: number, y: number, known: number): string => {
  const [fill, edge] = paints[tone]
  const weight = tone === 'wrong' ? 2 : 1.2
  const stroke = `stroke="${edge}" stroke-width="${weight}"`
  if (!isOpen) {
    const dashes = tone === 'failed' ? ' stroke-dasharray="4 3"' : ''
    return `<rect x="${coordinate(from)}" y="${y}" width="${coordinate(end - from)}" height="${barHeight}" rx="3" fill="${fill}" ${stroke}${dashes}/>`
  }
  const solid = to === null ? end - 26 : known
  const [top, bottom] = [y, y + barHeight]
  return [
    `<rect x="${coordinate(from)}" y="${y}" width="${coordinate(end - from)}" height="${barHeight}" fill="${fill}"/>`,
    `<path d="M${coordinate(solid)} ${top}H${coordinate(from)}V${bottom}H${coordinate(solid)}" fill="none" ${stroke}/>`,
    line(solid, top, end, top, `${stroke} stroke-dasharray="3 3"`),
    line(solid, bottom, end, bottom, `${stroke} stroke-dasharray="3 3"`)
  ].join('')
}

const mark = (bar: Bar, x: number, y: number): string => {
  const [, edge] = paints[bar.tone]
  const width = markWidth(bar)
  return [
    line(x, y - 4, x, y, `stroke="${edge}" stroke-width="1.5"`),
    `<rect x="${coordinate(x - width / 2)}" y="${y - 18}" width="${coordinate(width)}" height="14" rx="7" fill="${edge}"/>`,
    text(x, y - 7.5, markText(bar), ` font-size="${smallSize}" fill="#fff" text-anchor="middle"`)
  ].join('')
}

const drawBar = (bar: Bar, number: number, top: number, { spans, marks, moments }: Layout): string => {
  const span = spans[number]!
  const known = moments.find(({ record }) => record === bar.to)?.x ?? span.to
  const [, , ink] = paints[bar.tone]
  const marked = bar.tone === 'wrong' ? span.to - markWidth(bar) / 2 - 4 : marks[number]
  return [
    `<g><title>${escaped(bar.full)}</title>`,
    outline(bar, span.from, span.to, top, known),
    text(span.from + padding, top + 16, bar.label, ` fill="${ink}"`),
    marked === null || marked === undefined ? '' : mark(bar, marked, top),
    '</g>'
  ].join('')
}

/** The records below the lanes, a thin line up from each, and where the time line is broken. */
const drawAxis = ({ moments, breaks, left, right }: Layout, top: number, bottom: number): string =>
  [
    ...moments.map(({ x }) => line(x, top, x, bottom, 'stroke="#ecece6"')),
    ...breaks.map((x) => line(x, top, x, bottom, 'stroke="#c9c9c2" stroke-dasharray="2 4"')),
    line(left - 6, bottom, right + 6, bottom, 'stroke="#8b8b86"'),
    ...moments.map(({ record, x }) =>
      text(x, bottom + 14, String(record), ` font-size="${smallSize}" fill="#77776f" text-anchor="middle"`)
    ),
    ...breaks.map((x) => text(x, bottom + 14, '⋯', ` font-size="${smallSize}" fill="#77776f" text-anchor="middle"`))
  ].join('\n')

const paragraphs = (said: ReadonlyArray<string>, width: number): ReadonlyArray<string> =>
  said.flatMap((paragraph) => linesOf(paragraph, floor(width / widthOf('m', fontSize))))

const textLines = (lines: ReadonlyArray<string>, y: number, attributes: string): string =>
  lines
    .map((said, at) => {
      const words = said.trimStart()
      // SVG drops spaces at the beginning.
      const indent = widthOf(said.slice(0, said.length - words.length), fontSize)
      return text(margin + indent, y + at * lineHeight, words, attributes)
    })
    .join('\n')

export const draw = (scene: Scene): Drawn => {
  const { lanes, bars, arrows, says, notes, title, isWrong } = scene
  const names = max(0, ...lanes.map((name) => widthOf(name, fontSize)))
  const layout = layoutOf(scene, margin + names + 22)
  const lanePitch = arrows.length > 0 ? pitch.arrows : pitch.plain
  const width = ceil(
    max(leastWidth, widthOf(title, titleSize) + 2 * margin, layout.right + returnWidth(scene, layout) + margin + 8)
  )
  const said = paragraphs(says, width - 2 * margin)
  const noted = paragraphs(notes, width - 2 * margin)
  const top = margin + titleSize + 8 + said.length * lineHeight + 8
  const barTop = (lane: number): number => top + markRow + lane * lanePitch
  const bottom = barTop(max(0, lanes.length - 1)) + barHeight + 14
  const height = bottom + axisHeight + noted.length * lineHeight + margin
  const body = [
    text(
      margin,
      margin + titleSize,
      title,
      ` font-size="${titleSize}" font-weight="bold" fill="${isWrong ? '#c4231a' : '#222'}"`
    ),
    textLines(said, margin + titleSize + 8 + lineHeight, ' fill="#222"'),
    drawAxis(layout, top, bottom),
    ...lanes.map((name, lane) => text(margin, barTop(lane) + 16, name, ' fill="#55554f"')),
    ...bars.map((bar, number) => drawBar(bar, number, barTop(bar.lane), layout)),
    ...arrows.map((arrow) => drawArrow(arrow, scene, layout, barTop, barHeight)),
    textLines(noted, bottom + axisHeight + fontSize, ' fill="#55554f"')
  ]
  return { width, height, body: body.filter((part) => part !== '').join('\n') }
}
