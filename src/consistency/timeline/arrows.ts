/**
 * Arrows between the bars of neighbouring lanes, and the one that closes a circle.
 *
 * An arrow leaves its bar downwards, runs level just above the next lane, and enters the next bar from above. Its text stands beside the first
 * of these, above the second: no other arrow has a place there. The one that closes the circle goes around on the right.
 */
import { fontSize, smallSize } from './layout.ts'
import type { Layout } from './layout.ts'
import type { Arrow, Scene } from './scene.ts'
import { escaped, linesOf, widthOf } from './text.ts'

const { max, min } = Math

const ink = '#7a3fb0'
/** Columns of a reason beside an arrow, and of the one on the right. */
const columns = 64
const returnColumns = 30
const lineHeight = 13
/** Between the last moment and the arrow that closes the circle, and between the arrow and its text. */
const gutter = 22
const gap = 8

// A white edge keeps the thin lines of the records out of the letters.
const halo = 'stroke="#fff" stroke-width="3" paint-order="stroke"'

const stroke = `fill="none" stroke="${ink}" stroke-width="1.6" stroke-linejoin="round"`

const pointing = (x: number, y: number, to: 'down' | 'left'): string =>
  to === 'down'
    ? `<path d="M${x - 4.5} ${y - 8}L${x} ${y}L${x + 4.5} ${y - 8}Z" fill="${ink}"/>`
    : `<path d="M${x + 8} ${y - 4.5}L${x} ${y}L${x + 8} ${y + 4.5}Z" fill="${ink}"/>`

const said = (x: number, y: number, { kind, because }: Arrow, width: number, anchor: 'start' | 'end'): string =>
  [
    `<text x="${x}" y="${y}" font-weight="bold" fill="${ink}" ${halo} text-anchor="${anchor}">${escaped(kind)}</text>`,
    ...linesOf(because, width).map(
      (words, at) =>
        `<text x="${x}" y="${y + (at + 1) * lineHeight}" font-size="${smallSize}" fill="#55554f" ${halo} text-anchor="${anchor}">${escaped(words)}</text>`
    )
  ].join('')

const reasonWidth = ({ kind, because }: Arrow, width: number): number =>
  max(widthOf(kind, fontSize), ...linesOf(because, width).map((words) => widthOf(words, smallSize)))

/** Where an arrow leaves and where it enters: straight down if the two bars overlap. */
const ends = ({ from, to }: Arrow, { spans }: Layout): readonly [leave: number, enter: number] => {
  const [one, other] = [spans[from]!, spans[to]!]
  const [low, high] = [max(one.from, other.from), min(one.to, other.to)]
  if (high - low >= 20) return [low + 14, low + 14]
  return one.to < other.from + 20 ? [one.to - 14, other.from + 14] : [one.from + 14, other.to - 14]
}

const isReturn = ({ from, to }: Arrow): boolean => to < from

/** On which side of an arrow its text stands: on the right, unless it would stick out there and has room on the left. */
const sideOf = (arrow: Arrow, leave: number, { left, right }: Layout): 'start' | 'end' => {
  const width = gap + reasonWidth(arrow, columns)
  return leave + width > right && leave - width > left ? 'end' : 'start'
}

const reach = (arrow: Arrow, layout: Layout): number => {
  const [leave] = ends(arrow, layout)
  return sideOf(arrow, leave, layout) === 'end' ? 0 : leave + gap + reasonWidth(arrow, columns)
}

const returnAt = ({ arrows }: Scene, layout: Layout): number =>
  max(layout.right, ...arrows.filter((arrow) => !isReturn(arrow)).map((arrow) => reach(arrow, layout))) + gutter

/** The room that arrows and their texts take to the right of the time line. */
export const returnWidth = (scene: Scene, layout: Layout): number => {
  const closing = scene.arrows.find(isReturn)
  return closing === undefined ? 0 : returnAt(scene, layout) + gap + reasonWidth(closing, returnColumns) - layout.right
}

export const drawArrow = (
  arrow: Arrow,
  scene: Scene,
  layout: Layout,
  barTop: (lane: number) => number,
  barHeight: number
): string => {
  const [from, to] = [scene.bars[arrow.from]!, scene.bars[arrow.to]!]
  if (isReturn(arrow)) {
    const x = returnAt(scene, layout)
    const [low, high] = [barTop(from.lane) + barHeight / 2, barTop(to.lane) + barHeight / 2]
    const [start, end] = [layout.spans[arrow.from]!.to, layout.spans[arrow.to]!.to]
    const lines = linesOf(arrow.because, returnColumns).length + 1
    const y = (low + high) / 2 - (lines * lineHeight) / 2 + 10
    return [
      `<path d="M${start} ${low}H${x}V${high}H${end + 4}" ${stroke}/>`,
      pointing(end + 1, high, 'left'),
      said(x + gap, y, arrow, returnColumns, 'start')
    ].join('')
  }
  const [leave, enter] = ends(arrow, layout)
  const bottom = barTop(from.lane) + barHeight
  const top = barTop(to.lane)
  const level = top - 14
  const side = sideOf(arrow, leave, layout)
  return [
    `<path d="M${leave} ${bottom}V${level}H${enter}V${top - 4}" ${stroke}/>`,
    pointing(enter, top - 1, 'down'),
    said(leave + (side === 'start' ? gap : -gap), bottom + 14, arrow, columns, side)
  ].join('')
}
