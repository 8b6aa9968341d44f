/** Tables for terminals: columns as wide as they need to be, and fewer of them where there is no room. */

export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  readonly align: 'left' | 'right'
  /** Columns with the highest number go first when there is no room; 0 stays. */
  readonly expendable: number
  /** Colours what is already as wide as it will be. */
  readonly paint?: (text: string, row: Row) => string
}

const gap = '  '

const widthOf = <Row>({ title, text }: Column<Row>, rows: ReadonlyArray<Row>): number =>
  Math.max(title.length, ...rows.map((row) => text(row).length))

/** The columns that fit in `width`, the least important ones left out. */
const fitting = <Row>(
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>,
  width: number
): ReadonlyArray<Column<Row>> => {
  const needed = columns.reduce((sum, column) => sum + widthOf(column, rows) + gap.length, -gap.length)
  const first = Math.max(...columns.map(({ expendable }) => expendable))
  return needed <= width || first === 0
    ? columns
    : fitting(
        columns.filter(({ expendable }) => expendable !== first),
        rows,
        width
      )
}

/** Cut to a width, and the cut shown. */
export const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`

/**
 * A table, line by line, the titles first. The first column is cut if there is still no room after all others that
 * may go have gone.
 *
 * @param width columns of the terminal; may be infinite
 */
export const table = <Row>(
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>,
  width: number
): ReadonlyArray<string> => {
  const kept = fitting(columns, rows, width)
  const natural = kept.map((column) => widthOf(column, rows))
  const others = natural.slice(1).reduce((sum, each) => sum + each + gap.length, 0)
  const widths = natural.with(0, Math.max(1, Math.min(natural[0] ?? 0, width - others)))
  const line = (cellOf: (column: Column<Row>, fill: (text: string) => string) => string): string =>
    kept
      .map((column, index) => {
        const room = widths[index] ?? 0
        const fill = (text: string) =>
          column.align === 'left' ? cut(text, room).padEnd(room) : cut(text, room).padStart(room)
        return cellOf(column, fill)
      })
      .join(gap)
      .trimEnd()
  return [
    line(({ title }, fill) => fill(title)),
    ...rows.map((row) => line(({ text, paint = (painted) => painted }, fill) => paint(fill(text(row)), row)))
  ]
}
