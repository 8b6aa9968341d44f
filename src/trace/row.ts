/** A line of a drawing: one cell per column, to be written over from left to right and bottom to top. */
import { columnsOf } from './columns.ts'
import type { Paint, Role } from './paint.ts'

interface Cell {
  readonly text: string
  readonly role: Role | null
}
export type Row = ReadonlyArray<Cell>

const blank: Cell = { text: ' ', role: null }

export const blankRow = (width: number): Row => Array.from({ length: width }, () => blank)

/** Puts `text` over what is there from `column` on; what does not fit in the row is left out. */
export const put = (row: Row, column: number, text: string, role: Role | null): Row => {
  const cells = columnsOf(text).map((character): Cell => ({ text: character, role }))
  const start = Math.max(0, column)
  return [...row.slice(0, start), ...cells, ...row.slice(start + cells.length)].slice(0, row.length)
}

/** The row as text, without blanks at its end. */
export const printed = (row: Row, paint: Paint): string => {
  const end = row.findLastIndex(({ text }) => text !== ' ') + 1
  return row
    .slice(0, end)
    .reduce<ReadonlyArray<Cell>>((runs, cell) => {
      const last = runs.at(-1)
      return last !== undefined && last.role === cell.role
        ? runs.with(-1, { text: `${last.text}${cell.text}`, role: cell.role })
        : [...runs, cell]
    }, [])
    .map(({ text, role }) => (role === null ? text : paint(text, role)))
    .join('')
}
