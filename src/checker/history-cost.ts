/** What it costs that states carry what clients have seen. */
import { canonical } from '../model/data.ts'
import type { ValidModel } from '../model/valid.ts'
import { Interner } from './engine/interner.ts'
import { bitsFor, layoutFor } from './engine/layout.ts'
import { PackedSet } from './engine/packed-set.ts'
import type { Search } from './engine/search.ts'
import type { HistoryCost } from './report.ts'

/** How many states there are when the contents of histories are left out: one more walk over all of them. */
const countWithout = (search: Search): number => {
  const { frames, ledger, states } = search
  const rests = new Interner<unknown>()
  const restOf = ledger.pages.values.map(({ cut, left, asked }) => rests.id([cut, left, asked]))
  const layout = layoutFor([...frames.map(({ size }) => bitsFor(size)), bitsFor(rests.size)])
  const distinct = new PackedSet(layout.words)
  const vector = new Int32Array(frames.length + 1)
  const key = new Int32Array(layout.words)
  for (let index = 0; index < states.size; index++) {
    search.readFrames(index, vector)
    vector[frames.length] = restOf[vector[frames.length]!]!
    key.fill(0)
    for (let c = 0; c < vector.length; c++) key[layout.word[c]!]! |= vector[c]! << layout.shift[c]!
    distinct.insert(key, 0)
  }
  return distinct.size
}

/** Null where no property keeps a history. Of a search that was ended early: of the states it has stored. */
export const historyCost = ({ histories }: ValidModel, search: Search): HistoryCost | null =>
  histories.length === 0
    ? null
    : {
        contents: Object.fromEntries(
          histories.map(({ name }, index) => [
            name,
            new Set(search.ledger.pages.values.map(({ contents }) => canonical(contents[index]))).size
          ])
        ),
        statesWithout: countWithout(search)
      }
