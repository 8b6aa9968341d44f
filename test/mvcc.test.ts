// Long because it has a line for each clause of four papers.
/** Multiversion concurrency control, clause by clause. A script is a line per question: who asks, and what. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import fc from 'fast-check'
import { emptyMap, entriesIn, firstIndex, lastIndex, length, mapOf, valueAt, type Self } from '../spec/kernel/index.ts'
import {
  begun,
  commitsSince,
  disciplineOf,
  installed,
  isPivot,
  itemsAt,
  mvcc,
  now,
  oldestSnapshot,
  versionAt,
  waitsFor,
  type Happening,
  type Isolation,
  type Message,
  type Mvcc,
  type Question,
  type State,
  type Store
} from '../spec/mvcc/index.ts'
import { arm, clauses, deliver, isTotal, send, timeout } from './support/clauses.ts'

const nodes = ['store', 's1', 's2']
const selfOf = (id: string, isolation: Isolation): Self<Mvcc> => ({ id, nodes, config: { store: 'store', isolation } })

const questionOf = (transaction: string, [word = '', key = '', value = '']: ReadonlyArray<string>): Question => {
  if (word === 'r') return { type: 'read', transaction, key }
  if (word === 'w') return { type: 'write', transaction, key, value: value === 'null' ? null : Number(value) }
  if (word === 'scan') return { type: 'scan', transaction, from: key, to: value }
  return { type: word as 'begin' | 'commit' | 'abort', transaction }
}

const say = (value: unknown): string =>
  Array.isArray(value) ? value.map(({ key, value: held }) => `${key}=${held}`).join(' ') : String(value)

/** `a found x=1`: to whom, and what. */
const sayAnswer = (message: Message): string => {
  const { type, transaction } = message
  if (type === 'found') return `${transaction} found ${message.key}=${say(message.value)}`
  if (type === 'listed') return `${transaction} listed ${say(message.items)}`
  return type === 'aborted' ? `${transaction} aborted ${message.reason}` : `${transaction} ${type}`
}

interface Ran {
  readonly store: Store
  /** The rule that fired, and what was answered, by line. */
  readonly said: ReadonlyArray<string>
}

const asStore = (state: State): Store => {
  if (state.role !== 'store') throw new Error('a session')
  return state
}

const asked = (isolation: Isolation, { store, said }: Ran, line: string): Ran => {
  const [who = '', ...words] = line.split(' ')
  const self = selfOf('store', isolation)
  const moved =
    who === 'vacuum'
      ? mvcc.step(self, store, { type: 'timeout', timer: 'vacuum' })
      : who === 'crash'
        ? mvcc.recover(self, mvcc.durable(store))
        : mvcc.step(self, store, { type: 'deliver', from: `s-${who}`, message: questionOf(who, words) })
  const answers = moved.effects.flatMap((effect) => (effect.type === 'send' ? [sayAnswer(effect.message)] : []))
  return { store: asStore(moved.state), said: [...said, [moved.rule, ...answers].join('; ')] }
}

const run = (isolation: Isolation, script: ReadonlyArray<string>): Ran =>
  script.reduce<Ran>((ran, line) => asked(isolation, ran, line), {
    store: asStore(mvcc.initial(selfOf('store', isolation)).state),
    said: []
  })

/** What the last line was answered, by script. */
type Case = readonly [string, Isolation, ReadonlyArray<string>, string]

const lastOf = (table: ReadonlyArray<Case>) =>
  test.each(table)('%s (%s)', (_clause, isolation, script, said) =>
    expect(run(isolation, script).said.at(-1)).toBe(said)
  )

const snapshots: ReadonlyArray<Isolation> = [
  'first-committer-wins',
  'first-updater-wins',
  'conflict-flags',
  'read-validation'
]
const all: ReadonlyArray<Isolation> = ['read-committed', ...snapshots]
const each = (
  isolations: ReadonlyArray<Isolation>,
  clause: string,
  script: ReadonlyArray<string>,
  said: string
): ReadonlyArray<Case> => isolations.map((isolation) => [clause, isolation, script, said])

describe('[BG83], reads and writes', () => {
  lastOf([
    ...each(all, 'a transaction begins', ['a begin'], 'begin; a began'),
    ...each(all, 'it begins once', ['a begin', 'a begin'], 'ignore-second-begin'),
    ...each(all, 'what nobody wrote is nothing', ['a begin', 'a r x'], 'read-version; a found x=null'),
    ...each(all, 'a write is kept', ['a begin', 'a w x 1'], 'keep-write; a kept'),
    ...each(all, 'a transaction reads its own write', ['a begin', 'a w x 1', 'a r x'], 'read-own-write; a found x=1'),
    ...each(all, 'its last one', ['a begin', 'a w x 1', 'a w x 2', 'a r x'], 'read-own-write; a found x=2'),
    ...each(
      all,
      'nobody else reads it before the commit',
      ['a begin', 'a w x 1', 'b begin', 'b r x'],
      'read-version; b found x=null'
    ),
    ...each(all, 'a commit', ['a begin', 'a w x 1', 'a commit'], 'commit; a committed'),
    ...each(all, 'of reads alone', ['a begin', 'a r x', 'a commit'], 'commit-read-only; a committed'),
    ...each(
      all,
      'who begins later reads it',
      ['a begin', 'a w x 1', 'a commit', 'b begin', 'b r x'],
      'read-version; b found x=1'
    ),
    ...each(all, 'an abort', ['a begin', 'a w x 1', 'a abort'], 'roll-back; a aborted asked'),
    ...each(
      all,
      'leaves nothing',
      ['a begin', 'a w x 1', 'a abort', 'b begin', 'b r x'],
      'read-version; b found x=null'
    ),
    ...each(
      all,
      'a scan lists what is there, own writes and deletions included',
      ['a begin', 'a w x 1', 'a w y 2', 'a w z 3', 'a commit', 'b begin', 'b w y null', 'b w w 9', 'b scan w y'],
      'scan; b listed w=9 x=1'
    ),
    ...each(
      all,
      'who is over is not known',
      ['a begin', 'a commit', 'a r x'],
      'refuse-unknown-transaction; a aborted unknown'
    ),
    ...each(all, 'who never began is not known', ['a commit'], 'refuse-unknown-transaction; a aborted unknown')
  ])

  test('a transaction is its session’s alone', () => {
    const { store } = run('read-committed', ['a begin'])
    const stolen: Happening = { type: 'deliver', from: 's2', message: { type: 'commit', transaction: 'a' } }
    expect(mvcc.step(selfOf('store', 'read-committed'), store, stolen).rule).toBe('refuse-unknown-transaction')
  })
})

describe('[Berenson95] §4.2, snapshots', () => {
  const others = ['b begin', 'b w x 1', 'b commit']
  lastOf([
    ...each(
      snapshots,
      'what is committed after the beginning is not seen',
      ['a begin', ...others, 'a r x'],
      'read-version; a found x=null'
    ),
    ...each(snapshots, 'nor by a scan', ['a begin', ...others, 'a scan a z'], 'scan; a listed '),
    ['read committed sees it', 'read-committed', ['a begin', ...others, 'a r x'], 'read-version; a found x=1'],
    ['and by a scan', 'read-committed', ['a begin', ...others, 'a scan a z'], 'scan; a listed x=1']
  ])
})

describe('[Berenson95] §4.2, first committer wins', () => {
  const second = ['a begin', 'b begin', 'a w x 1', 'b w x 2', 'a commit', 'b commit']
  lastOf([
    [
      'the second of two that overlap and write one key is aborted',
      'first-committer-wins',
      second,
      'first-committer-wins; b aborted write-conflict'
    ],
    ['read committed lets both commit', 'read-committed', second, 'commit; b committed'],
    ['so does read validation, where nobody read it: [YF12]', 'read-validation', second, 'commit; b committed'],
    [
      'other keys do not matter',
      'first-committer-wins',
      ['a begin', 'b begin', 'a w x 1', 'b w y 2', 'a commit', 'b commit'],
      'commit; b committed'
    ],
    [
      'nor do transactions that do not overlap',
      'first-committer-wins',
      ['a begin', 'a w x 1', 'a commit', 'b begin', 'b w x 2', 'b commit'],
      'commit; b committed'
    ],
    [
      'nor does one that aborted',
      'first-committer-wins',
      ['a begin', 'b begin', 'a w x 1', 'b w x 2', 'a abort', 'b commit'],
      'commit; b committed'
    ]
  ])
})

describe('[Fekete05], first updater wins', () => {
  const locking: ReadonlyArray<Isolation> = ['first-updater-wins', 'conflict-flags']
  const contest = ['a begin', 'b begin', 'c begin', 'a w x 1', 'b w x 2', 'c w x 3']
  lastOf([
    ...each(locking, 'the second waits', contest.slice(0, 5), 'wait-for-first-updater'),
    ...each(
      locking,
      'a commit aborts all who wait',
      [...contest, 'a commit'],
      'commit; a committed; b aborted write-conflict; c aborted write-conflict'
    ),
    ...each(
      locking,
      'an abort hands the lock to the first who waits',
      [...contest, 'a abort'],
      'roll-back; a aborted asked; b kept'
    ),
    ...each(
      locking,
      'who waited longer goes first',
      [...contest, 'a abort', 'b abort'],
      'roll-back; b aborted asked; c kept'
    ),
    ...each(
      locking,
      'who comes after the commit is aborted at the write',
      ['a begin', 'b begin', 'a w x 1', 'a commit', 'b w x 2'],
      'first-updater-wins; b aborted write-conflict'
    ),
    ...each(locking, 'a key is locked once', ['a begin', 'a w x 1', 'a w x 2'], 'keep-write; a kept'),
    ...each(
      locking,
      'who would wait for itself is aborted, and the other goes on',
      ['a begin', 'b begin', 'a w x 1', 'b w y 2', 'a w y 1', 'b w x 2'],
      'break-deadlock; b aborted deadlock; a kept'
    ),
    ...each(
      locking,
      'also by way of a third',
      ['a begin', 'b begin', 'c begin', 'a w x 1', 'b w y 2', 'c w z 3', 'a w y 1', 'b w z 2', 'c w x 3'],
      'break-deadlock; c aborted deadlock; b kept'
    ),
    ...each(
      locking,
      'who gives up waiting is forgotten',
      ['a begin', 'b begin', 'a w x 1', 'b w x 2', 'b abort', 'a abort'],
      'roll-back; a aborted asked'
    ),
    ...each(
      locking,
      'one that is aborted while it waits passes its own locks on',
      ['a begin', 'b begin', 'c begin', 'a w x 1', 'b w y 2', 'c w y 3', 'b w x 2', 'a commit'],
      'commit; a committed; b aborted write-conflict; c kept'
    )
  ])
})

describe('[Cahill08], conflict flags', () => {
  const skew = ['a begin', 'b begin', 'a r x', 'a r y', 'b r x', 'b r y']
  lastOf([
    [
      'commit: no pivot commits',
      'conflict-flags',
      [...skew, 'a w x 1', 'b w y 2', 'a commit'],
      'abort-pivot; a aborted unsafe'
    ],
    [
      'and the other does',
      'conflict-flags',
      [...skew, 'a w x 1', 'b w y 2', 'a commit', 'b abort'],
      'roll-back; b aborted asked'
    ],
    [
      'write: a write that would make a pivot of one that has committed is aborted',
      'conflict-flags',
      ['a begin', 'b begin', 'c begin', 'c r y', 'a r x', 'a w y 1', 'a commit', 'b w x 2'],
      'abort-unsafe-write; b aborted unsafe'
    ],
    [
      'read: so is a read',
      'conflict-flags',
      ['a begin', 'b begin', 'c begin', 'a r x', 'c w x 9', 'a w y 1', 'a commit', 'b r y'],
      'abort-unsafe-read; b aborted unsafe'
    ],
    [
      'also a scan',
      'conflict-flags',
      ['a begin', 'b begin', 'c begin', 'a r x', 'c w x 9', 'a w y 1', 'a commit', 'b scan a z'],
      'abort-unsafe-read; b aborted unsafe'
    ],
    [
      'a phantom is a conflict',
      'conflict-flags',
      ['a begin', 'b begin', 'a scan a z', 'b scan a z', 'a w x 1', 'b w y 2', 'a commit'],
      'abort-pivot; a aborted unsafe'
    ],
    [
      'reads outlive the commit while another overlaps',
      'conflict-flags',
      [...skew, 'a w x 1', 'a commit', 'b w y 2'],
      'abort-unsafe-write; b aborted unsafe'
    ],
    [
      'one conflict alone is fine',
      'conflict-flags',
      ['a begin', 'b begin', 'a r x', 'b w x 1', 'a commit', 'b commit'],
      'commit; b committed'
    ]
  ])

  test('who has committed is remembered while another overlaps it', () => {
    const ran = run('conflict-flags', ['c begin', ...skew, 'a w x 1', 'a commit'])
    expect(ran.store.finished).toMatchObject([{ id: 'a', at: 1, wrote: true, conflictIn: true }])
    const [withC, withNobody] = [['b commit'], ['b commit', 'c commit']].map(
      (script) => script.reduce((so, line) => asked('conflict-flags', so, line), ran).store.finished
    )
    expect(withC?.map(({ id }) => id)).toEqual(['a'])
    expect(withNobody).toEqual([])
  })

  test('who waits for one that commits is over with it, and nobody overlaps that any more', () => {
    const { store } = run('conflict-flags', ['a begin', 'b begin', 'a w x 1', 'b w x 2', 'a commit'])
    expect(store.finished).toEqual([])
  })

  test('the flags', () => {
    const { store } = run('conflict-flags', ['a begin', 'b begin', 'a r x', 'b w x 1'])
    expect(valueAt(store.active, 'a')).toMatchObject({ conflictIn: false, conflictOut: true })
    expect(valueAt(store.active, 'b')).toMatchObject({ conflictIn: true, conflictOut: false })
    expect(isPivot({ ...begun('a', 's1', 0), conflictIn: true, conflictOut: true })).toBe(true)
  })
})

describe('[Ports12] §4.1, transactions that only read', () => {
  const deposit = ['d begin', 'd w y 1', 'd commit']
  const report = ['r begin', 'r r x', 'r r y', 'r commit']
  lastOf([
    [
      'theorem 3: dangerous where the last of the three committed before the snapshot',
      'conflict-flags',
      ['w begin', 'w r x', 'w r y', ...deposit, ...report, 'w w x 2', 'w commit'],
      'abort-pivot; w aborted unsafe'
    ],
    [
      'and not where it commits after it',
      'conflict-flags',
      ['w begin', 'w r x', 'w r y', 'd begin', 'd w y 1', ...report, 'd commit', 'w w x 2', 'w commit'],
      'commit; w committed'
    ]
  ])
  test.each([
    ['one with an older snapshot overlaps it', ['w begin', ...deposit, ...report], ['d', 'r']],
    ['one with the same snapshot does not', ['w begin', ...report], []]
  ])('it happened at its snapshot: %s', (_clause, script, remembered) =>
    expect(run('conflict-flags', script).store.finished.map(({ id }) => id)).toEqual(remembered)
  )
})

describe('[YF12], read validation', () => {
  const read = ['a begin', 'b begin', 'a r x', 'b w x 1', 'b commit']
  lastOf([
    [
      'who read what was written since is aborted',
      'read-validation',
      [...read, 'a w y 2', 'a commit'],
      'abort-stale-reads; a aborted read-conflict'
    ],
    ['unless it wrote nothing', 'read-validation', [...read, 'a commit'], 'commit-read-only; a committed'],
    [
      'a range that was read counts, too',
      'read-validation',
      ['a begin', 'b begin', 'a scan a z', 'b w x 1', 'b commit', 'a w y 2', 'a commit'],
      'abort-stale-reads; a aborted read-conflict'
    ],
    [
      'own writes are not read',
      'read-validation',
      ['a begin', 'b begin', 'a w x 2', 'a r x', 'b w x 1', 'b commit', 'a commit'],
      'commit; a committed'
    ]
  ])
})

describe('garbage', () => {
  const write = (value: number) => ['a begin', `a w x ${value}`, 'a commit']
  test('installing a version drops those that nobody sees', () => {
    const { store } = run('first-committer-wins', [...write(1), ...write(2), ...write(3)])
    expect(valueAt(store.versions, 'x')).toEqual([{ at: 3, value: 3 }])
  })
  test('a snapshot keeps what it sees, and the vacuum takes it when it is over', () => {
    const ran = run('first-committer-wins', [...write(1), 'b begin', ...write(2), ...write(3), 'vacuum'])
    expect(valueAt(ran.store.versions, 'x')?.map(({ at }) => at)).toEqual([1, 2, 3])
    const after = ['b r x', 'b commit', 'vacuum', 'vacuum'].reduce(
      (so, line) => asked('first-committer-wins', so, line),
      ran
    )
    expect(after.said.slice(-4)).toEqual([
      'read-version; b found x=1',
      'commit-read-only; b committed',
      'collect-garbage',
      'nothing-to-collect'
    ])
    expect(valueAt(after.store.versions, 'x')).toEqual([{ at: 3, value: 3 }])
  })
  test('a key that was deleted goes', () => {
    const { store } = run('first-committer-wins', [...write(1), 'a begin', 'a w x null', 'a commit', 'vacuum'])
    expect([store.versions, store.checkpoint]).toEqual([emptyMap, emptyMap])
  })
  test('not before the snapshots that see it', () => {
    const { store } = run('first-committer-wins', [
      ...write(1),
      'b begin',
      'a begin',
      'a w x null',
      'a commit',
      'vacuum'
    ])
    expect(versionAt(store.versions, 'x', 1).value).toBe(1)
    expect(oldestSnapshot(store, now(store))).toBe(1)
  })
  test('the vacuum empties the log, and timestamps go on', () => {
    const { store } = run('first-committer-wins', [...write(1), ...write(2), 'vacuum', ...write(3)])
    expect([length(store.log), firstIndex(store.log), lastIndex(store.log), now(store)]).toEqual([1, 3, 3, 3])
  })
})

describe('a crash', () => {
  const script = [
    'a begin',
    'a w x 1',
    'a w y 1',
    'a commit',
    'vacuum',
    'b begin',
    'b w x 2',
    'b commit',
    'c begin',
    'c w y 3',
    'crash'
  ]
  test.each(all)('keeps what was committed, and nothing else (%s)', (isolation) => {
    const { store } = run(isolation, script)
    expect(entriesIn(store.versions)).toEqual([
      ['x', [{ at: 2, value: 2 }]],
      ['y', [{ at: 1, value: 1 }]]
    ])
    expect([now(store), store.active, store.waiting, store.finished]).toEqual([2, emptyMap, [], []])
  })
  lastOf(
    each(all, 'ends what was not committed', [...script, 'c commit'], 'refuse-unknown-transaction; c aborted unknown')
  )
  test('leaves a session with nothing to do', () => {
    const session = mvcc.recover(selfOf('s1', 'read-committed'), { role: 'session' })
    expect(session).toEqual({
      rule: 'forget-transaction',
      state: { role: 'session', store: 'store', running: null },
      effects: []
    })
  })
  test('the disk reads back as it was written', () => {
    const disk = mvcc.durable(run('first-committer-wins', script).store)
    const written: unknown = JSON.parse(JSON.stringify(mvcc.codecs.durable.encode(disk)))
    expect(mvcc.codecs.durable.decode(written)).toEqual(either.right(disk))
  })
})

describe('a session', () => {
  const request = {
    type: 'run',
    operations: [
      { type: 'read', key: 'x' },
      { type: 'write', key: 'x', value: 1 }
    ],
    end: 'commit'
  } as const
  const [first, second] = request.operations
  const at = (phase: string, done: ReadonlyArray<unknown>, todo: ReadonlyArray<unknown>) => ({
    role: 'session',
    store: 'store',
    running: { id: 't', phase, done, todo, end: 'commit' }
  })
  const idle = { role: 'session', store: 'store', running: null }
  const found = { type: 'read', key: 'x', value: null }
  const tell = (message: object) => deliver('store', { transaction: 't', ...message })
  const replied = (response: unknown) => [{ type: 'reply', id: 't', response }]
  const ask = (message: object) => [send('store', { transaction: 't', ...message })]
  clauses(mvcc, selfOf('s1', 'read-committed'), [
    [
      'begins',
      idle,
      { type: 'request', id: 't', request },
      'begin-transaction',
      at('beginning', [], [first, second]),
      ask({ type: 'begin' })
    ],
    [
      'asks the first operation',
      at('beginning', [], [first, second]),
      tell({ type: 'began' }),
      'next-operation',
      at('operating', [], [first, second]),
      ask(first)
    ],
    [
      'keeps what it found, and asks the next',
      at('operating', [], [first, second]),
      tell({ type: 'found', key: 'x', value: null }),
      'next-operation',
      at('operating', [found], [second]),
      ask(second)
    ],
    [
      'ends',
      at('operating', [found], [second]),
      tell({ type: 'kept' }),
      'end-transaction',
      at('ending', [found, second], []),
      ask({ type: 'commit' })
    ],
    [
      'tells that it was committed',
      at('ending', [found], []),
      tell({ type: 'committed' }),
      'tell-committed',
      idle,
      replied({ type: 'committed', results: [found] })
    ],
    [
      'tells that it was aborted',
      at('operating', [found], [second]),
      tell({ type: 'aborted', reason: 'unsafe' }),
      'tell-aborted',
      idle,
      replied({ type: 'aborted', reason: 'unsafe' })
    ],
    [
      'runs one at a time',
      at('ending', [], []),
      { type: 'request', id: 'u', request },
      'refuse-while-busy',
      at('ending', [], []),
      [{ type: 'reply', id: 'u', response: { type: 'busy' } }]
    ],
    ['ignores answers that it does not wait for', idle, tell({ type: 'began' }), 'ignore-stray', idle, []],
    [
      'and those to another question',
      at('operating', [], [first]),
      tell({ type: 'found', key: 'y', value: 1 }),
      'ignore-stray',
      at('operating', [], [first]),
      []
    ],
    ['and questions', idle, tell({ type: 'commit' }), 'ignore-stray', idle, []]
  ])
  clauses(mvcc, selfOf('store', 'read-committed'), [
    [
      'a store takes no transactions from clients',
      run('read-committed', []).store,
      { type: 'request', id: 't', request },
      'refuse-client',
      run('read-committed', []).store,
      replied({ type: 'not-a-session' })
    ],
    [
      'and no answers',
      run('read-committed', []).store,
      tell({ type: 'kept' }),
      'ignore-answer-at-store',
      run('read-committed', []).store,
      []
    ],
    [
      'it looks for garbage again and again',
      run('read-committed', []).store,
      timeout('vacuum'),
      'nothing-to-collect',
      run('read-committed', []).store,
      [arm('vacuum')]
    ]
  ])
})

describe('the reducer', () => {
  const ids = ['a', 'b', 'c']
  const questions = ids.flatMap((transaction): ReadonlyArray<Question> => [
    { type: 'begin', transaction },
    { type: 'read', transaction, key: 'x' },
    { type: 'scan', transaction, from: 'a', to: 'z' },
    { type: 'write', transaction, key: 'x', value: transaction },
    { type: 'write', transaction, key: 'y', value: null },
    { type: 'commit', transaction },
    { type: 'abort', transaction }
  ])
  const events = [
    ...questions.map((message) => deliver('s1', message)),
    timeout('vacuum'),
    deliver('s1', { type: 'began', transaction: 'a' })
  ]
  test.each(all)('answers every question at any time (%s)', (isolation) =>
    isTotal(mvcc, selfOf('store', isolation), events, (_before, after) => {
      const store = asStore(after)
      for (const { transaction } of store.waiting) {
        expect(valueAt(store.active, transaction)).toBeDefined()
        expect(waitsFor(store, transaction, transaction)).toBe(false)
      }
      if (disciplineOf(store).readers !== 'flagged') expect(store.finished).toEqual([])
    })
  )

  test('a snapshot sees what was committed up to then, however much was written since', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.nat(9)), { maxLength: 20 }),
        fc.nat(20),
        (writes, snapshot) => {
          const versions = writes.reduce(
            (so, [key, value], index) => installed(so, mapOf([[key, value] as const]), index + 1, snapshot),
            emptyMap as Store['versions']
          )
          for (const key of ['x', 'y', 'z']) {
            const seen = writes.slice(0, snapshot).findLast(([written]) => written === key)
            expect(versionAt(versions, key, snapshot).value).toBe(seen?.[1] ?? null)
            const later = writes.flatMap(([written], index) =>
              written === key && index + 1 > snapshot ? [index + 1] : []
            )
            expect(commitsSince(versions, { from: key, to: key }, snapshot)).toEqual(later)
          }
          const items = itemsAt(versions, { from: 'x', to: 'z' }, snapshot, emptyMap)
          expect(items.map(({ key }) => key)).toEqual(
            [...new Set(writes.slice(0, snapshot).map(([key]) => key))].toSorted()
          )
        }
      )
    ))
})
