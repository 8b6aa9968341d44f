/** What a picture shows, before anything has a place in it. Moments are told by the index of their record. */

/**
 * - `placed`: has a place in the order that was found
 * - `wrong`: cannot be placed, or is what the violation is about
 * - `failed`: certainly took no effect
 * - `plain`: neither of these
 */
export type Tone = 'plain' | 'placed' | 'wrong' | 'failed'

/** A call or a transaction, from its invocation to its completion. */
export interface Bar {
  /** Its lane, from the top. */
  readonly lane: number
  readonly from: number
  /** The record of the completion; null while the call is pending. */
  readonly to: number | null
  /** Whether it may take effect after `to` as well: its outcome is unknown. */
  readonly isOpen: boolean
  readonly label: string
  /** Everything about it, for who points at it. */
  readonly full: string
  readonly tone: Tone
  /** Its place in the order, from 1; null where it has none. */
  readonly place: number | null
}

/** A dependency of one bar on another. */
export interface Arrow {
  /** Places among the bars; the lanes of the two are neighbours, or it leads from the last lane to the first. */
  readonly from: number
  readonly to: number
  /** `ww`, `wr`, `rw`, `process` or `real time`. */
  readonly kind: string
  readonly because: string
}

export interface Scene {
  readonly title: string
  readonly isWrong: boolean
  /** Below the title, a paragraph each: what is to be seen. */
  readonly says: ReadonlyArray<string>
  /** Names, from the top. */
  readonly lanes: ReadonlyArray<string>
  readonly bars: ReadonlyArray<Bar>
  readonly arrows: ReadonlyArray<Arrow>
  /** Whether places follow time: then each is marked at a moment of its call that agrees with all others. */
  readonly placesFollowTime: boolean
  /** Records of calls that are left out, ascending. The time line is broken there. */
  readonly leftOut: ReadonlyArray<number>
  /** Below the picture, a paragraph each: what was cut, and what the marks mean. */
  readonly notes: ReadonlyArray<string>
}
