/**
 * What all connections of clients together may hold in memory. Each of them has bounds of its own, but ten thousand times those
 * is more than there is: beyond the budget, whoever holds most is cut off.
 */

/** What one connection holds. */
export interface Share {
  /** So many bytes from now on. May cut the connection itself. */
  readonly set: (bytes: number) => void
}

export interface Budget {
  /** @param cut ends the connection, and says what it still holds */
  readonly enter: (cut: () => void) => Share
  readonly held: () => number
}

/** Who holds less is not cut off, in bytes. */
const spared = 16_384

export const budgetOf = (most: number): Budget => {
  const shares = new Map<Share, { bytes: number; readonly cut: () => void; isCut: boolean }>()
  let held = 0

  const makeRoom = (): void => {
    const large = [...shares.values()].filter(({ bytes, isCut }) => !isCut && bytes > spared)
    for (const share of large.toSorted((one, other) => other.bytes - one.bytes)) {
      if (held <= most) return
      share.isCut = true
      share.cut()
    }
  }

  return {
    held: () => held,
    enter: (cut) => {
      const own = { bytes: 0, cut, isCut: false }
      const share: Share = {
        set: (bytes) => {
          if (bytes === own.bytes) return
          const grew = bytes > own.bytes
          held += bytes - own.bytes
          own.bytes = bytes
          // Who holds nothing is not among those to choose from.
          if (bytes === 0) shares.delete(share)
          else shares.set(share, own)
          if (grew && held > most) makeRoom()
        }
      }
      return share
    }
  }
}
