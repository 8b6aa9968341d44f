/** A row of numbers in a line of text. */

const bars = '▁▂▃▄▅▆▇█'

const { ceil, floor, max } = Math

/**
 * A bar for each number, the highest for the largest; where there are more numbers than columns, for the largest of as many as share a column.
 *
 * @param values none below 0; a blank stands for 0
 * @param width columns, at least 1; may be infinite
 */
export const sparkline = (values: ReadonlyArray<number>, width: number): string => {
  const columns = Math.min(values.length, max(1, floor(width)))
  const most = values.reduce((largest, value) => max(largest, value), 0)
  return Array.from({ length: columns }, (_, column) => {
    const from = floor((column * values.length) / columns)
    const to = floor(((column + 1) * values.length) / columns)
    const value = values.slice(from, to).reduce((largest, each) => max(largest, each), 0)
    return value === 0 ? ' ' : bars[ceil((value / most) * bars.length) - 1]
  }).join('')
}
