/** Patterns of keys: `*`, `?`, `[abc]`, `[^a-z]`, and `\` before what is meant as it stands. */

/** Where the class that begins at `at` ends, its bracket included, and whether `character` is in it. */
const classAt = (pattern: string, at: number, character: string): { readonly end: number; readonly holds: boolean } => {
  const isNegated = pattern[at + 1] === '^'
  let place = at + (isNegated ? 2 : 1)
  let found = false
  while (place < pattern.length && pattern[place] !== ']') {
    if (pattern[place] === '\\' && place + 1 < pattern.length) place += 1
    const first = pattern[place] as string
    const isRange = pattern[place + 1] === '-' && place + 2 < pattern.length
    const last = isRange ? (pattern[place + 2] as string) : first
    found ||= first <= last ? character >= first && character <= last : character >= last && character <= first
    place += isRange ? 3 : 1
  }
  return { end: place + 1, holds: found !== isNegated }
}

/**
 * Whether a text fits a pattern. Of several `*` only the latest is ever tried again, so the time is at most the product of
 * both lengths, whatever the pattern.
 */
export const fits = (pattern: string, text: string): boolean => {
  let [inPattern, inText] = [0, 0]
  let [star, resume] = [-1, 0]
  while (inText < text.length) {
    const sign = pattern[inPattern]
    if (sign === '*') {
      star = inPattern
      resume = inText
      inPattern += 1
      continue
    }
    const character = text[inText] as string
    const isEscaped = sign === '\\' && inPattern + 1 < pattern.length
    const { end, holds } =
      sign === '['
        ? classAt(pattern, inPattern, character)
        : isEscaped
          ? { end: inPattern + 2, holds: pattern[inPattern + 1] === character }
          : { end: inPattern + 1, holds: sign === '?' || sign === character }
    if (holds && sign !== undefined) {
      inPattern = end
      inText += 1
    } else if (star >= 0) {
      resume += 1
      inPattern = star + 1
      inText = resume
    } else return false
  }
  while (pattern[inPattern] === '*') inPattern += 1
  return inPattern >= pattern.length
}
