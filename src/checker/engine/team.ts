/**
 * Threads that run the same search in step. Each runs the same code on the same model and takes its share of every level; where they
 * must know the same, they gather, and each goes on from what all have said. A team begins with one thread, which asks others to come when that is
 * worth it; they are let in between two levels.
 */
import { Agreement, agreementHeader } from './agreement.ts'

const { add, compareExchange, load, notify, store, wait } = Atomics

/** What threads share. All of it is zero at the start. */
export interface SharedMemory {
  readonly control: SharedArrayBuffer
  /** What they say to each other when they gather: a part for each. */
  readonly mail: SharedArrayBuffer
  /** The log of the agreement. */
  readonly log: SharedArrayBuffer
  /** The visited set. Memory that is never touched is not taken. */
  readonly keys: SharedArrayBuffer
  readonly table: SharedArrayBuffer
}

export const mostThreads = 64

/** The cells of `control` that are used here; those of one thread each come after. */
const arrivedCell = agreementHeader
const phaseCell = arrivedCell + 1
const pauseCell = phaseCell + 1
/** How many have come, without the first. */
const comersCell = pauseCell + 1
/** How many have been let in, all in; {@link over} at the end. */
const presentCell = comersCell + 1
/** Two cursors in turn: the one is set back while the other is in use. */
const cursorCells = presentCell + 1
export const sizeCell = cursorCells + 2
const tallyCells = sizeCell + 1
/** Of each thread, how many states it has added lately. */
export const addedCells = tallyCells + 2 * mostThreads
const cells = addedCells + mostThreads

const over = -1

const mailBytes = 2 ** 16

/** States that it is worth to hand to one thread together. */
const leastShare = 16

/**
 * @param threads how many there may be
 * @param stateBytes for the keys of states; their table comes to half of that
 * @param logBytes for the values that threads number alike
 */
export const sharedMemory = (threads: number, stateBytes: number, logBytes = 2 ** 30): SharedMemory => {
  const tableWords = 2 ** Math.floor(Math.log2(stateBytes / 8))
  return {
    control: new SharedArrayBuffer(4 * cells),
    mail: new SharedArrayBuffer(threads * mailBytes),
    log: new SharedArrayBuffer(logBytes),
    keys: new SharedArrayBuffer(stateBytes - (stateBytes % 8)),
    table: new SharedArrayBuffer(4 * tableWords)
  }
}

/** The same memory for another search, when nobody uses it any more; keys and table are taken as they are. */
export const renewed = (memory: SharedMemory): SharedMemory => ({
  ...memory,
  control: new SharedArrayBuffer(memory.control.byteLength)
})

/** Thrown in every thread when one of them could not go on; `said` is what it had to say. */
export class TeamStopped extends Error {
  readonly said: unknown
  constructor(said: unknown) {
    super('another thread could not go on')
    this.said = said
  }
}

/** Thrown where a thread came too late: the search is over. */
export class TooLate extends Error {}

/** How the first thread gets others to come. */
export interface Help {
  /** Whether it is worth it, by the levels so far, see {@link Search.levels}, and how many may still come. Asked once a level. */
  readonly isWorthIt: (levels: ReadonlyArray<number>, mostLevels: number) => boolean
  /** What is shared with those who come. Called once. */
  readonly memory: () => SharedMemory
  /** Asks for threads that search the same model, each with a {@link Team.joining} of this memory. Called once. */
  readonly ask: (memory: SharedMemory) => void
}

export class Team {
  /** Which of the threads this is. Number 0 reports. */
  rank = 0
  size = 1
  readonly agreement = new Agreement()
  control: Int32Array = new Int32Array(cells)
  #memory: SharedMemory | null = null
  #mail: Buffer = Buffer.alloc(0)
  #help: Help | null
  #cursor = 0
  /** How many states this thread has taken since it was let in. */
  #taken = Infinity

  /** The first thread, alone. */
  constructor(help: Help | null = null) {
    this.#help = help
  }

  /** One that comes later. It must {@link enter}. */
  static joining(memory: SharedMemory): Team {
    const team = new Team()
    team.#share(memory)
    team.rank = mostThreads
    team.#taken = 0
    return team
  }

  #share(memory: SharedMemory): void {
    this.#memory = memory
    this.control = new Int32Array(memory.control)
    this.#mail = Buffer.from(memory.mail)
    this.agreement.share(this.control.subarray(0, agreementHeader), new Int32Array(memory.log))
  }

  get memory(): SharedMemory {
    if (this.#memory === null) throw new Error('a thread that is alone shares nothing')
    return this.#memory
  }

  /** Whether this thread has not been let in yet. */
  get isOutside(): boolean {
    return this.rank >= this.size
  }

  /** The first thread asks for others where that is worth it. */
  askIfWorthIt(levels: ReadonlyArray<number>, mostLevels: number): void {
    const help = this.#help
    if (help?.isWorthIt(levels, mostLevels) !== true) return
    this.#help = null
    this.#share(help.memory())
    if (this.agreement.tellAll()) help.ask(this.memory)
  }

  /** This thread asks nobody. */
  stayAlone(): void {
    this.#help = null
  }

  /** How many there would be with all who have come. */
  get withComers(): number {
    return 1 + load(this.control, comersCell)
  }

  /**
   * Lets those in who have come: all threads together, and those who {@link enter}, who are told how things stand.
   *
   * @param size as {@link withComers} was for the first thread
   */
  letIn(size: number, told: unknown): void {
    this.size = size
    this.#cursor = 0
    if (this.rank === 0) {
      store(this.control, cursorCells, 0)
      store(this.control, cursorCells + 1, 0)
      store(this.control, presentCell, size)
      notify(this.control, presentCell)
    }
    this.gather(told)
  }

  /**
   * Waits to be let in.
   *
   * @returns what those say who are there
   * @throws TooLate where the search ends first
   */
  enter(): unknown {
    this.rank = 1 + add(this.control, comersCell, 1)
    let present = load(this.control, presentCell)
    for (; present !== over && present <= this.rank; present = load(this.control, presentCell))
      wait(this.control, presentCell, present)
    if (present === over) throw new TooLate('the search is over')
    this.size = present
    return this.gather<unknown>(null)[0]
  }

  /** The search is over: nobody is let in any more. */
  end(): void {
    if (this.rank > 0) return
    store(this.control, presentCell, over)
    notify(this.control, presentCell)
  }

  /** Waits until all threads are here. */
  #meet(): void {
    const phase = load(this.control, phaseCell)
    if (add(this.control, arrivedCell, 1) === this.size - 1) {
      store(this.control, arrivedCell, 0)
      add(this.control, phaseCell, 1)
      notify(this.control, phaseCell)
    } else while (load(this.control, phaseCell) === phase) wait(this.control, phaseCell, phase)
  }

  /** What each thread says, by rank, once all have said it. Plain data. */
  gather<Said>(said: Said): ReadonlyArray<Said> {
    if (this.size === 1) return [said]
    const heard = this.#exchange({ said }).map((text) => JSON.parse(text) as { said: Said } | { stopped: unknown })
    const stopped = heard.find((one) => 'stopped' in one)
    if (stopped !== undefined) throw new TeamStopped(stopped.stopped)
    return heard.map((one) => (one as { said: Said }).said)
  }

  /** Says, in place of what the others wait for, that this thread cannot go on. They all stop. */
  stop(said: unknown): void {
    if (this.size === 1) return
    this.pause()
    this.#exchange({ stopped: said })
  }

  /** Texts of any length, in parts. */
  #exchange(mine: unknown): ReadonlyArray<string> {
    const part = mailBytes - 8
    const bytes = Buffer.from(JSON.stringify(mine))
    const heard: Buffer[][] = Array.from({ length: this.size }, () => [])
    for (let at = 0, isOver = false; !isOver; at += part) {
      const own = this.rank * mailBytes
      const count = Math.max(0, Math.min(part, bytes.length - at))
      this.#mail.writeInt32LE(count, own)
      this.#mail.writeInt32LE(bytes.length > at + part ? 1 : 0, own + 4)
      bytes.copy(this.#mail, own + 8, at, at + count)
      this.#meet()
      isOver = true
      for (let rank = 0; rank < this.size; rank++) {
        const from = rank * mailBytes
        const length = this.#mail.readInt32LE(from)
        heard[rank]!.push(Buffer.from(this.#mail.subarray(from + 8, from + 8 + length)))
        if (this.#mail.readInt32LE(from + 4) === 1) isOver = false
      }
      this.#meet()
    }
    return heard.map((parts) => Buffer.concat(parts).toString())
  }

  /** Everyone knows what anyone knows. */
  settle(): void {
    this.gather(null)
    this.agreement.catchUp()
    this.gather(null)
  }

  /** Asks all threads to leave their work and gather. */
  pause(): void {
    store(this.control, pauseCell, 1)
  }

  get isPaused(): boolean {
    return load(this.control, pauseCell) === 1
  }

  /** Back to work. */
  resume(): void {
    if (this.rank === 0) store(this.control, pauseCell, 0)
    this.gather(null)
  }

  /**
   * The parts of a range that fall to this thread. Whoever is free takes a large part of what is left, since neighbours lead to the same states and a
   * thread knows those it met lately; parts get smaller towards the end, so that all threads end together. One that came lately is slow, since its code
   * is still to be compiled: it takes little more at a time than it has practice. Every thread must go through it.
   *
   * @param longest what is handed out at once
   */
  *share(first: number, end: number, longest: number): Generator<readonly [first: number, end: number]> {
    this.#cursor = 1 - this.#cursor
    const cell = cursorCells + this.#cursor
    if (this.rank === 0) store(this.control, cursorCells + 1 - this.#cursor, 0)
    const count = end - first
    for (let taken = load(this.control, cell); taken < count; taken = load(this.control, cell)) {
      const fair = Math.min(Math.ceil((count - taken) / (2 * this.size)), this.#taken / 8)
      const length = Math.min(count - taken, Math.max(leastShare, Math.ceil(fair)))
      if (compareExchange(this.control, cell, taken, taken + length) !== taken) continue
      this.#taken += length
      for (let from = first + taken; from < first + taken + length; from += longest)
        yield [from, Math.min(first + taken + length, from + longest)]
    }
  }

  /** Tells of this thread's count, for what shows progress. */
  tally(count: number): void {
    store(this.control, tallyCells + 2 * this.rank, count | 0)
    store(this.control, tallyCells + 2 * this.rank + 1, Math.floor(count / 2 ** 32))
  }

  /** The counts of all threads. */
  get tallied(): number {
    let sum = 0
    for (let rank = 0; rank < this.size; rank++)
      sum += (load(this.control, tallyCells + 2 * rank) >>> 0) + load(this.control, tallyCells + 2 * rank + 1) * 2 ** 32
    return sum
  }
}
