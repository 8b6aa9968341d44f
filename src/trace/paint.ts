/** Text on its way to a screen: pieces with a role, which a painter may give a colour. */

/** What a piece of text stands for. */
export type Role = 'node' | 'message' | 'rule' | 'change' | 'fault' | 'verdict' | 'faint'

/** Gives text its colour. It must not change what is seen of the text but its colour. */
export type Paint = (text: string, role: Role) => string

/** No colours. */
export const plain: Paint = (text) => text

/** The signs between words. */
export interface Marks {
  /** From what was to what is. */
  readonly arrow: string
  /** For what was left out. */
  readonly dots: string
}

export const marksFor = (ascii: boolean): Marks => (ascii ? { arrow: '->', dots: '...' } : { arrow: '→', dots: '…' })

/** How a trace is put on a screen. */
export interface Rendering {
  /** Columns, >= 1. 100 for text, 80 for diagrams, unless said otherwise. */
  readonly width?: number
  /** Draw with ASCII characters only; the data of the trace is shown as it is. False unless said otherwise. */
  readonly ascii?: boolean
  /** No colours unless said otherwise. */
  readonly paint?: Paint
}
