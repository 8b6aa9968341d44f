/** Numbers as people read them. The same on every machine, whatever its language. */

const { floor, max, round } = Math

/** 1234567 as `1,234,567`. */
export const count = (value: number): string => String(round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',')

/** `1 state`, `2 states`. */
export const counted = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`

const scaled = (value: number, step: number, units: ReadonlyArray<string>): string => {
  const power = units.findIndex((_unit, index) => value < step ** (index + 1) || index === units.length - 1)
  const shown = value / step ** power
  return `${shown < 10 && power > 0 ? shown.toFixed(1) : round(shown)} ${units[power] ?? ''}`.trimEnd()
}

/** Of 1024: 5368709120 as `5.0 GiB`. */
export const bytes = (value: number): string => scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'])

/** 812345 as `812 k`. */
export const rounded = (value: number): string => scaled(value, 1000, ['', 'k', 'M', 'G'])

/** 0.317 as `32 %`; what is there, but little, as `< 1 %`. */
export const percent = (share: number): string => (share > 0 && share < 0.01 ? '< 1 %' : `${round(100 * share)} %`)

/** `0.31 s`, `12.3 s`, `4 min 05 s`. */
export const duration = (seconds: number): string => {
  if (seconds < 10) return `${seconds.toFixed(2)} s`
  if (seconds < 100) return `${seconds.toFixed(1)} s`
  const whole = max(0, round(seconds))
  return `${floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}
