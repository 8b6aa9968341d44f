/**
 * Paxos as Lamport specified it in TLA+ for his lecture [Lamport19], to the state: with two ballots, three acceptors and two values
 * it is said to have 3,921 distinct states, and a depth of 17 counted from 1. The checker is judged by these counts.
 *
 * There is a leader for each ballot, who knows nothing but the messages that were sent: so all leaders are one node here
 * without a state. What a leader does of its own accord is a timer, and the published enabling condition says when it
 * may fire. The messages that were sent are a set that only grows, which is the asynchronous network.
 */
import * as t from 'io-ts'
import { match, P } from 'ts-pattern'
import {
  always,
  closed,
  fired,
  isMajority,
  Natural,
  others,
  Positive,
  reachable,
  send,
  sendAll,
  setOf,
  startTimer,
  stay,
  type Event,
  type InFlight,
  type NodeId,
  type Protocol,
  type Self,
  type Signature,
  type Step
} from '../../spec/kernel/index.ts'
import { asynchronous, model, sameNodes } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'

const Vote = closed('Vote', { ballot: Natural, value: t.string })
type Vote = t.TypeOf<typeof Vote>

const Phase1a = closed('Phase1a', { type: t.literal('1a'), ballot: Natural })
/** The vote is null where none was cast. */
const Phase1b = closed('Phase1b', { type: t.literal('1b'), ballot: Natural, vote: t.union([Vote, t.null]) })
const Phase2a = closed('Phase2a', { type: t.literal('2a'), vote: Vote })
const Phase2b = closed('Phase2b', { type: t.literal('2b'), vote: Vote })
const Message = t.union([Phase1a, Phase1b, Phase2a, Phase2b])
type Message = t.TypeOf<typeof Message>

type Config = { readonly role: 'leaders' } | { readonly role: 'acceptor'; readonly leaders: NodeId }

interface Acceptor {
  readonly role: 'acceptor'
  readonly leaders: NodeId
  /** maxBal: the highest ballot it took part in; -1 for none. */
  readonly ballot: number
  /** maxVBal and maxVal: the vote in the highest ballot that it cast one in. */
  readonly vote: Vote | null
}

/** The names of the published actions, and what they leave out. */
const rules = ['init', 'phase-1a', 'phase-1b', 'phase-2a', 'phase-2b', 'ignore'] as const

/** `1a 0`, `2a 0 v1`: begin a ballot; ask for votes for a value in it. */
type Timer = `1a ${number}` | `2a ${number} ${string}`

export type PublishedPaxos = Signature<{
  config: Config
  state: Acceptor | { readonly role: 'leaders' }
  message: Message
  timer: Timer
  rule: (typeof rules)[number]
}>

type Move = Step<PublishedPaxos>

const range = (end: number): ReadonlyArray<number> => Array.from({ length: end }, (_, index) => index)

/** What is to be sent to all acceptors when each timer of the leaders fires. */
type Plan = ReadonlyMap<Timer, t.TypeOf<typeof Phase1a> | t.TypeOf<typeof Phase2a>>
type Planned = Plan extends ReadonlyMap<infer Key, infer Value> ? readonly [Key, Value] : never

const planOf = (ballots: number, values: ReadonlyArray<string>): Plan =>
  new Map(
    range(ballots).flatMap((ballot): ReadonlyArray<Planned> => [
      [`1a ${ballot}`, { type: '1a', ballot }],
      ...values.map((value): Planned => [`2a ${ballot} ${value}`, { type: '2a', vote: { ballot, value } }])
    ])
  )

const stepAcceptor = (state: Acceptor, event: Event<PublishedPaxos>): Move =>
  match(event)
    .returnType<Move>()
    .with({ type: 'deliver', message: { type: '1a' } }, ({ message: { ballot } }) =>
      ballot > state.ballot
        ? fired('phase-1b', { ...state, ballot }, send(state.leaders, { type: '1b', ballot, vote: state.vote }))
        : stay('ignore', state)
    )
    .with({ type: 'deliver', message: { type: '2a' } }, ({ message: { vote } }) =>
      vote.ballot >= state.ballot
        ? fired('phase-2b', { ...state, ballot: vote.ballot, vote }, send(state.leaders, { type: '2b', vote }))
        : stay('ignore', state)
    )
    .with({ type: 'deliver', message: { type: P.union('1b', '2b') } }, { type: 'timeout' }, () => stay('ignore', state))
    .exhaustive()

const paxosOf = (plan: Plan): Protocol<PublishedPaxos> => {
  const timers = [...plan.keys()]
  const initial = ({ config }: Self<PublishedPaxos>): Move =>
    config.role === 'leaders'
      ? fired('init', { role: 'leaders' }, timers.map(startTimer))
      : fired('init', { ...config, ballot: -1, vote: null })
  return {
    name: 'published-paxos',
    wireVersion: 1,
    codecs: { message: Message, durable: t.null },
    rules,
    timers,
    initial,
    step: (self, state, event) =>
      match([state, event] as const)
        .returnType<Move>()
        // What was sent before may be sent again, which changes nothing.
        .with([{ role: 'leaders' }, { type: 'timeout' }], ([, { timer }]) => {
          const message = plan.get(timer)
          if (message === undefined) return stay('ignore', state)
          return fired(`phase-${message.type}`, state, sendAll(others(self), message), startTimer(timer))
        })
        .with([{ role: 'leaders' }, { type: 'deliver' }], () => stay('ignore', state))
        .with([{ role: 'acceptor' }, P._], ([acceptor]) => stepAcceptor(acceptor, event))
        .exhaustive(),
    // The published specification has no crashes: what an acceptor knows is taken to be on its disk.
    durable: () => null,
    recover: initial
  }
}

type Sent = ReadonlyArray<InFlight<PublishedPaxos>>

/** The enabling condition of Phase2a(b, v): no vote was asked for in this ballot, and a quorum shows that the value is safe in it. */
const maySend = (sent: Sent, acceptors: ReadonlyArray<NodeId>, { ballot, value }: Vote): boolean => {
  const isAsked = sent.some(({ message }) => message.type === '2a' && message.vote.ballot === ballot)
  const promises = sent.flatMap(({ from, message }) =>
    message.type === '1b' && message.ballot === ballot ? [{ from, vote: message.vote }] : []
  )
  const isShownBy = (quorum: ReadonlyArray<NodeId>): boolean => {
    const votes = promises.flatMap(({ from, vote }) => (vote !== null && quorum.includes(from) ? [vote] : []))
    return (
      quorum.every((acceptor) => promises.some(({ from }) => from === acceptor)) &&
      (votes.length === 0 ||
        votes.some((vote) => vote.value === value && votes.every((other) => vote.ballot >= other.ballot)))
    )
  }
  return !isAsked && subsets(acceptors).some((set) => isMajority(set, acceptors) && isShownBy(set))
}

const subsets = <A>(set: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  set.reduce<ReadonlyArray<ReadonlyArray<A>>>((so, member) => [...so, ...so.map((subset) => [...subset, member])], [[]])

/** The values that a majority has voted for in one ballot. */
const chosen = (sent: Sent, acceptors: ReadonlyArray<NodeId>): ReadonlyArray<string> => {
  const votes = sent.flatMap(({ from, message }) => (message.type === '2b' ? [{ from, vote: message.vote }] : []))
  const votersFor = ({ ballot, value }: Vote) =>
    setOf(votes.filter(({ vote }) => vote.ballot === ballot && vote.value === value).map(({ from }) => from))
  return setOf(votes.filter(({ vote }) => isMajority(votersFor(vote), acceptors)).map(({ vote }) => vote.value))
}

export default parametric(
  {
    ballots: parameter(Positive, 2, 'ballots, from 0 on'),
    acceptors: parameter(Positive, 3, 'acceptors'),
    values: parameter(Positive, 2, 'values that may be proposed')
  },
  ({ ballots, acceptors, values }) => {
    const plan = planOf(
      ballots,
      range(values).map((index) => `v${index + 1}`)
    )
    const nodes = sameNodes<Config>('a', acceptors, { role: 'acceptor', leaders: 'leaders' })
    const names = Object.keys(nodes)
    return model<PublishedPaxos>({
      name: 'published-paxos',
      protocol: paxosOf(plan),
      nodes: { leaders: { role: 'leaders' }, ...nodes },
      network: asynchronous(),
      timing: {
        assumes: 'nothing: it says when the published action is enabled',
        mayFire: ({ network }, _node, timer) => {
          const message = plan.get(timer)
          return message?.type !== '2a' || maySend(network, names, message.vote)
        }
      },
      properties: [
        always('agreement', ({ network }) => chosen(network, names).length <= 1),
        reachable('a-value-is-chosen', ({ network }) => chosen(network, names).length === 1)
      ],
      mayStop: true
    })
  }
)
