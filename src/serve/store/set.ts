/** The options of SET. */
import { integerIn } from './integers.ts'

export interface SetOptions {
  /** Only if the key is not there, or only if it is. */
  readonly only: 'NX' | 'XX' | null
  /** Answer with the value of before. */
  readonly get: boolean
  /** When it is gone, in milliseconds since 1970; null for never; 'keep' for what was said before. */
  readonly until: number | null | 'keep'
}

export const syntaxError = 'ERR syntax error'

/** The latest moment that a date can hold. */
const latest = 8.64e15

/** What a time to live means, by the option that it follows. */
const moments: Readonly<Record<string, (given: number, now: number) => number>> = {
  EX: (seconds, now) => now + seconds * 1000,
  PX: (milliseconds, now) => now + milliseconds,
  EXAT: (seconds) => seconds * 1000,
  PXAT: (milliseconds) => milliseconds
}

/** The moment that such an option means; an error as text. */
export const momentOf = (option: string, given: string, now: number, command: string): number | string => {
  const value = integerIn(given)
  if (value === null) return 'ERR value is not an integer or out of range'
  const moment = value <= 0n ? NaN : (moments[option]?.(Number(value), now) ?? NaN)
  return moment <= latest ? moment : `ERR invalid expire time in '${command}' command`
}

/** The options behind key and value; an error as text. */
export const setOptions = (words: ReadonlyArray<string>, now: number): SetOptions | string => {
  let options: SetOptions = { only: null, get: false, until: null }
  for (let place = 0; place < words.length; place++) {
    const option = (words[place] as string).toUpperCase()
    if ((option === 'NX' || option === 'XX') && (options.only ?? option) === option)
      options = { ...options, only: option }
    else if (option === 'GET') options = { ...options, get: true }
    else if (option === 'KEEPTTL' && options.until === null) options = { ...options, until: 'keep' }
    else if (Object.hasOwn(moments, option) && options.until === null && place + 1 < words.length) {
      place += 1
      const until = momentOf(option, words[place] as string, now, 'set')
      if (typeof until === 'string') return until
      options = { ...options, until }
    } else return syntaxError
  }
  return options
}
