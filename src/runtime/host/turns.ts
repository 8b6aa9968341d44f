/**
 * The loop of a node: everything that waits is stepped in one turn, what that changed is made durable in one commit, and
 * only then its effects are released. While a commit is under way events gather for the next turn: the slower the disk,
 * the larger the batches.
 */
import { match } from 'ts-pattern'
import type { AnySignature, Effect, Protocol, RequestId, Step } from '../../../spec/kernel/index.ts'
import { problem, Refusal, type Problem } from '../../model/problem.ts'
import type { RecordedEvent } from '../recording/recorder.ts'
import { changesBetween } from './changes.ts'
import type { Expiry } from './timers.ts'
import { placeOf, type HostOptions, type Limits } from './options.ts'

type P = AnySignature

/** What waits to be stepped. */
export type Waiting =
  | { readonly type: 'start' }
  | { readonly type: 'recover'; readonly durable: unknown; readonly encoded: unknown }
  | { readonly type: 'deliver'; readonly from: string; readonly message: unknown }
  | { readonly type: 'request'; readonly id: RequestId; readonly request: unknown }
  | { readonly type: 'snapshot'; readonly index: number; readonly content: unknown; readonly asking: number }
  | { readonly type: 'expiry'; readonly expiry: Expiry }

/** Of an event that a reducer threw at: enough to know it by, in characters. */
const longestShown = 300

/** An event as a recording has it: as it came over the wire. */
const encodedEvent = ({ codecs }: Protocol<P>, waiting: Waiting): RecordedEvent =>
  match(waiting)
    .returnType<RecordedEvent>()
    .with({ type: 'deliver' }, ({ type, from, message }) => ({ type, from, message: codecs.message.encode(message) }))
    .with({ type: 'request' }, ({ type, id, request }) => ({ type, id, request: codecs.request?.encode(request) }))
    .with({ type: 'snapshot' }, ({ type, index, content }) => ({
      type,
      index,
      content: codecs.content?.encode(content)
    }))
    .with({ type: 'expiry' }, ({ expiry: { timer } }) => ({ type: 'timeout', timer }))
    .with({ type: 'recover' }, ({ type, encoded }) => ({ type, durable: encoded }))
    .with({ type: 'start' }, (start) => start)
    .exhaustive()

/** What the loop asks of the rest of the host. */
export interface Surroundings {
  /** Whether this still counts: a timer may have been stopped, a client may have gone. */
  readonly counts: (waiting: Waiting) => boolean
  readonly gather: (effects: ReadonlyArray<Effect<P>>) => void
  readonly release: () => void
  /** The node cannot go on. Nothing of the turn at hand has been released. */
  readonly fail: (found: Problem) => void
  /** A turn is over. */
  readonly settled: () => void
}

export interface Turns {
  readonly add: (waiting: Waiting) => void
  readonly waiting: () => number
  /** Whether nothing waits and no commit is under way. */
  readonly isIdle: () => boolean
  /** As of the last step; undefined before the first. */
  readonly state: () => any
  /** Ends the loop: nothing is stepped or released any more. Resolves when no commit is under way. */
  readonly end: () => Promise<void>
}

/** An error on its way to a problem: one that is a problem already stays it. */
export const problemOf = (
  error: unknown,
  code: Problem['code'],
  what: string,
  where: ReadonlyArray<string>
): Problem => {
  if (error instanceof Refusal) return error.problem
  if (typeof error === 'object' && error !== null && 'code' in error && 'what' in error && 'where' in error)
    return error as Problem
  return problem(code, `${what}: ${error instanceof Error ? error.message : String(error)}`, where)
}

type Parts = Pick<Required<HostOptions<P>>, 'protocol' | 'self' | 'storage' | 'clock' | 'metrics'> &
  Pick<HostOptions<P>, 'recorder'>

/** @param before what the disk keeps; null for nothing */
export const turnsWith = (
  { protocol, self, storage, clock, metrics, recorder }: Parts,
  { turn: most }: Limits,
  around: Surroundings
): Turns => {
  const place = placeOf(protocol, self.id)
  let queue: Waiting[] = []
  let state: P['state']
  /** What the disk keeps. */
  let kept: { readonly durable: P['durable'] } | null = null
  let isScheduled = false
  let isEnded = false
  let commit: Promise<void> | null = null

  const stepOf = (waiting: Waiting): Step<P> => {
    if (waiting.type === 'deliver' || waiting.type === 'request') return protocol.step(self, state, waiting)
    if (waiting.type === 'expiry') return protocol.step(self, state, { type: 'timeout', timer: waiting.expiry.timer })
    if (waiting.type === 'snapshot') {
      const { index, content } = waiting
      return protocol.step(self, state, { type: 'snapshot', index, content })
    }
    if (waiting.type === 'start') return protocol.initial(self)
    kept = { durable: waiting.durable }
    return protocol.recover(self, waiting.durable)
  }

  const take = (waiting: Waiting): void => {
    if (!around.counts(waiting)) return
    const step = stepOf(waiting)
    state = step.state
    around.gather(step.effects)
    metrics.count('quorate_steps_total', 1, { rule: step.rule })
    recorder?.step({ event: encodedEvent(protocol, waiting), rule: step.rule, state, effects: step.effects })
  }

  /** @returns whether all went well */
  const stepAll = (batch: ReadonlyArray<Waiting>): boolean => {
    let current: Waiting | undefined
    try {
      for (const waiting of batch) {
        current = waiting
        take(waiting)
      }
      return true
    } catch (error) {
      const event = (JSON.stringify(current) ?? '?').slice(0, longestShown)
      around.fail(problemOf(error, 'Q201', 'a reducer threw', [...place, `event ${event}`]))
      return false
    }
  }

  const release = (): void => {
    try {
      around.release()
    } catch (error) {
      around.fail(problemOf(error, 'Q704', 'the application threw', place))
    }
    wake()
    around.settled()
  }

  const commitThenRelease = (durable: P['durable'], changes: Parameters<typeof storage.commit>[0]): void => {
    const begun = clock.now()
    const durably = async () => {
      try {
        await storage.commit(changes)
      } catch (error) {
        commit = null
        if (!isEnded) around.fail(problemOf(error, 'Q702', 'a commit failed', place))
        return
      }
      commit = null
      if (isEnded) return
      metrics.observe('quorate_commit_seconds', (clock.now() - begun) / 1000)
      kept = { durable }
      release()
    }
    commit = durably()
  }

  const turn = (): void => {
    isScheduled = false
    if (isEnded) return
    const batch = queue.length <= most ? queue : queue.slice(0, most)
    queue = queue.length <= most ? [] : queue.slice(most)
    if (!stepAll(batch)) return
    metrics.observe('quorate_turn_events', batch.length)
    recorder?.turn()
    try {
      const durable = protocol.durable(state)
      const changes = changesBetween(kept, durable, protocol.codecs.durable)
      if (changes.length > 0) return commitThenRelease(durable, changes)
    } catch (error) {
      return around.fail(problemOf(error, 'Q201', 'durable or its codec threw', place))
    }
    release()
  }

  const wake = (): void => {
    if (isScheduled || isEnded || commit !== null || queue.length === 0) return
    isScheduled = true
    clock.schedule(0, turn)
  }

  return {
    add: (waiting) => {
      if (isEnded) return
      queue.push(waiting)
      wake()
    },
    waiting: () => queue.length,
    isIdle: () => queue.length === 0 && commit === null,
    state: () => state,
    end: () => {
      isEnded = true
      queue = []
      return commit ?? Promise.resolve()
    }
  }
}
