/** How much there was for the reductions to take away, read off their tables. */
import type { ValidModel } from '../model/valid.ts'
import type { Alphabet } from './engine/alphabet.ts'
import type { Search } from './engine/search.ts'
import type { Reductions } from './explore.ts'
import type { Reduced } from './report.ts'

/** Pairs of a slot and a letter looked at per node. Where there are more, every so many slots are. */
const mostPairs = 200_000

const { ceil, max } = Math

/** How many pairs there are of a slot and a letter, and how many of them pass. */
const countPairs = (
  alphabets: ReadonlyArray<Alphabet>,
  passes: (node: number, slot: number, letter: number) => boolean
): { readonly passed: number; readonly of: number } => {
  let passed = 0
  let of = 0
  alphabets.forEach(({ slots, senders }, node) => {
    const letters = senders.flatMap((sender, stimulus) => (sender >= 0 ? [stimulus] : []))
    const stride = max(1, ceil((slots.size * letters.length) / mostPairs))
    for (let slot = 0; slot < slots.size; slot += stride)
      for (const letter of letters) {
        of++
        if (passes(node, slot, letter)) passed++
      }
  })
  return { passed, of }
}

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))

export const reducedBy = (
  valid: ValidModel,
  { frames }: Search,
  { dead, silent, symmetry }: Reductions
): ReadonlyArray<Reduced> => {
  const alphabets = frames.map(({ alphabet }) => alphabet)
  const found: Reduced[] = []
  if (dead !== null) {
    const { passed, of } = countPairs(alphabets, (node, slot, letter) => !dead.keeps(node, slot, letter))
    found.push({ name: 'dead-messages', dead: passed, of })
  }
  if (silent !== null) {
    const { passed, of } = countPairs(alphabets, (node, slot, letter) => silent.next(node, slot, [letter]) === letter)
    found.push({ name: 'silent-steps', silent: passed, of })
  }
  if (symmetry !== null) {
    const orbit = valid.symmetric.reduce((product, group) => product * factorial(group.length), 1)
    found.push({ name: 'symmetry', orbit })
  }
  return found
}
