/**
 * A client that hears nothing asks again, maybe another server. With a session its command is applied once, whoever leads
 * by then; without one (`unprotected`) it is applied twice.
 */
import { always, living, Natural, Positive } from '../../spec/kernel/index.ts'
import { exactlyOnce, raft, safety, type Held, type Raft } from '../../spec/raft/index.ts'
import { asynchronous, model, type Model, type ModelRequest } from '../../src/model/model.ts'
import { parameter, parametric } from '../../src/model/parameters.ts'
import { cluster, startsHeartbeat, takingTurns, upToTerm, without } from './cluster.ts'
import { journal } from './journal.ts'

type List = ReadonlyArray<unknown>

const list = exactlyOnce<List>(
  {
    initial: [],
    apply: (done, command) => ({ content: [...done, command], result: done.length }),
    query: (done) => done
  },
  2
)

/** The client has registered some time ago. */
const registered: Held<List> = { sessions: [{ client: 1, serial: 0, result: null }], content: [] }

/** First at n1, and because no answer comes, at n2. */
const tries = (command: unknown): ReadonlyArray<ModelRequest<Raft>> => [
  { name: 'x', request: { type: 'command', command }, at: ['n1'] },
  { name: 'x-again', request: { type: 'command', command }, at: ['n2'] }
]

const once = (contentOf: (machine: unknown) => List) =>
  always<Raft>('each-command-is-applied-once', ({ nodes }) =>
    living(nodes).every(({ machine }) => contentOf(machine).length <= 1)
  )

export default parametric(
  {
    terms: parameter(Positive, 2, 'the last term that is followed'),
    crashes: parameter(Natural, 0, 'crashes with restart, of any server')
  },
  ({ terms, crashes }) =>
    model({
      name: 'raft-sessions',
      protocol: without(raft, startsHeartbeat),
      nodes: cluster(3).nodes,
      network: asynchronous(),
      faults: { crashes },
      requests: tries({ type: 'call', client: 1, serial: 1, command: 'x' }),
      machine: { ...list, initial: registered },
      bounds: { node: (node) => upToTerm(terms)(node) && takingTurns(node) },
      properties: [...safety, once((machine) => (machine as Held<List>).content)]
    })
)

export const unprotected: Model<Raft> = model({
  name: 'raft-retry-without-a-session-is-applied-twice',
  protocol: without(raft, startsHeartbeat),
  nodes: cluster(3).nodes,
  network: asynchronous(),
  requests: tries('x'),
  machine: journal,
  bounds: { node: (node) => upToTerm(2)(node) && takingTurns(node) },
  properties: [once((machine) => machine as List)],
  expect: { violates: 'each-command-is-applied-once' }
})
