/**
 * Whether a node with one slot and letters can do all that it could do with another: a game on its slots. Whatever happens on the left must have an
 * answer on the right that is seen alike, and so on for ever. DESIGN.md of this folder says why that is enough.
 */
import type { Network } from '../../model/model.ts'
import type { Alphabet } from './alphabet.ts'
import type { Letters } from './inboxes.ts'
import type { Act, LocalSteps } from './local-steps.ts'

/** More letters than these are not kept in mind on one side of a pair. */
const mostPending = 1

/** Beyond this many pairs the game is given up, and nothing counts as covered. */
const mostPairs = 50_000

/** What one node is, and is known to do. */
export interface Player {
  readonly alphabet: Alphabet
  readonly steps: LocalSteps
  /** By slot: what predicates see of it, as a number; below 0 outside the bound. */
  readonly looks: Int32Array
  readonly letters: Letters
  /** Timers, requests, snapshots and restarts that a slot is ready for. */
  readonly ownOf: (slot: number) => ReadonlyArray<number>
  /** Whether nobody sees a step, now; and it takes nothing from the ledger. */
  readonly isSilent: (slot: number, stimulus: number, act: Act) => boolean
  /** Which letters may still matter in a slot; null for all. */
  readonly keeps: ((node: number, slot: number, letter: number) => boolean) | null
  readonly kind: Network['kind']
  readonly hasCuts: boolean
  /** Whether it is fine to stop anywhere. */
  readonly mayStop: boolean
}

/**
 * A position of the game: a slot and letters known to be in flight to it, on either side. Other letters may be in flight too, the same on both
 * sides. On the asynchronous network, where letters stay, the left side's are the same as the right's and are not written.
 */
export interface Position {
  readonly left: number
  readonly ahead: Letters
  readonly right: number
  readonly pending: Letters
}

/** Positions that must all be good for the answer to be good. */
type Answer = ReadonlyArray<Position>

/** What may be answered to one move of the left side. */
interface Duty {
  readonly answers: ReadonlyArray<Answer>
  at: number
}

interface Pair extends Position {
  lost: boolean
  duties: ReadonlyArray<Duty>
  /** Pairs whose duties now rest on this one. */
  readonly relying: [pair: Pair, duty: Duty, at: number][]
}

const isAnswered = 1
const isLost = 2

const dutyOf = (answers: ReadonlyArray<Answer>): Duty => ({ answers, at: 0 })

export class Covering {
  readonly #of: Player
  readonly #pairs = new Map<string, Pair>()
  readonly #waiting: Pair[] = []

  constructor(of: Player) {
    this.#of = of
  }

  /** Whether each position is good. */
  areGood(positions: ReadonlyArray<Position>): ReadonlyArray<boolean> {
    const found = positions.map((position) => this.#ask(position))
    this.#solve()
    return found.map((pair) => this.#pairs.size <= mostPairs && pair !== isLost && !isLostPair(pair))
  }

  #isLetter(stimulus: number): boolean {
    return this.#of.alphabet.senders[stimulus]! >= 0
  }

  /** Whether a node in this slot, with these letters in flight to it, may be at its end: nothing it does on its own changes it. */
  #isQuiet(slot: number, letters: Letters): boolean {
    if (letters.length > 0 && this.#of.kind !== 'asynchronous' && this.#of.alphabet.slots.at(slot).up) return false
    return this.#of
      .ownOf(slot)
      .every((stimulus) => this.#isRequest(stimulus) || this.#of.steps.act(slot, stimulus)!.after === slot)
  }

  #isRequest(stimulus: number): boolean {
    return this.#of.alphabet.stimuli.at(stimulus).type === 'request'
  }

  /** Whether the right side is at its end wherever the left side is. What sends where it stays may have sent all before. */
  #endsAlike({ left, ahead, right, pending }: Position): boolean {
    if (!this.#isQuiet(left, ahead)) return true
    if (!this.#isQuiet(right, pending)) return false
    const others = [...this.#of.ownOf(right), ...(this.#of.kind === 'asynchronous' ? this.#of.letters : [])]
    return others.every((stimulus) => {
      const act = this.#of.steps.act(right, stimulus)
      if (act === null || this.#isRequest(stimulus)) return true
      const before = this.#of.steps.act(left, stimulus)
      if (before !== null && before.after !== left) return true
      return act.after === right && (act.seen === 0 || act.seen === before?.seen)
    })
  }

  #alive(slot: number, letters: Letters): Letters {
    const keeps = this.#of.keeps
    return keeps === null || letters.length === 0
      ? letters
      : letters.filter((letter) => keeps(this.#of.alphabet.node, slot, letter))
  }

  /** The pair of a position, or what is known of it without looking further. */
  #ask(position: Position): Pair | typeof isAnswered | typeof isLost {
    const { left, right } = position
    if (left < 0 || right < 0 || this.#of.looks[left] !== this.#of.looks[right]) return isLost
    if (this.#of.looks[left]! < 0) return isAnswered
    const ahead = this.#alive(left, position.ahead)
    const pending = this.#alive(right, position.pending)
    if (left === right) {
      if (this.#of.kind === 'asynchronous' || ahead.join() === pending.join()) return isAnswered
      if (this.#of.mayStop && this.#of.kind === 'unordered' && isPart(ahead, pending)) return isAnswered
    }
    if (pending.length > mostPending) return isLost
    const key = `${left} ${ahead.join()} ${right} ${pending.join()}`
    const known = this.#pairs.get(key)
    if (known !== undefined) return known.lost ? isLost : known
    const pair: Pair = { left, ahead, right, pending, lost: false, duties: [], relying: [] }
    this.#pairs.set(key, pair)
    this.#waiting.push(pair)
    return pair
  }

  #solve(): void {
    for (let pair = this.#waiting.pop(); pair !== undefined; pair = this.#waiting.pop()) {
      if (this.#pairs.size > mostPairs) return
      const endsAlike = this.#of.mayStop || this.#endsAlike(pair)
      pair.duties = endsAlike ? this.#dutiesOf(pair) : []
      if (!endsAlike || !pair.duties.every((duty) => this.#rests(pair, duty))) this.#lose(pair)
    }
  }

  /** Finds the next answer that stands, as far as is known. */
  #rests(pair: Pair, duty: Duty): boolean {
    for (; duty.at < duty.answers.length; duty.at++) {
      const found = duty.answers[duty.at]!.map((position) => this.#ask(position))
      if (found.includes(isLost)) continue
      for (const each of found) if (typeof each === 'object') each.relying.push([pair, duty, duty.at])
      return true
    }
    return false
  }

  #lose(first: Pair): void {
    const lost = [first]
    for (let pair = lost.pop(); pair !== undefined; pair = lost.pop()) {
      if (pair.lost) continue
      pair.lost = true
      for (const [relying, duty, at] of pair.relying) {
        if (relying.lost || duty.at !== at) continue
        duty.at++
        if (!this.#rests(relying, duty)) lost.push(relying)
      }
    }
  }

  /** The letters of a side that can be delivered before any other, each once. */
  #foremost(letters: Letters): Letters {
    const { senders } = this.#of.alphabet
    return letters.filter((letter, index) =>
      this.#of.kind === 'fifo'
        ? !letters.slice(0, index).some((other) => senders[other] === senders[letter])
        : letters.indexOf(letter) === index
    )
  }

  /** Whether a letter of neither side can be delivered: on fifo it stands behind those of its sender. */
  #isFree(letters: Letters, letter: number): boolean {
    const { senders } = this.#of.alphabet
    return this.#of.kind !== 'fifo' || !letters.some((other) => senders[other] === senders[letter])
  }

  #with(letters: Letters, letter: number): Letters {
    if (this.#of.kind === 'asynchronous')
      return letters.includes(letter) || letters.length === mostPending
        ? letters
        : [...letters, letter].toSorted(byNumber)
    return this.#of.kind === 'fifo' ? [...letters, letter] : [...letters, letter].toSorted(byNumber)
  }

  #without(letters: Letters, letter: number): Letters {
    return this.#of.kind === 'asynchronous' ? letters : letters.toSpliced(letters.indexOf(letter), 1)
  }

  #dutiesOf(pair: Pair): ReadonlyArray<Duty> {
    const { left, ahead } = pair
    const crashes = this.#of.steps.kinds.flatMap((forGood) => {
      const act = this.#of.steps.crash(left, forGood)
      return act === null ? [] : [dutyOf(this.#toCrash(pair, act, forGood))]
    })
    const own = this.#of.ownOf(left).map((stimulus) => {
      const act = this.#of.steps.act(left, stimulus)!
      return dutyOf(this.#answers(pair, act, stimulus, ahead, false))
    })
    const common = this.#of.letters.flatMap((letter) => {
      const act = this.#of.steps.act(left, letter)
      return act === null || !this.#isFree(ahead, letter) ? [] : [dutyOf(this.#answers(pair, act, letter, ahead, true))]
    })
    const first = this.#foremost(ahead).flatMap((letter) => {
      const act = this.#of.steps.act(left, letter)
      return act === null ? [] : [dutyOf(this.#answers(pair, act, letter, this.#without(ahead, letter), false))]
    })
    return [...crashes, ...first, ...own, ...common]
  }

  /**
   * The right side after a silent step of its own, none first: slots with the letters left. Only steps that use up a letter: the search settles after
   * such a step before it goes on, and what could be come back to so might be put off for ever.
   */
  #afterSilence({ right, pending }: Position): ReadonlyArray<readonly [slot: number, pending: Letters]> {
    // A letter of another link may be cut off where the one it answers is not.
    const letters = this.#of.hasCuts || this.#of.kind === 'asynchronous' ? [] : this.#foremost(pending)
    return [
      [right, pending],
      ...letters.flatMap((letter): ReadonlyArray<readonly [number, Letters]> => {
        const act = this.#of.steps.act(right, letter)
        if (act === null || !this.#of.isSilent(right, letter, act)) return []
        return [[act.after, this.#without(pending, letter)]]
      })
    ]
  }

  #toCrash(pair: Pair, act: Act, forGood: boolean): ReadonlyArray<Answer> {
    return this.#afterSilence(pair).flatMap(([slot, pending]) => {
      const answer = this.#of.steps.crash(slot, forGood)
      return answer === null || answer.seen !== act.seen
        ? []
        : [[{ left: act.after, ahead: pair.ahead, right: answer.after, pending }]]
    })
  }

  /**
   * The right side has a letter more in flight than it needed so far. Kept in mind, or out of it where one letter more does no harm;
   * that first where it has the like already, or there would be no end.
   */
  #withOneMore(position: Position, letter: number): ReadonlyArray<Answer> {
    const { right, pending } = position
    const more = this.#with(pending, letter)
    const kept: Answer = [{ ...position, pending: more }]
    if (this.#of.kind === 'asynchronous') return [kept]
    const left: Answer = [position, { left: right, ahead: pending, right, pending: more }]
    return pending.includes(letter) ? [left, kept] : [kept, left]
  }

  /**
   * What may be answered to a step of the left side, best first: the same step; a letter known to be in flight on the right that has the
   * same effect; nothing, where nothing was seen; each of the first two after a silent step.
   */
  #answers(pair: Pair, act: Act, stimulus: number, ahead: Letters, isCommon: boolean): ReadonlyArray<Answer> {
    if (act.after < 0) return []
    const isLetter = this.#isLetter(stimulus)
    const isSame = (answer: Act | null): answer is Act => answer !== null && answer.seen === act.seen
    const direct = ([slot, pending]: readonly [number, Letters]): ReadonlyArray<Answer> => {
      const found: Answer[] = []
      const add = (right: number, rest: Letters) => found.push([{ left: act.after, ahead, right, pending: rest }])
      const same = this.#of.steps.act(slot, stimulus)
      if (isSame(same)) {
        if (!isLetter) add(same.after, pending)
        else if (this.#of.kind === 'asynchronous') add(same.after, isCommon ? this.#with(pending, stimulus) : pending)
        else if (isCommon && this.#isFree(pending, stimulus)) add(same.after, pending)
      }
      if (isLetter && this.#of.kind !== 'asynchronous')
        for (const other of this.#foremost(pending)) {
          const answer = this.#of.steps.act(slot, other)
          if (!isSame(answer)) continue
          if (this.#of.hasCuts && this.#of.alphabet.senders[other] !== this.#of.alphabet.senders[stimulus]) continue
          const rest = this.#without(pending, other)
          if (!isCommon) add(answer.after, rest)
          else
            found.push(...this.#withOneMore({ left: act.after, ahead, right: answer.after, pending: rest }, stimulus))
        }
      return found
    }
    const [at, ...later] = this.#afterSilence(pair)
    const staying: Position = { left: act.after, ahead, right: pair.right, pending: pair.pending }
    const stays = !this.#of.isSilent(pair.left, stimulus, act)
      ? []
      : isCommon
        ? this.#withOneMore(staying, stimulus)
        : [[staying]]
    return [...direct(at!), ...stays, ...later.flatMap(direct)]
  }
}

const byNumber = (a: number, b: number): number => a - b

const isLostPair = (pair: Pair | typeof isAnswered): boolean => pair !== isAnswered && pair.lost

/** Whether all letters of the first list are in the second, as often. */
const isPart = (some: Letters, all: Letters): boolean =>
  some.every(
    (letter) => some.filter((other) => other === letter).length <= all.filter((other) => other === letter).length
  )
