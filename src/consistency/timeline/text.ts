/** Text in a picture: how wide it is, how it is cut and broken, and how it is written into SVG and HTML. */

/** Every character of a monospaced font takes this much of its size; the widest one in use takes no more. */
const advance = 0.61

// From the CJK radicals on, and in the planes above, fonts draw characters twice as wide.
const isWide = (character: string): boolean => (character.codePointAt(0) ?? 0) >= 0x2e80

const columnsOf = (text: string): number =>
  [...text].reduce((columns, character) => columns + (isWide(character) ? 2 : 1), 0)

/** The width of a text in user units. */
export const widthOf = (text: string, size: number): number => columnsOf(text) * advance * size

/** The beginning of a text with at most so many columns, the cut shown. */
export const cutTo = (text: string, columns: number): string => {
  if (columnsOf(text) <= columns) return text
  const kept = [...text].reduce((so, character) => (columnsOf(so + character) < columns ? so + character : so), '')
  return `${kept.trimEnd()}…`
}

/**
 * A paragraph in lines of at most so many columns, broken between words; a longer word is cut. Spaces before the first word
 * stand before every line.
 */
export const linesOf = (paragraph: string, columns: number): ReadonlyArray<string> => {
  const words = paragraph.trimStart()
  const indent = paragraph.slice(0, paragraph.length - words.length)
  const room = columns - indent.length
  return words
    .split(' ')
    .reduce<ReadonlyArray<string>>((lines, word) => {
      const last = lines.at(-1)
      const longer = `${last} ${word}`
      return last !== undefined && columnsOf(longer) <= room ? lines.with(-1, longer) : [...lines, cutTo(word, room)]
    }, [])
    .map((line) => indent + line)
}

// XML has no way to write these, not even escaped: control characters, halves of surrogate pairs, and two that are no characters.
const unwritable = /[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/gu

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text as it stands in SVG and HTML, in an attribute too. */
export const escaped = (text: string): string =>
  text.replaceAll(unwritable, '\ufffd').replaceAll(/[&<>"]/g, (character) => entities[character] ?? character)
