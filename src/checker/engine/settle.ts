/** Takes the silent steps of one node, as many as there are. */
import type { Alphabet, Response } from './alphabet.ts'
import type { Inboxes, Letters } from './inboxes.ts'

/** The stimulus that is taken at once in a slot, of the letters that may be delivered next and the timers; -1 for none. */
export type NextSilent = (slot: number, letters: Letters) => number

export interface Settling {
  readonly alphabet: Alphabet
  readonly inboxes: Inboxes
  readonly next: NextSilent
  /** The letters that may still matter in a slot. */
  readonly alive: (slot: number, letters: Letters) => Letters
  readonly onStep: (slot: number, stimulus: number, response: Response) => void
}

/**
 * Where a node with these letters comes to rest. Steps that lead round in a circle end where the circle began, so that the
 * result depends on the node alone, and is its own.
 */
export const settle = (of: Settling, slot: number, letters: Letters): readonly [slot: number, letters: Letters] => {
  const { alphabet, inboxes, next, alive, onStep } = of
  const passed = new Set<string>()
  let at = slot
  let rest = alive(slot, letters)
  for (;;) {
    const stimulus = next(at, inboxes.foremost(rest))
    const here = `${at} ${rest.join()}`
    if (stimulus < 0 || passed.has(here)) return [at, rest]
    passed.add(here)
    const response = alphabet.respond(at, stimulus)
    onStep(at, stimulus, response)
    const isLetter = alphabet.senders[stimulus]! >= 0
    at = response.slot
    rest = alive(at, isLetter ? inboxes.delivered(rest, stimulus) : rest)
  }
}
