/** The words of a line that somebody typed: parted by blanks, in quotes where they hold some. */

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\u0007' }

/** A word that is not quoted, one in double quotes with escapes, one in single quotes. */
const word = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s"']\S*))(?=\s|$)/sy

const unescaped = (text: string): string =>
  text.replaceAll(/\\(?:x([\da-fA-F]{2})|(.))/gs, (_, hex: string | undefined, letter: string) =>
    hex === undefined ? (escapes[letter] ?? letter) : String.fromCodePoint(Number.parseInt(hex, 16))
  )

/** Null where a quote is not closed, or something follows it without a blank. */
export const wordsOf = (line: string): ReadonlyArray<string> | null => {
  const text = line.trimEnd()
  const words: string[] = []
  let at = 0
  while (at < text.length) {
    word.lastIndex = at
    const found = word.exec(text)
    if (found === null) return null
    const [whole, double, single, plain] = found
    words.push(
      double === undefined
        ? single === undefined
          ? (plain as string)
          : single.replaceAll("\\'", "'")
        : unescaped(double)
    )
    at += whole.length
  }
  return words
}
