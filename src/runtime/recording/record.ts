/** Takes a node's steps down as text, in pieces as large as the sink likes them. */
import type { Clock } from '../ports.ts'
import { checkOf } from './check.ts'
import type { RecordedStep, Recorder, Subject } from './recorder.ts'

const { stringify } = JSON

/** Where a recording goes. */
export interface Sink {
  /** Takes whole lines. */
  readonly write: (text: string) => void
  /** Whether the next piece should go to a new file; then {@link Sink.next} is called, and it begins with a head. */
  readonly isFull: () => boolean
  readonly next: () => void
  readonly end: () => Promise<void>
}

export interface RecordOptions {
  readonly clock: Clock
  /** When the clock stood at zero, in milliseconds since 1970: what puts the recordings of a cluster in one time. */
  readonly origin: number
  /**
   * How many characters may wait for the sink. 0 hands over what was recorded before it becomes visible: nothing is
   * missing from the recording of a node that was killed.
   */
  readonly buffer?: number
  /** The effects of every so many steps are checked on replay, of the others the rule alone. */
  readonly checkEvery?: number
  /** Told once, should the sink fail: the recording ends there, and the node goes on. */
  readonly onLost?: (error: unknown) => void
}

/** Records into a sink. */
export const recordTo = (
  sink: Sink,
  { clock, origin, buffer = 65_536, checkEvery = 16, onLost = () => undefined }: RecordOptions
): Recorder => {
  let text = ''
  let isTurn = true
  let steps = 0
  let part = 0
  let last: unknown = null
  let subject: Subject | null = null
  let began = 0
  let isLost = false

  const now = () => Math.round((clock.now() - began) * 1000) / 1000

  const head = () => {
    text += `${stringify({ quorateRecording: 1, ...subject, part, whole: buffer === 0, began: origin + began })}\n`
  }

  /** Does nothing once the sink has failed. */
  const guarded = (run: () => void) => {
    if (isLost) return
    try {
      run()
    } catch (error) {
      isLost = true
      onLost(error)
    }
  }

  const handOver = () => {
    const piece = text
    text = ''
    if (piece === '') return
    sink.write(piece)
    if (!sink.isFull()) return
    sink.next()
    part += 1
    head()
    text += `{"is":"state","state":${stringify(last)}}\n`
  }

  return {
    begin: (of) => {
      subject = of
      began = clock.now()
      head()
    },
    step: ({ event, rule, state, effects }: RecordedStep) => {
      const check = steps % checkEvery === 0 ? checkOf(effects) : null
      steps += 1
      last = state
      text += `{"is":"step","at":${now()},"turn":${isTurn},"event":${stringify(event)},"rule":"${rule}","check":${check}}\n`
      isTurn = false
    },
    turn: () => {
      isTurn = true
      if (text.length > buffer) guarded(handOver)
      if (isLost) text = ''
    },
    answered: (id, response) => {
      text += `${stringify({ is: 'answer', at: now(), id, response })}\n`
    },
    end: (orderly) => {
      text += `${stringify({ is: 'end', at: now(), orderly, steps, check: checkOf(last) })}\n`
      guarded(() => sink.write(text))
      text = ''
      return sink.end()
    }
  }
}

/** A sink in memory, and what it holds: the text of each file. */
export const memorySink = (mostCharacters = Infinity): Sink & { readonly files: () => ReadonlyArray<string> } => {
  const files = ['']
  return {
    files: () => files,
    write: (text) => void files.push(`${files.pop() ?? ''}${text}`),
    isFull: () => (files.at(-1) ?? '').length > mostCharacters,
    next: () => void files.push(''),
    end: () => Promise.resolve()
  }
}
