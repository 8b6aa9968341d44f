/**
// Long because every clause is a row here, and the rows share one cast of states.
 * The clauses of primary-backup replication, one by one, as the sources have them.
 *
 * Long because each clause is a row with the state before and the state after.
 */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import { appendAll, emptyLog, type Effect, type Event, type Log, type NodeId, type Self } from '../spec/kernel/index.ts'
import {
  primaryBackup,
  type Backup,
  type Client,
  type Confirmed,
  type Entry,
  type Gathering,
  type Kept,
  type Message,
  type Mode,
  type Outsider,
  type PrimaryBackup,
  type Response,
  type Rule,
  type Serving,
  type State,
  type Transferring,
  type View,
  type ViewService
} from '../spec/primary-backup/index.ts'
import { declaredStep } from './support/clauses.ts'

type Happening = Event<PrimaryBackup>
type Outward = Effect<PrimaryBackup>

const nodes = ['s1', 's2', 's3', 'views']
const viewOf = (number: number, primary: NodeId, ...backups: ReadonlyArray<NodeId>): View => ({
  number,
  primary,
  backups
})
const first = viewOf(1, 's1', 's2', 's3')
/** `s2` has taken over. */
const second = viewOf(2, 's2', 's3')
const server = (id: NodeId, mode: Mode = 'synchronous'): Self<PrimaryBackup> => ({
  id,
  nodes,
  config: { role: 'server', mode, first, service: 'views' }
})
const service = (mode: Mode = 'synchronous'): Self<PrimaryBackup> => ({
  id: 'views',
  nodes,
  config: { role: 'view-service', mode, first }
})

const write = (value: string): Entry => ({ type: 'write', value })
const read: Entry = { type: 'read' }
const [x, y] = [write('x'), write('y')] as const
const logOf = (...held: ReadonlyArray<Entry>): Log<Entry> => appendAll<Entry>(emptyLog, held)

const kept = (more: Partial<Kept> = {}): Kept & { readonly role: 'server' } => ({
  role: 'server',
  view: first,
  synced: 1,
  log: emptyLog,
  committed: 0,
  ...more
})
const inSecond = (more: Partial<Kept> = {}) => kept({ view: second, synced: 2, ...more })
const entered = (more: Partial<Kept> = {}) => kept({ view: second, ...more })
const outsider = (of: Kept): Outsider => ({ role: 'server', ...of, phase: 'outsider' })
const backup = (of: Kept): Backup => ({ role: 'server', ...of, phase: 'backup' })
const gathering = (of: Kept, reports: Gathering['reports'] = {}, waiting: ReadonlyArray<Client> = []): Gathering => ({
  role: 'server',
  ...of,
  phase: 'gathering',
  reports,
  waiting
})
const transferring = (of: Kept, confirmed: Confirmed = {}, waiting: ReadonlyArray<Client> = []): Transferring => ({
  role: 'server',
  ...of,
  phase: 'transferring',
  confirmed,
  waiting
})
const serving = (of: Kept, confirmed: Confirmed = {}, waiting: ReadonlyArray<Client> = [], due = 0): Serving => ({
  role: 'server',
  ...of,
  phase: 'serving',
  confirmed,
  waiting,
  due
})
const views = (active: View, proposed: View | null = null): ViewService => ({ role: 'view-service', active, proposed })

const from = (sender: NodeId, message: Message): Happening => ({ type: 'deliver', from: sender, message })
const asks = (request: Entry, id = 'r1'): Happening => ({ type: 'request', id, request })
const silence: Happening = { type: 'timeout', timer: 'silence' }
const beat: Happening = { type: 'timeout', timer: 'beat' }

const newView = (view: View): Message => ({ type: 'view', view })
const propose = (view: View): Message => ({ type: 'propose', view })
const appends = (view: number, after: number, held: ReadonlyArray<Entry>, committed = 0): Message => ({
  type: 'append',
  view,
  after,
  entries: held,
  committed
})
const have = (view: number, length: number): Message => ({ type: 'have', view, length })
const complete = (view: number): Message => ({ type: 'complete', view })
const activate = (view: number): Message => ({ type: 'activate', view })
const reports = (view: number, { synced, log, committed }: Kept): Message => ({
  type: 'report',
  view,
  synced,
  log,
  committed
})
const findings = ({ synced, log, committed }: Kept) => ({ synced, log, committed })

const to = (message: Message, ...receivers: ReadonlyArray<NodeId>): ReadonlyArray<Outward> =>
  receivers.map((node) => ({ type: 'send', to: node, message }))
const armed = (timer: 'beat' | 'silence'): Outward => ({ type: 'start-timer', timer })
const tells = (response: Response, id = 'r1'): Outward => ({ type: 'reply', id, response })
const written: Response = { type: 'written' }
const waits = (index: number, id = 'r1'): Client => ({ id, index })

type Clause = readonly [string, State, Happening, Rule, State, ReadonlyArray<Outward>]
const clauses = (self: Self<PrimaryBackup>, table: ReadonlyArray<Clause>) =>
  test.each(table)('%s', (_clause, state, event, rule, after, effects) =>
    expect(primaryBackup.step(self, state, event)).toEqual({ rule, state: after, effects })
  )

describe('[AD76], a write is acknowledged when the copies are there', () => {
  const taken = kept({ log: logOf(x) })
  clauses(server('s1'), [
    [
      'synchronous: the primary sends it to all',
      serving(kept()),
      asks(x),
      'replicate',
      serving(taken, {}, [waits(1)]),
      to(appends(1, 0, [x]), 's2', 's3')
    ],
    [
      'synchronous: one copy is not enough',
      serving(taken, {}, [waits(1)]),
      from('s2', have(1, 1)),
      'note-copy',
      serving(taken, { s2: 1 }, [waits(1)]),
      []
    ],
    [
      'synchronous: the last copy is',
      serving(taken, { s2: 1 }, [waits(1)]),
      from('s3', have(1, 1)),
      'acknowledge',
      serving({ ...taken, committed: 1 }, { s2: 1, s3: 1 }),
      [tells(written)]
    ],
    [
      'what a backup has had, it has',
      serving(kept({ log: logOf(x, y) }), { s2: 2 }, [waits(1), waits(2, 'r2')]),
      from('s2', have(1, 1)),
      'note-copy',
      serving(kept({ log: logOf(x, y) }), { s2: 2 }, [waits(1), waits(2, 'r2')]),
      []
    ],
    [
      'a copy of two entries acknowledges two',
      serving(kept({ log: logOf(x, y) }), { s2: 2 }, [waits(1), waits(2, 'r2')]),
      from('s3', have(1, 2)),
      'acknowledge',
      serving(kept({ log: logOf(x, y), committed: 2 }), { s2: 2, s3: 2 }),
      [tells(written), tells(written, 'r2')]
    ]
  ])
  clauses(server('s1', 'semi-synchronous'), [
    [
      'semi-synchronous: one copy is enough',
      serving(taken, {}, [waits(1)]),
      from('s3', have(1, 1)),
      'acknowledge',
      serving({ ...taken, committed: 1 }, { s3: 1 }),
      [tells(written)]
    ]
  ])
  clauses(server('s1', 'asynchronous'), [
    [
      'asynchronous: the primary answers at once',
      serving(kept()),
      asks(x),
      'answer-at-once',
      serving({ ...taken, committed: 1 }),
      [...to(appends(1, 0, [x], 1), 's2', 's3'), tells(written)]
    ]
  ])
  clauses(server('s2'), [
    [
      'a primary without backups needs none',
      serving(kept({ view: viewOf(2, 's2'), synced: 2 })),
      asks(x),
      'answer-at-once',
      serving(kept({ view: viewOf(2, 's2'), synced: 2, log: logOf(x), committed: 1 })),
      [tells(written)]
    ]
  ])
})

describe('reads are replicated like writes', () => {
  const asked = kept({ log: logOf(x, read) })
  clauses(server('s1'), [
    [
      'a read is an entry',
      serving(kept({ log: logOf(x) })),
      asks(read),
      'replicate',
      serving(asked, {}, [waits(2)]),
      to(appends(1, 1, [read]), 's2', 's3')
    ],
    [
      'and is answered with the last write before it',
      serving(kept({ log: logOf(x, read, y) }), { s2: 2, s3: 1 }, [waits(2)]),
      from('s3', have(1, 2)),
      'acknowledge',
      serving(kept({ log: logOf(x, read, y), committed: 2 }), { s2: 2, s3: 2 }),
      [tells({ type: 'value', value: 'x' })]
    ],
    [
      'or with nothing',
      serving(kept({ log: logOf(read) }), { s2: 1 }, [waits(1)]),
      from('s3', have(1, 1)),
      'acknowledge',
      serving(kept({ log: logOf(read), committed: 1 }), { s2: 1, s3: 1 }),
      [tells({ type: 'value', value: null })]
    ]
  ])
})

describe('[BMST93], Pb3: who is not primary serves nobody', () => {
  const refused = tells({ type: 'refused', primary: 's1' })
  clauses(server('s2'), [
    ['a backup does not', backup(kept()), asks(x), 'refuse-client', backup(kept()), [refused]],
    ['an outsider does not', outsider(kept()), asks(x), 'refuse-client', outsider(kept()), [refused]],
    [
      'a primary that is not active does not',
      transferring(inSecond()),
      asks(x),
      'refuse-client',
      transferring(inSecond()),
      [tells({ type: 'refused', primary: 's2' })]
    ]
  ])
  clauses(service(), [
    ['the view service says who does', views(first), asks(x), 'refuse-client', views(first), [refused]]
  ])
})

describe('[PacificA], a backup', () => {
  clauses(server('s2'), [
    [
      'takes the next entry, and says how far it is',
      backup(kept()),
      from('s1', appends(1, 0, [x])),
      'take-entries',
      backup(kept({ log: logOf(x) })),
      [...to(have(1, 1), 's1'), armed('silence')]
    ],
    [
      'takes what it lacks of several',
      backup(kept({ log: logOf(x) })),
      from('s1', appends(1, 0, [x, y], 1)),
      'take-entries',
      backup(kept({ log: logOf(x, y), committed: 1 })),
      [...to(have(1, 2), 's1'), armed('silence')]
    ],
    [
      'says again that it has what it is sent again',
      backup(kept({ log: logOf(x) })),
      from('s1', appends(1, 0, [x])),
      'confirm-again',
      backup(kept({ log: logOf(x) })),
      [...to(have(1, 1), 's1'), armed('silence')]
    ],
    [
      'takes no entry before its turn',
      backup(kept()),
      from('s1', appends(1, 1, [y])),
      'ignore-gap',
      backup(kept()),
      []
    ],
    [
      'hears what is committed, as far as it has it',
      backup(kept({ log: logOf(x) })),
      from('s1', appends(1, 1, [], 2)),
      'hear-heartbeat',
      backup(kept({ log: logOf(x), committed: 1 })),
      [armed('silence')]
    ]
  ])
})

describe('[CR], down the chain', () => {
  clauses(server('s1', 'chain'), [
    [
      'the head sends to its successor alone',
      serving(kept()),
      asks(x),
      'replicate',
      serving(kept({ log: logOf(x) }), {}, [waits(1)]),
      to(appends(1, 0, [x]), 's2')
    ],
    [
      'and sends again what anybody lacks',
      serving(kept({ log: logOf(x) }), { s2: 1 }, [waits(1)]),
      beat,
      'send-again',
      serving(kept({ log: logOf(x) }), { s2: 1 }, [waits(1)]),
      [...to(appends(1, 0, [x]), 's2'), armed('beat')]
    ]
  ])
  clauses(server('s2', 'chain'), [
    [
      'the next passes on what it takes',
      backup(kept()),
      from('s1', appends(1, 0, [x])),
      'take-entries',
      backup(kept({ log: logOf(x) })),
      [...to(appends(1, 0, [x]), 's3'), ...to(have(1, 1), 's1'), armed('silence')]
    ]
  ])
  clauses(server('s3', 'chain'), [
    [
      'the tail has nobody to pass it on to',
      backup(kept()),
      from('s2', appends(1, 0, [x])),
      'take-entries',
      backup(kept({ log: logOf(x) })),
      [...to(have(1, 1), 's1'), armed('silence')]
    ]
  ])
})

describe('[PacificA], who is silent', () => {
  clauses(server('s3'), [
    [
      'a backup proposes itself, without the primary',
      backup(kept()),
      silence,
      'ask-to-take-over',
      backup(kept()),
      [...to(propose(viewOf(2, 's3', 's2')), 'views'), armed('silence')]
    ],
    [
      'an outsider proposes to be let in',
      outsider(kept({ view: viewOf(2, 's2') })),
      silence,
      'ask-to-join',
      outsider(kept({ view: viewOf(2, 's2') })),
      [...to(propose(viewOf(3, 's2', 's3')), 'views'), armed('silence')]
    ]
  ])
  const due = serving(kept({ log: logOf(x, y) }), { s2: 1 }, [], 1)
  clauses(server('s1'), [
    [
      'a primary gives everybody until the next time to confirm what is there now',
      serving(kept({ log: logOf(x) }), {}, [waits(1)]),
      silence,
      'miss-nobody',
      serving(kept({ log: logOf(x) }), {}, [waits(1)], 1),
      [armed('silence')]
    ],
    [
      'and then proposes to go on without those who have not',
      due,
      silence,
      'ask-to-go-on-without',
      due,
      [...to(propose(viewOf(2, 's1', 's2')), 'views'), armed('silence')]
    ]
  ])
  clauses(server('s2'), [
    [
      'a new primary proposes to go on without those who do not report',
      gathering(entered()),
      silence,
      'ask-to-go-on-without',
      gathering(entered()),
      [...to(propose(viewOf(3, 's2')), 'views'), armed('silence')]
    ],
    [
      'and without those who do not take its log',
      transferring(inSecond()),
      silence,
      'ask-to-go-on-without',
      transferring(inSecond()),
      [...to(propose(viewOf(3, 's2')), 'views'), armed('silence')]
    ],
    [
      'once all have its log it waits for the view service',
      transferring(inSecond(), { s3: 0 }),
      silence,
      'miss-nobody',
      transferring(inSecond(), { s3: 0 }),
      [armed('silence')]
    ]
  ])
})

describe('[PacificA] and [VP], the view service', () => {
  const mine = viewOf(2, 's3', 's2')
  clauses(service(), [
    [
      'takes the first proposal of the next number, and tells all',
      views(first),
      from('s2', propose(second)),
      'accept-view',
      views(first, second),
      to(newView(second), 's1', 's2', 's3')
    ],
    [
      'and no other of that number',
      views(first, second),
      from('s3', propose(mine)),
      'ignore-proposal',
      views(first, second),
      []
    ],
    [
      'a view that fails on its way is followed by another',
      views(first, second),
      from('s3', propose(viewOf(3, 's3'))),
      'accept-view',
      views(first, viewOf(3, 's3')),
      to(newView(viewOf(3, 's3')), 's1', 's2', 's3')
    ],
    [
      '[6.824] nor by one without anybody of the last view that was active',
      views(viewOf(2, 's2'), viewOf(3, 's2', 's3')),
      from('s3', propose(viewOf(4, 's3'))),
      'ignore-proposal',
      views(viewOf(2, 's2'), viewOf(3, 's2', 's3')),
      []
    ],
    [
      '[VP] a view is active once its members have its log',
      views(first, second),
      from('s2', complete(2)),
      'activate-view',
      views(second),
      to(activate(2), 's2')
    ],
    [
      'which it says again when asked again',
      views(second),
      from('s2', complete(2)),
      'activate-again',
      views(second),
      to(activate(2), 's2')
    ],
    [
      'a view that was passed over is not active any more',
      views(first, viewOf(3, 's3')),
      from('s2', complete(2)),
      'ignore-complete',
      views(first, viewOf(3, 's3')),
      []
    ],
    [
      'says now and then which view is the latest',
      views(first, second),
      beat,
      'announce-again',
      views(first, second),
      [...to(newView(second), 's1', 's2', 's3'), armed('beat')]
    ],
    ['takes no part in replication', views(first), from('s1', have(1, 1)), 'ignore-misdirected', views(first), []]
  ])
  clauses(service('semi-synchronous'), [
    [
      'semi-synchronous: all but one must go on, since one of them has it',
      views(first),
      from('s3', propose(viewOf(2, 's3'))),
      'ignore-proposal',
      views(first),
      []
    ]
  ])
  clauses(service('asynchronous'), [
    [
      'asynchronous: anybody goes on',
      views(first),
      from('s3', propose(viewOf(2, 's3'))),
      'accept-view',
      views(first, viewOf(2, 's3')),
      to(newView(viewOf(2, 's3')), 's1', 's2', 's3')
    ]
  ])
})

describe('[PacificA], reconciliation', () => {
  const had = kept({ log: logOf(x), committed: 1 })
  clauses(server('s3'), [
    [
      'a backup reports what it has, and listens to nobody else from then on',
      backup(had),
      from('views', newView(second)),
      'enter-as-backup',
      backup({ ...had, view: second }),
      [...to(reports(2, had), 's2'), armed('silence')]
    ],
    [
      'takes the log of the new primary whole',
      backup(entered({ log: logOf(y) })),
      from('s2', appends(2, 0, [x])),
      'take-log',
      backup(inSecond({ log: logOf(x) })),
      [...to(have(2, 1), 's2'), armed('silence')]
    ],
    [
      'and not in parts',
      backup(entered({ log: logOf(y) })),
      from('s2', appends(2, 1, [x])),
      'ignore-gap',
      backup(entered({ log: logOf(y) })),
      []
    ],
    [
      'reports again until it has it',
      backup(entered()),
      beat,
      'report-again',
      backup(entered()),
      [...to(reports(2, kept()), 's2'), armed('beat')]
    ],
    ['a backup that has it has nothing to say again', backup(kept()), beat, 'beat', backup(kept()), [armed('beat')]],
    ['an old view is no news', backup(kept()), from('views', newView(first)), 'ignore-old-view', backup(kept()), []],
    [
      'who is not in the view stands by',
      backup(had),
      from('views', newView(viewOf(2, 's2'))),
      'enter-as-outsider',
      outsider({ ...had, view: viewOf(2, 's2') }),
      [armed('silence')]
    ]
  ])
  const third = viewOf(3, 's2', 's1', 's3')
  const inThird = (more: Partial<Kept>) => kept({ view: third, ...more })
  clauses(server('s2'), [
    [
      'a new primary waits for reports',
      backup(had),
      from('views', newView(second)),
      'enter-as-primary',
      gathering({ ...had, view: second }),
      [armed('silence')]
    ],
    [
      'from all backups',
      gathering(inThird({})),
      from('s1', reports(3, had)),
      'collect-report',
      gathering(inThird({}), { s1: findings(had) }),
      []
    ],
    [
      '[VRR] §4.2 and takes the longest log of the latest view',
      gathering(inThird({ log: logOf(y) }), { s1: { synced: 1, log: logOf(y, y, y), committed: 0 } }),
      from('s3', reports(3, kept({ synced: 2, log: logOf(x), committed: 1 }))),
      'choose-log',
      transferring(inThird({ synced: 3, log: logOf(x), committed: 1 })),
      [...to(appends(3, 0, [x], 1), 's1', 's3'), armed('silence')]
    ],
    [
      'its own if none is better, and then whoever waited waits on',
      gathering(entered({ log: logOf(x) }), {}, [waits(1)]),
      from('s3', reports(2, kept())),
      'choose-log',
      transferring(inSecond({ log: logOf(x) }), {}, [waits(1)]),
      [...to(appends(2, 0, [x]), 's3'), armed('silence')]
    ],
    [
      'alone, it has all there is',
      backup(had),
      from('views', newView(viewOf(2, 's2'))),
      'enter-alone',
      transferring({ ...had, view: viewOf(2, 's2'), synced: 2 }),
      [...to(complete(2), 'views'), armed('silence')]
    ],
    [
      'some have its log',
      transferring(inThird({ synced: 3 })),
      from('s1', have(3, 0)),
      'note-transfer',
      transferring(inThird({ synced: 3 }), { s1: 0 }),
      []
    ],
    [
      '[VP] when all have it, the view service is told',
      transferring(inThird({ synced: 3 }), { s1: 0 }),
      from('s3', have(3, 0)),
      'ask-to-serve',
      transferring(inThird({ synced: 3 }), { s1: 0, s3: 0 }),
      to(complete(3), 'views')
    ],
    [
      '[VP] and the primary serves when that is known',
      transferring(inSecond({ log: logOf(x) }), { s3: 1 }, [waits(1)]),
      from('views', activate(2)),
      'serve',
      serving(inSecond({ log: logOf(x), committed: 1 }), { s3: 1 }),
      [tells(written)]
    ],
    [
      'which it knows by then',
      serving(inSecond()),
      from('views', activate(2)),
      'ignore-activation',
      serving(inSecond()),
      []
    ],
    [
      'a report that comes late is answered by the next beat',
      serving(inSecond()),
      from('s3', reports(2, kept())),
      'ignore-report',
      serving(inSecond()),
      []
    ],
    [
      'what may be lost is sent again: the log, and that all have it',
      transferring(inSecond({ log: logOf(x) }), { s3: 1 }),
      beat,
      'send-again',
      transferring(inSecond({ log: logOf(x) }), { s3: 1 }),
      [...to(appends(2, 1, []), 's3'), ...to(complete(2), 'views'), armed('beat')]
    ],
    [
      'and to a backup that has confirmed nothing, all',
      serving(inSecond({ log: logOf(x, y) })),
      beat,
      'send-again',
      serving(inSecond({ log: logOf(x, y) })),
      [...to(appends(2, 0, [x, y]), 's3'), armed('beat')]
    ]
  ])
})

describe('the epoch is a fence', () => {
  const late = backup(entered())
  clauses(server('s3'), [
    ['an entry from an earlier view is not taken', late, from('s1', appends(1, 0, [x])), 'fence-off', late, []],
    ['nor anything else', serving(inSecond()), from('s1', have(1, 1)), 'ignore-stale', serving(inSecond()), []],
    [
      'what is from a later view will come again',
      backup(kept()),
      from('s2', appends(2, 0, [x])),
      'ignore-early',
      backup(kept()),
      []
    ],
    [
      'what a server has no part in is left alone',
      backup(kept()),
      from('s2', have(1, 1)),
      'ignore-misdirected',
      backup(kept()),
      []
    ],
    [
      'proposals are not for servers',
      backup(kept()),
      from('s2', propose(second)),
      'ignore-misdirected',
      backup(kept()),
      []
    ]
  ])
})

describe('a crash is a pause that forgets who waits', () => {
  const found = (state: State) => primaryBackup.durable(state)
  const alone = kept({ view: viewOf(2, 's3'), log: logOf(x), committed: 1 })

  test.each<[string, NodeId, State, Rule, State, ReadonlyArray<Outward>]>([
    [
      'a primary goes on with the log of its view',
      's2',
      serving(inSecond({ log: logOf(x) }), { s3: 1 }, [waits(1)]),
      'recover-primary',
      transferring(inSecond({ log: logOf(x) })),
      [...to(appends(2, 0, [x]), 's3'), armed('silence'), armed('beat')]
    ],
    [
      'or gathers reports anew',
      's2',
      gathering(entered(), { s3: findings(kept()) }),
      'recover-primary',
      gathering(entered()),
      [armed('silence'), armed('beat')]
    ],
    [
      'a backup is still bound by its report',
      's3',
      backup(entered({ log: logOf(x) })),
      'recover-backup',
      backup(entered({ log: logOf(x) })),
      [...to(reports(2, kept({ log: logOf(x) })), 's2'), armed('silence'), armed('beat')]
    ],
    [
      'an outsider stands by',
      's1',
      outsider(alone),
      'recover-outsider',
      outsider(alone),
      [armed('silence'), armed('beat')]
    ],
    [
      'the view service loses nothing',
      'views',
      views(first, second),
      'recover-view-service',
      views(first, second),
      [armed('beat')]
    ]
  ])('%s', (_clause, id, state, rule, after, effects) =>
    expect(primaryBackup.recover(id === 'views' ? service() : server(id), found(state))).toEqual({
      rule,
      state: after,
      effects
    })
  )

  test('at first, the primary of the first view serves', () => {
    const start = [armed('beat'), armed('silence')]
    expect(primaryBackup.initial(server('s1'))).toEqual({
      rule: 'start-server',
      state: serving(kept()),
      effects: start
    })
    expect(primaryBackup.initial(server('s2'))).toEqual({ rule: 'start-server', state: backup(kept()), effects: start })
    expect(primaryBackup.initial(service())).toEqual({
      rule: 'start-view-service',
      state: views(first),
      effects: [armed('beat')]
    })
  })
})

const someView = fc.constantFrom(first, second, viewOf(2, 's3'), viewOf(3, 's2', 's1', 's3'))
const someLog = fc.array(fc.constantFrom(x, y, read), { maxLength: 3 }).map((held) => logOf(...held))
const someLength = fc.nat({ max: 4 })
const someKept: fc.Arbitrary<Kept> = fc
  .record({ view: someView, log: someLog, behind: fc.nat({ max: 2 }), committed: someLength })
  .map(({ view, log, behind, committed }) => ({
    view,
    synced: Math.max(1, view.number - behind),
    log,
    committed: Math.min(committed, log.last)
  }))
const someConfirmed = (log: Log<Entry>): fc.Arbitrary<Confirmed> =>
  fc.dictionary(fc.constantFrom('s1', 's2', 's3'), fc.nat({ max: log.last }))
const someServer: fc.Arbitrary<State> = someKept.chain((of) =>
  fc.oneof(
    fc.constant(outsider(of)),
    fc.constant(backup(of)),
    fc.constant(gathering(of)),
    someConfirmed(of.log).map((confirmed) => transferring(of, confirmed)),
    someConfirmed(of.log).map((confirmed) => serving(of, confirmed, of.log.last > 0 ? [waits(of.log.last)] : []))
  )
)
const someService: fc.Arbitrary<State> = fc
  .tuple(someView, fc.option(someView))
  .map(([active, proposed]) => views(active, proposed))
const someMode = fc.constantFrom<Mode>('synchronous', 'chain', 'semi-synchronous', 'asynchronous')
const somebody = fc.oneof(
  fc.tuple(
    fc.tuple(fc.constantFrom('s1', 's2', 's3'), someMode).map(([id, mode]) => server(id, mode)),
    someServer
  ),
  fc.tuple(someMode.map(service), someService)
)
const someNumber = fc.integer({ min: 1, max: 4 })
const someEntries = fc.array(fc.constantFrom(x, y, read), { maxLength: 2 })
const someMessage: fc.Arbitrary<Message> = fc.oneof(
  someView.map(newView),
  someView.map(propose),
  fc.tuple(someNumber, someKept).map(([view, of]) => reports(view, of)),
  fc.tuple(someNumber, someLength, someEntries, someLength).map((parts) => appends(...parts)),
  fc.tuple(someNumber, someLength).map((parts) => have(...parts)),
  someNumber.map(complete),
  someNumber.map(activate)
)
const someEvent: fc.Arbitrary<Happening> = fc.oneof(
  { arbitrary: fc.tuple(fc.constantFrom(...nodes), someMessage).map((parts) => from(...parts)), weight: 5 },
  { arbitrary: fc.constantFrom(asks(x), asks(read), silence, beat), weight: 1 }
)

describe('the reducer', () => {
  test('answers every event in every state with a declared rule and data that decodes', () =>
    fc.assert(
      fc.property(somebody, someEvent, ([self, state], event) => {
        declaredStep(primaryBackup, self, state, event)
      })
    ))

  test('never goes back to an earlier view, and knows of no more commits than it has entries', () =>
    fc.assert(
      fc.property(somebody, someEvent, ([self, state], event) => {
        // No backup confirms what was not sent.
        fc.pre(event.type !== 'deliver' || event.message.type !== 'have' || event.message.length === 0)
        const { state: after } = primaryBackup.step(self, state, event)
        if (state.role !== 'server' || after.role !== 'server') return
        expect(after.view.number).toBeGreaterThanOrEqual(state.view.number)
        expect(after.synced).toBeGreaterThanOrEqual(state.synced)
        expect(after.committed).toBeLessThanOrEqual(after.log.last)
      })
    ))

  test('comes back from a crash with all that it had written, through its codec', () =>
    fc.assert(
      fc.property(somebody, ([self, state]) => {
        const disk = primaryBackup.durable(state)
        const codec = primaryBackup.codecs.durable
        const found = codec.decode(JSON.parse(JSON.stringify(codec.encode(disk))))
        if (either.isLeft(found)) throw new Error('the disk does not decode')
        // A primary without backups has nobody to ask, and has chosen its log when it is back.
        const { synced: _before, ...expected } = { synced: 0, ...disk }
        const { synced: _after, ...back } = {
          synced: 0,
          ...primaryBackup.durable(primaryBackup.recover(self, found.right).state)
        }
        expect(back).toEqual(expected)
      })
    ))
})
