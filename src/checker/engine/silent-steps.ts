/**
 * Silent steps: a delivery or a timeout that nobody can see, and after which the node can still do whatever it could have done
 * before, is made at once. DESIGN.md of this folder has the argument why no verdict changes.
 *
 * What the node can do is found as a game on its slots: whatever happens on the left, without the step, must have an answer on the
 * right, with it. The tables are those of the slots, stimuli and classes known when they were made; a search that meets
 * something new is run again with better ones.
 */
import type { Network } from '../../model/model.ts'
import type { ValidModel } from '../../model/valid.ts'
import type { Alphabet } from './alphabet.ts'
import { addOutside, LocalSteps, type Act, type ViolatedBy } from './local-steps.ts'
import type { Letters } from './inboxes.ts'

/** What the model's predicates can tell apart. */
export interface Classes {
  /** A number that slots of a node share if no predicate has read anything that differs. */
  readonly classOf: (node: number, slot: number) => number
  /** Whether the model's bound lets a node in this slot go on. */
  readonly isInside: (node: number, slot: number) => boolean
  /** Goes up when something is read for the first time. */
  readonly version: number
}

type Keeps = ((node: number, slot: number, letter: number) => boolean) | null

/** More letters than these are not kept in mind on one side of a pair. */
const mostPending = 1

/** Beyond this many pairs the analysis of a node is given up, and no step of it counts as silent. */
const mostPairs = 50_000

/**
 * A position of the game: a slot and letters known to be in flight to it, on either side. Other letters may be in flight too, the same on both
 * sides. On the asynchronous network, where letters stay, the left side's are the same as the right's and are not written.
 */
interface Position {
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

class NodeSteps {
  readonly #steps: LocalSteps
  readonly #alphabet: Alphabet
  readonly #classes: Classes
  readonly #keeps: Keeps
  readonly #kind: Network['kind']
  readonly #hasCuts: boolean
  readonly #mayStop: boolean
  readonly #valid: ValidModel
  /** By slot: its class, with the bound. */
  #looks: Int32Array = new Int32Array(0)
  /** By slot: the stimuli it may be ready for, that are no letters. */
  #own: (ReadonlyArray<number> | undefined)[] = []
  #letters: ReadonlyArray<number> = []
  #pairs = new Map<string, Pair>()
  #waiting: Pair[] = []
  /** By slot: the stimuli that are taken at once. */
  #silent: Set<number>[] = []
  #slots = 0
  #stimuli = 0

  constructor(valid: ValidModel, alphabet: Alphabet, classes: Classes, keeps: Keeps, violatedBy: ViolatedBy) {
    this.#valid = valid
    this.#steps = new LocalSteps(valid, alphabet, violatedBy)
    this.#alphabet = alphabet
    this.#classes = classes
    this.#keeps = keeps
    this.#kind = valid.model.network.kind
    this.#hasCuts = valid.cuts.length > 0
    this.#mayStop = valid.model.mayStop === true
  }

  get isOutOfDate(): boolean {
    return this.#slots < this.#alphabet.slots.size || this.#stimuli < this.#alphabet.stimuli.size
  }

  extend(): void {
    const { slots, stimuli, node, senders } = this.#alphabet
    addOutside(this.#valid, this.#alphabet)
    this.#slots = slots.size
    this.#stimuli = stimuli.size
    this.#steps.forgetUnknown()
    const all = Array.from({ length: this.#slots }, (_, slot) => slot)
    this.#looks = Int32Array.from(all, (slot) =>
      this.#classes.isInside(node, slot)
        ? 1 + this.#classes.classOf(node, slot)
        : -1 - this.#classes.classOf(node, slot)
    )
    this.#own = []
    const known = Array.from({ length: this.#stimuli }, (_, stimulus) => stimulus)
    this.#letters = known.filter((stimulus) => senders[stimulus]! >= 0)
    this.#pairs = new Map()
    const seeds = all.map((slot) => this.#seeds(slot))
    this.#solve()
    const hasGivenUp = this.#pairs.size > mostPairs
    this.#silent = seeds.map(
      (found) =>
        new Set(
          found.flatMap(({ stimulus, pair }) => (hasGivenUp || pair === isLost || isLostPair(pair) ? [] : [stimulus]))
        )
    )
    this.#pairs = new Map()
  }

  /** The stimulus that is taken at once in a slot, of these letters and the slot's timers; -1 for none. */
  next(slot: number, letters: Letters): number {
    const silent = slot < this.#slots ? this.#silent[slot]! : null
    if (silent === null || silent.size === 0) return -1
    const letter = letters.find((each) => silent.has(each))
    if (letter !== undefined) return letter
    for (const stimulus of silent) if (this.#alphabet.senders[stimulus]! < 0) return stimulus
    return -1
  }

  #seeds(
    slot: number
  ): ReadonlyArray<{ readonly stimulus: number; readonly pair: Pair | typeof isAnswered | typeof isLost }> {
    if (this.#looks[slot]! < 0) return []
    const isKept = this.#kind === 'asynchronous'
    return [...(this.#hasCuts ? [] : this.#letters), ...this.#ownOf(slot)].flatMap((stimulus) => {
      const act = this.#steps.act(slot, stimulus)
      const isLetter = this.#isLetter(stimulus)
      if (act === null || !this.#isSilent(slot, stimulus, act)) return []
      if (act.after === slot && (isKept || !isLetter)) return []
      if (!this.#mayStop && (isKept || !isLetter) && this.#leadsTo(act.after, slot)) return []
      const [ahead, pending] = !isLetter ? [[], []] : isKept ? [[], [stimulus]] : [[stimulus], []]
      return [{ stimulus, pair: this.#ask({ left: slot, ahead, right: act.after, pending }) }]
    })
  }

  /**
   * Whether a node can come back to a slot without being seen to have changed. What goes round for ever is no end, and must not look like
   * one because all of the round counts as one slot.
   */
  #leadsTo(from: number, to: number): boolean {
    const met = new Set([from])
    for (const slot of met)
      for (let stimulus = 0; stimulus < this.#stimuli; stimulus++) {
        const after = this.#steps.act(slot, stimulus)?.after ?? -1
        if (after === to) return true
        if (after >= 0 && this.#looks[after] === this.#looks[to]) met.add(after)
      }
    return false
  }

  #isLetter(stimulus: number): boolean {
    return this.#alphabet.senders[stimulus]! >= 0
  }

  /** Timers, requests, snapshots and restarts that a slot is ready for. */
  #ownOf(slot: number): ReadonlyArray<number> {
    return (this.#own[slot] ??= Array.from({ length: this.#stimuli }, (_, stimulus) => stimulus).filter(
      (stimulus) => !this.#isLetter(stimulus) && this.#steps.act(slot, stimulus) !== null
    ))
  }

  /** Whether nobody sees a step, now; and it takes nothing from the ledger. */
  #isSilent(slot: number, stimulus: number, { after, seen }: Act): boolean {
    if (seen !== 0 || after < 0 || this.#looks[after] !== this.#looks[slot]) return false
    const { type } = this.#alphabet.stimuli.at(stimulus)
    return type === 'deliver' || type === 'timeout' || type === 'snapshot'
  }

  /** Whether a node in this slot, with these letters in flight to it, may be at its end: nothing it does on its own changes it. */
  #isQuiet(slot: number, letters: Letters): boolean {
    if (letters.length > 0 && this.#kind !== 'asynchronous' && this.#alphabet.slots.at(slot).up) return false
    return this.#ownOf(slot).every(
      (stimulus) => this.#isRequest(stimulus) || this.#steps.act(slot, stimulus)!.after === slot
    )
  }

  #isRequest(stimulus: number): boolean {
    return this.#alphabet.stimuli.at(stimulus).type === 'request'
  }

  /** Whether the right side is at its end wherever the left side is. What sends where it stays may have sent all before. */
  #endsAlike({ left, ahead, right, pending }: Position): boolean {
    if (!this.#isQuiet(left, ahead)) return true
    if (!this.#isQuiet(right, pending)) return false
    const others = [...this.#ownOf(right), ...(this.#kind === 'asynchronous' ? this.#letters : [])]
    return others.every((stimulus) => {
      const act = this.#steps.act(right, stimulus)
      if (act === null || this.#isRequest(stimulus)) return true
      const before = this.#steps.act(left, stimulus)
      if (before !== null && before.after !== left) return true
      return act.after === right && (act.seen === 0 || act.seen === before?.seen)
    })
  }

  #alive(slot: number, letters: Letters): Letters {
    const keeps = this.#keeps
    return keeps === null || letters.length === 0
      ? letters
      : letters.filter((letter) => keeps(this.#alphabet.node, slot, letter))
  }

  /** The pair of a position, or what is known of it without looking further. */
  #ask(position: Position): Pair | typeof isAnswered | typeof isLost {
    const { left, right } = position
    if (left < 0 || right < 0 || this.#looks[left] !== this.#looks[right]) return isLost
    if (this.#looks[left]! < 0) return isAnswered
    const ahead = this.#alive(left, position.ahead)
    const pending = this.#alive(right, position.pending)
    if (left === right) {
      if (this.#kind === 'asynchronous' || ahead.join() === pending.join()) return isAnswered
      if (this.#mayStop && this.#kind === 'unordered' && isPart(ahead, pending)) return isAnswered
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
      const endsAlike = this.#mayStop || this.#endsAlike(pair)
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
    const { senders } = this.#alphabet
    return letters.filter((letter, index) =>
      this.#kind === 'fifo'
        ? !letters.slice(0, index).some((other) => senders[other] === senders[letter])
        : letters.indexOf(letter) === index
    )
  }

  /** Whether a letter of neither side can be delivered: on fifo it stands behind those of its sender. */
  #isFree(letters: Letters, letter: number): boolean {
    const { senders } = this.#alphabet
    return this.#kind !== 'fifo' || !letters.some((other) => senders[other] === senders[letter])
  }

  #with(letters: Letters, letter: number): Letters {
    if (this.#kind === 'asynchronous')
      return letters.includes(letter) || letters.length === mostPending
        ? letters
        : [...letters, letter].toSorted(byNumber)
    return this.#kind === 'fifo' ? [...letters, letter] : [...letters, letter].toSorted(byNumber)
  }

  #without(letters: Letters, letter: number): Letters {
    return this.#kind === 'asynchronous' ? letters : letters.toSpliced(letters.indexOf(letter), 1)
  }

  #dutiesOf(pair: Pair): ReadonlyArray<Duty> {
    const { left, ahead } = pair
    const duty = (answers: ReadonlyArray<Answer>): Duty => ({ answers, at: 0 })
    const crashes = this.#steps.kinds.flatMap((forGood) => {
      const act = this.#steps.crash(left, forGood)
      return act === null ? [] : [duty(this.#toCrash(pair, act, forGood))]
    })
    const own = this.#ownOf(left).map((stimulus) => {
      const act = this.#steps.act(left, stimulus)!
      return duty(this.#answers(pair, act, stimulus, ahead, false))
    })
    const common = this.#letters.flatMap((letter) => {
      const act = this.#steps.act(left, letter)
      return act === null || !this.#isFree(ahead, letter) ? [] : [duty(this.#answers(pair, act, letter, ahead, true))]
    })
    const first = this.#foremost(ahead).flatMap((letter) => {
      const act = this.#steps.act(left, letter)
      return act === null ? [] : [duty(this.#answers(pair, act, letter, this.#without(ahead, letter), false))]
    })
    return [...crashes, ...first, ...own, ...common]
  }

  /**
   * The right side after a silent step of its own, none first: slots with the letters left. Only steps that use up a letter: the search settles after
   * such a step before it goes on, and what could be come back to so might be put off for ever.
   */
  #afterSilence({ right, pending }: Position): ReadonlyArray<readonly [slot: number, pending: Letters]> {
    // A letter of another link may be cut off where the one it answers is not.
    const letters = this.#hasCuts || this.#kind === 'asynchronous' ? [] : this.#foremost(pending)
    return [
      [right, pending],
      ...letters.flatMap((letter): ReadonlyArray<readonly [number, Letters]> => {
        const act = this.#steps.act(right, letter)
        if (act === null || !this.#isSilent(right, letter, act)) return []
        return [[act.after, this.#without(pending, letter)]]
      })
    ]
  }

  #toCrash(pair: Pair, act: Act, forGood: boolean): ReadonlyArray<Answer> {
    return this.#afterSilence(pair).flatMap(([slot, pending]) => {
      const answer = this.#steps.crash(slot, forGood)
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
    if (this.#kind === 'asynchronous') return [kept]
    const left: Answer = [position, { left: right, ahead: pending, right, pending: more }]
    return pending.includes(letter) ? [left, kept] : [kept, left]
  }

  /**
   * What may be answered to a step of the left side, best first: the same step; another letter that has the same effect; nothing,
   * where nothing was seen; each of the first two after a silent step.
   */
  #answers(pair: Pair, act: Act, stimulus: number, ahead: Letters, isCommon: boolean): ReadonlyArray<Answer> {
    if (act.after < 0) return []
    const isLetter = this.#isLetter(stimulus)
    const isSame = (answer: Act | null): answer is Act => answer !== null && answer.seen === act.seen
    const direct = ([slot, pending]: readonly [number, Letters]): ReadonlyArray<Answer> => {
      const found: Answer[] = []
      const add = (right: number, rest: Letters) => found.push([{ left: act.after, ahead, right, pending: rest }])
      const same = this.#steps.act(slot, stimulus)
      if (isSame(same)) {
        if (!isLetter) add(same.after, pending)
        else if (this.#kind === 'asynchronous') add(same.after, isCommon ? this.#with(pending, stimulus) : pending)
        else if (isCommon && this.#isFree(pending, stimulus)) add(same.after, pending)
        else if (!isCommon && this.#foremost(pending).includes(stimulus))
          add(same.after, this.#without(pending, stimulus))
      }
      if (isLetter && this.#kind !== 'asynchronous')
        for (const other of this.#foremost(pending)) {
          const answer = this.#steps.act(slot, other)
          if (!isSame(answer) || (other === stimulus && !isCommon)) continue
          if (this.#hasCuts && this.#alphabet.senders[other] !== this.#alphabet.senders[stimulus]) continue
          const rest = this.#without(pending, other)
          if (!isCommon) add(answer.after, rest)
          else
            found.push(...this.#withOneMore({ left: act.after, ahead, right: answer.after, pending: rest }, stimulus))
        }
      return found
    }
    const [at, ...later] = this.#afterSilence(pair)
    const staying: Position = { left: act.after, ahead, right: pair.right, pending: pair.pending }
    const stays = !this.#isSilent(pair.left, stimulus, act)
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

export class SilentSteps {
  readonly #nodes: ReadonlyArray<NodeSteps>
  readonly #classes: Classes
  #version = -1

  constructor(
    valid: ValidModel,
    alphabets: ReadonlyArray<Alphabet>,
    classes: Classes,
    keeps: Keeps,
    violatedBy: ViolatedBy
  ) {
    this.#classes = classes
    this.#nodes = alphabets.map((alphabet) => new NodeSteps(valid, alphabet, classes, keeps, violatedBy))
  }

  /** Whether something was met, or read, that the tables do not know. */
  get isOutOfDate(): boolean {
    return this.#version !== this.#classes.version || this.#nodes.some((node) => node.isOutOfDate)
  }

  /** Brings the tables up to date with everything met and read. */
  extend(): void {
    this.#nodes.forEach((node) => node.extend())
    this.#version = this.#classes.version
  }

  /** The stimulus that a node takes at once, of the letters that may be delivered next and its timers; -1 for none. */
  readonly next = (node: number, slot: number, letters: Letters): number => this.#nodes[node]!.next(slot, letters)
}
