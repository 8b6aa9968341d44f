/** Text in the columns of a terminal. */

const segmenter = new Intl.Segmenter()

/** What takes two columns: East Asian wide and fullwidth characters, and emoji shown as pictures. [UAX11] */
const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}|\uFE0F/u

const widthOf = (grapheme: string): number => (wide.test(grapheme) ? 2 : 1)

/** One entry per column: a character, or what is left of the one before, which is empty. */
export const columnsOf = (text: string): ReadonlyArray<string> =>
  [...segmenter.segment(text)].flatMap(({ segment }) => (widthOf(segment) === 2 ? [segment, ''] : [segment]))

/** `text`, if it fits in `room` columns, else its beginning and `dots`. */
export const cut = (text: string, room: number, dots: string): string => {
  const columns = columnsOf(text)
  if (columns.length <= room) return text
  const left = Math.max(0, room - columnsOf(dots).length)
  // A character of two columns of which only one is left goes, too.
  const end = columns[left] === '' ? left - 1 : left
  return `${columns.slice(0, Math.max(0, end)).join('')}${dots}`.slice(0, Math.max(0, room))
}
