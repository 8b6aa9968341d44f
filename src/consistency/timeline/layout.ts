/**
 * Where things stand along the time line.
 *
 * Time is the order of records, stretched: every record that is drawn has a place of its own, and a bar is at least as
 * wide as its label. So no text ever overlaps another, however short the calls were.
 */
import type { Bar, Scene } from './scene.ts'
import { widthOf } from './text.ts'

const { max, min } = Math

export const fontSize = 12
export const smallSize = 10
/** Left and right of a label in its bar. */
export const padding = 8
/** How far a bar with an unknown outcome is drawn beyond the last record. */
const tail = 28
/** How wide the time line is broken. */
const breakWidth = 30

export interface Layout {
  /** The records that are drawn, ascending, with their places. */
  readonly moments: ReadonlyArray<{ readonly record: number; readonly x: number }>
  /** The middles of the breaks. */
  readonly breaks: ReadonlyArray<number>
  /** By bar. */
  readonly spans: ReadonlyArray<{ readonly from: number; readonly to: number }>
  /** By bar: where its place in the order is marked; null where it has none. */
  readonly marks: ReadonlyArray<number | null>
  readonly left: number
  readonly right: number
}

export const markText = ({ place, tone }: Bar): string => (tone === 'wrong' ? '✗' : place === null ? '' : String(place))

export const markWidth = (bar: Bar): number => widthOf(markText(bar), smallSize) + 8

const labelWidth = (bar: Bar): number => max(widthOf(bar.label, fontSize) + 2 * padding, markWidth(bar) + 4)

/**
 * A moment of each call that has a place, so that the moments come in the order of the places.
 *
 * As early as the call and those placed before it allow, and a mark's width further where the call and those placed after it leave room.
 */
const marksInOrder = (bars: ReadonlyArray<Bar>, spans: Layout['spans']): ReadonlyArray<number | null> => {
  const inOrder = [...bars.keys()]
    .filter((bar) => bars[bar]!.place !== null)
    .toSorted((a, b) => (bars[a]!.place ?? 0) - (bars[b]!.place ?? 0))
  const half = (bar: number): number => markWidth(bars[bar]!) / 2
  const latest = new Map<number, number>()
  inOrder.toReversed().reduce((limit, bar) => {
    const own = min(limit, spans[bar]!.to - half(bar))
    latest.set(bar, own)
    return own
  }, Infinity)
  const marks = new Map<number, number>()
  inOrder.reduce((before, bar) => {
    const own = max(spans[bar]!.from + half(bar), min(before + 2 * half(bar), latest.get(bar) ?? 0))
    marks.set(bar, own)
    return own
  }, -Infinity)
  return bars.map((_, bar) => marks.get(bar) ?? null)
}

/** @param left where the time line begins */
export const layoutOf = ({ bars, leftOut, placesFollowTime }: Scene, left: number): Layout => {
  const records = [...new Set(bars.flatMap(({ from, to }) => [from, ...(to === null ? [] : [to])]))].toSorted(
    (a, b) => a - b
  )
  const step = max(24, ...records.map((record) => widthOf(String(record), smallSize) + 8), ...bars.map(markWidth)) + 2
  const places = new Map<number, number>()
  const breaks: Array<number> = []
  let x = left
  let before = -1
  let skipped = 0
  for (const record of records) {
    while (skipped < leftOut.length && leftOut[skipped]! <= before) skipped += 1
    const isBroken = skipped < leftOut.length && leftOut[skipped]! < record
    const isFirst = places.size === 0
    const ahead = (isFirst ? 0 : step) + (isBroken ? breakWidth : 0)
    if (isBroken) breaks.push(isFirst ? x : x + ahead / 2)
    const ending = bars.filter(({ to }) => to === record).map((bar) => (places.get(bar.from) ?? left) + labelWidth(bar))
    x = max(x + ahead, ...ending)
    places.set(record, x)
    before = record
  }
  const at = (record: number): number => places.get(record) ?? left
  const open = bars.filter(({ isOpen }) => isOpen)
  const isCutAfter = leftOut.length > 0 && leftOut.at(-1)! > before
  if (isCutAfter) breaks.push(x + (step + breakWidth) / 2)
  const end = x + (isCutAfter ? step + breakWidth : 0)
  const right = max(end + (open.length > 0 ? tail : 0), ...open.map((bar) => at(bar.from) + labelWidth(bar) + tail))
  const spans = bars.map(({ from, to, isOpen }) => ({ from: at(from), to: isOpen ? right : at(to ?? from) }))
  return {
    moments: [...places].map(([record, place]) => ({ record, x: place })),
    breaks,
    spans,
    marks: placesFollowTime
      ? marksInOrder(bars, spans)
      : bars.map((bar, number) => (bar.place === null ? null : spans[number]!.from + markWidth(bar) / 2 + 4)),
    left,
    right
  }
}
