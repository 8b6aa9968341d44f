/**
 * The host: runs the reducers of a protocol as one node of a real cluster, through ports.
 *
 * Its contract, per event: step, make what changed durable, and only then let effects leave. A node whose disk fails, whose
 * reducer throws or whose state machine throws stops at once and says why. docs/RUNTIME.md lists the duties by number.
 */
import { either } from 'fp-ts'
import type { Errors } from 'io-ts'
import {
  explainErrors,
  type AnySignature,
  type NodeId,
  type Protocol,
  type RequestId
} from '../../../spec/kernel/index.ts'
import { explain, problem, type Problem } from '../../model/problem.ts'
import { noMetrics, silentLogger, systemClock, systemRandom } from '../clock.ts'
import type { Stored } from '../ports.ts'
import { asMachine } from './machine.ts'
import { momentsWith, promised } from './moments.ts'
import { defaultLimits, flawIn, placeOf, type HostOptions, type Limits } from './options.ts'
import { outwardWith } from './outward.ts'
import { refused, requestsWith, type Answer } from './requests.ts'
import { encodedOf } from './stored.ts'
import { timersWith } from './timers.ts'
import { problemOf, turnsWith, type Waiting } from './turns.ts'
import { watch } from './watchdog.ts'

export interface RequestOptions {
  /** Unique in the life of the cluster. Made up unless given. */
  readonly id?: RequestId
  /** How long to wait for the answer, in milliseconds. */
  readonly deadline?: number
}

/** A node that runs. */
export interface Node<P extends AnySignature> {
  readonly id: NodeId
  /** As of the last step, which may not be durable yet: for status pages and tests. */
  readonly state: () => P['state']
  /** Asks as a client of this node. Never rejects. */
  readonly request: (request: P['request'], options?: RequestOptions) => Promise<Answer<P['response']>>
  /** Stops in good order: refuses requests, hands over, answers what it can, and closes. Resolves when it is down. */
  readonly stop: () => Promise<void>
  /** Resolves when the node is down: to null after {@link Node.stop}, else to what went wrong. Never rejects. */
  readonly stopped: Promise<Problem | null>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

type Phase = 'starting' | 'running' | 'stopping' | 'down'

/** What the disk keeps, as the first thing that happens to the node. */
const firstOf = <P extends AnySignature>(
  { codecs }: HostOptions<P>['protocol'],
  kept: Stored | null,
  place: ReadonlyArray<string>
): either.Either<Problem, Waiting> => {
  if (kept === null) return either.right({ type: 'start' })
  const encoded = encodedOf(kept)
  return either.bimap(
    (errors: Errors): Problem => problem('Q703', explainErrors(errors), place),
    (durable: P['durable']): Waiting => ({ type: 'recover', durable, encoded })
  )(codecs.durable.decode(encoded))
}

/** What is opened, or why it could not be. */
const opened = <A>(open: () => Promise<A>, failed: (error: unknown) => Problem): Promise<either.Either<Problem, A>> =>
  open().then(
    (value) => either.right(value),
    (error: unknown) => either.left(failed(error))
  )

/**
 * Starts a node: opens its disk and its network, takes its first step or recovers, and lets the effects of that go.
 *
 * @returns what keeps it from starting: Q701 for options that do not fit the protocol, Q702 for a disk that cannot be read,
 *   Q703 for what does not decode there, Q705 for a network that cannot be opened
 */
export const host = async <P extends AnySignature>(
  options: HostOptions<P>
): Promise<either.Either<Problem, Node<P>>> => {
  const { protocol, self, storage, transport, recorder, handOver, signal, office = () => null } = options
  const { clock = systemClock, random = systemRandom, logger = silentLogger, metrics = noMetrics } = options
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const place = placeOf(protocol, self.id)
  const flaw = flawIn(options)
  if (flaw !== null) return either.left(flaw)

  const kept = await opened(storage.open, (error) => problemOf(error, 'Q702', 'the disk cannot be read', place))
  if (either.isLeft(kept)) return kept
  const first = firstOf(protocol, kept.right, place)
  if (either.isLeft(first)) {
    await storage.close().catch(() => undefined)
    return first
  }

  let phase: Phase = 'starting'
  const isDown = () => phase === 'down'
  let isStarted = false
  let requestsMade = 0
  const boot = Math.floor(random() * 36 ** 8).toString(36)
  const stopped = promised<Problem | null>()
  const machine = options.machine === undefined ? null : asMachine(options.machine)
  const recording = recorder === undefined ? {} : { recorder }
  const moments = momentsWith(clock, isDown)
  const requests = requestsWith(clock, moments.look)

  const closing = (name: string, close: () => Promise<void>): Promise<void> =>
    close().catch((error: unknown) => logger.warn({ error: String(error) }, `closing the ${name} failed`))

  const goDown = async (found: Problem | null): Promise<void> => {
    if (isDown()) return
    phase = 'down'
    endWatch()
    timers.clear()
    signal?.removeEventListener('abort', stop)
    const committed = turns.end()
    requests.stop(found)
    moments.look()
    if (found !== null) logger.error({ code: found.code, where: found.where }, explain(found))
    metrics.gauge('quorate_up', 0)
    await committed
    await closing('transport', transport.close)
    await closing('storage', storage.close)
    await closing('recording', async () => recorder?.end(found === null))
    stopped.resolve(found)
  }
  const fail = (found: Problem): void => void goDown(found)

  const timers = timersWith(options.timers, clock, random, (expiry) => turns.add({ type: 'expiry', expiry }))

  const answer = (id: RequestId, response: unknown): void => {
    if (!requests.reply(id, response)) metrics.count('quorate_unclaimed_replies_total')
  }

  const outward = outwardWith(self.id, timers, {
    send: transport.send,
    toSelf: (message) => turns.add({ type: 'deliver', from: self.id, message }),
    reply: answer,
    apply: (entry, request) => {
      const response: unknown = machine?.apply(entry, request)
      if (request === null || machine === null) return
      recorder?.answered(request, response)
      answer(request, response)
    },
    snapshot: (index, asking) => {
      const taken = (content: unknown) => turns.add({ type: 'snapshot', index, content, asking })
      const content: unknown = machine?.snapshot() ?? null
      if (!(content instanceof Promise)) return taken(content)
      content.then(taken, (error: unknown) => fail(problemOf(error, 'Q704', 'the snapshot failed', place)))
    },
    restore: (content) => machine?.restore(content),
    note: (fact) => {
      logger.info({ fact }, 'noted')
      options.onNote?.(fact)
    }
  })

  const turns = turnsWith(
    // The loop handles states and messages and never looks into them.
    { protocol: protocol as unknown as Protocol<AnySignature>, self, storage, clock, metrics, ...recording },
    limits,
    {
      counts: (waiting) => {
        if (waiting.type === 'expiry') return timers.expire(waiting.expiry)
        if (waiting.type === 'request') return requests.step(waiting.id, office(turns.state()))
        return waiting.type !== 'snapshot' || waiting.asking === outward.askings()
      },
      gather: outward.gather,
      release: outward.release,
      fail,
      settled: () => {
        isStarted = true
        requests.hold(office(turns.state()))
        moments.look()
      }
    }
  )

  const deliver = (from: NodeId, message: unknown): void => {
    // Before the first step there is no state to meet a message; a network may lose it.
    if (phase === 'starting') return
    if (turns.waiting() < limits.waiting) turns.add({ type: 'deliver', from, message })
    else metrics.count('quorate_dropped_total', 1, { why: 'overloaded' })
  }

  const ask = (request: P['request'], { id, deadline = limits.deadline }: RequestOptions): Promise<Answer<any>> => {
    requestsMade += 1
    const named = id ?? `${self.id}-${boot}-${requestsMade}`
    if (requests.has(named)) return refused(problem('Q706', `request ${named} has no answer yet`, place))
    if (requests.count() >= limits.open || turns.waiting() >= limits.waiting)
      return Promise.resolve(either.left({ type: 'overloaded', mayHaveHappened: false }))
    const answered = requests.open(named, deadline)
    turns.add({ type: 'request', id: named, request })
    return answered
  }

  const request = async (wanted: P['request'], how: RequestOptions = {}): Promise<Answer<P['response']>> => {
    if (phase !== 'running') return either.left({ type: 'stopped', mayHaveHappened: false, problem: null })
    if (protocol.codecs.request?.is(wanted) !== true)
      return refused(problem('Q108', `${JSON.stringify(wanted) ?? '?'} is not a request of ${protocol.name}`, place))
    const answered = await ask(wanted, how)
    metrics.count('quorate_requests_total', 1, { outcome: either.isLeft(answered) ? answered.left.type : 'answered' })
    return answered
  }

  const stopInOrder = async (): Promise<void> => {
    phase = 'stopping'
    logger.info({}, 'stopping')
    const latest = clock.now() + limits.stopping
    const parting = handOver?.request(self, turns.state()) ?? null
    if (parting !== null) {
      void ask(parting, { deadline: limits.stopping })
      const isDone = () => handOver?.isDone(self, turns.state()) === true
      await moments.until(isDone, clock.now() + limits.stopping / 2)
    }
    await moments.until(() => requests.count() === 0 && turns.isIdle(), latest)
    await goDown(null)
  }
  const stop = (): Promise<void> => {
    if (phase === 'running') void stopInOrder()
    return stopped.promise.then(() => undefined)
  }

  const endWatch = watch(limits.watch, clock, logger, metrics)
  recorder?.begin({
    protocol: protocol.name,
    wireVersion: protocol.wireVersion,
    node: self.id,
    nodes: self.nodes,
    config: self.config
  })
  const linked = (peer: NodeId, up: boolean) =>
    logger.info({ peer, up }, up ? 'a peer can be reached' : 'a peer is lost')
  const listening = await opened(
    () => transport.open({ deliver, linked }),
    (error) => problemOf(error, 'Q705', 'the network cannot be opened', place)
  )
  if (either.isLeft(listening)) {
    await goDown(listening.left)
    return listening
  }
  phase = 'running'
  metrics.gauge('quorate_up', 1)
  logger.info({ nodes: self.nodes }, first.right.type === 'start' ? 'starting' : 'recovering')
  signal?.addEventListener('abort', stop, { once: true })
  turns.add(first.right)
  await moments.until(() => isStarted, null)
  if (isDown()) {
    const found = await stopped.promise
    if (found !== null) return either.left(found)
  }
  if (signal?.aborted === true) void stop()
  return either.right({
    id: self.id,
    state: turns.state,
    request,
    stop,
    stopped: stopped.promise,
    [Symbol.asyncDispose]: stop
  })
}
