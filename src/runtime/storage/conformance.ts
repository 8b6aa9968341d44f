/**
 * What every storage must do, as a list of checks that any test runner can run: each resolves, or rejects with what is
 * wrong. Who writes a storage runs all of them on it.
 *
 * @example
 * test.each(storageConformance)('$name', ({ run }) => run(() => place))
 */
import { notStrictEqual, rejects, strictEqual } from 'node:assert'
import { canonical } from '../../model/data.ts'
import type { Change, Storage, Stored } from '../ports.ts'

/** Where storages keep things: a folder, a server, a disk in memory. */
export interface StoragePlace {
  /** A storage there, not open yet. Called again after the one before was closed or crashed, and once while it is open. */
  readonly storage: () => Storage
  /** Does to a storage what the death of its process would. Left out where that cannot be had. */
  readonly crash?: (storage: Storage) => Promise<void>
}

export interface StorageCheck {
  readonly name: string
  /** `make` gives a place that is empty. */
  readonly run: (make: () => Promise<StoragePlace>) => Promise<void>
}

const { fromEntries } = Object

/** By their text: within jest, what an addon parses has prototypes of another realm. */
const mustBe = (found: Stored | null, expected: Stored | null): void =>
  strictEqual(canonical(found), canonical(expected))

/** Opens, makes the commits, closes, opens again, and gives what is found then. */
const keptBy = async (place: StoragePlace, commits: ReadonlyArray<ReadonlyArray<Change>>): Promise<Stored | null> => {
  const storage = place.storage()
  await storage.open()
  for (const changes of commits) await storage.commit(changes)
  await storage.close()
  const again = place.storage()
  const found = await again.open()
  await again.close()
  return found
}

/** A check of what is found after some commits. */
const keeps = (name: string, commits: ReadonlyArray<ReadonlyArray<Change>>, expected: Stored | null): StorageCheck => ({
  name,
  run: async (make) => mustBe(await keptBy(await make(), commits), expected)
})

const set = (field: string, value: unknown): Change => ({ type: 'set', field, value })
const append = (field: string, from: number, entries: ReadonlyArray<unknown>): Change => ({
  type: 'append',
  field,
  from,
  entries
})
const compact = (field: string, first: number): Change => ({ type: 'compact', field, first })

const values = {
  nothing: null,
  no: false,
  zero: 0,
  least: Number.MIN_SAFE_INTEGER,
  part: 0.1,
  text: '',
  letters: 'ä€😀\n"\\\u0000\u2028',
  list: [[], [1, [2]]],
  record: { b: 1, a: { c: null } },
  'a field, with ünusual: name/': 1,
  ['toString']: 'own'
}

/** A number that looks random and is the same in every run, from 0 to `bound` - 1. */
const scattered = (turn: number, bound: number): number => ((turn + 1) * 7_919_777 + (turn % 13) * 104_729) % bound

/** Many small commits on one log, which overwrite, cut and compact it; and what must be left of them. */
const manyCommits = (count: number) => {
  let first = 1
  let kept: ReadonlyArray<unknown> = []
  const commits = Array.from({ length: count }, (_, turn): ReadonlyArray<Change> => {
    const cut = turn % 5 === 4 ? Math.min(kept.length, scattered(turn, 4)) : 0
    const from = first + kept.length - cut
    const added = Array.from({ length: scattered(turn, 3) + 1 }, (_entry, index) => ({
      term: turn,
      command: `${turn}/${index}`
    }))
    kept = [...kept.slice(0, kept.length - cut), ...added]
    const changes = [set('term', turn), append('log', from, added)]
    if (turn % 17 !== 16) return changes
    const gone = scattered(turn, kept.length)
    first += gone
    kept = kept.slice(gone)
    return [...changes, compact('log', first)]
  })
  return { commits, expected: { term: count - 1, log: { first, entries: kept } } }
}

const many = manyCommits(200)

export const storageConformance: ReadonlyArray<StorageCheck> = [
  keeps('a new disk has nothing', [], null),
  keeps('a commit of nothing leaves a new disk new', [[]], null),
  keeps('a field has the value that was set last', [[set('term', 1)], [set('term', 2)]], { term: 2 }),
  keeps(
    'changes of one commit are made in order',
    [[set('a', 1), set('a', 2), set('b', 1), { type: 'unset', field: 'b' }]],
    { a: 2 }
  ),
  keeps('a field that is unset is gone', [[set('a', 1), set('b', 2)], [{ type: 'unset', field: 'a' }]], { b: 2 }),
  keeps('a field that is not there can be unset', [[{ type: 'unset', field: 'a' }, set('b', 1)]], { b: 1 }),
  keeps('a disk without fields is not a new one', [[set('a', 1)], [{ type: 'unset', field: 'a' }]], {}),
  keeps('values are kept as they are', [Object.entries(values).map(([field, value]) => set(field, value))], values),
  keeps('a log grows at its end', [[append('log', 1, ['a', 'b'])], [append('log', 3, ['c'])]], {
    log: { first: 1, entries: ['a', 'b', 'c'] }
  }),
  keeps('a log is cut where it is appended to', [[append('log', 1, ['a', 'b', 'c'])], [append('log', 2, ['x'])]], {
    log: { first: 1, entries: ['a', 'x'] }
  }),
  keeps('a log is cut by appending nothing', [[append('log', 1, ['a', 'b', 'c'])], [append('log', 2, [])]], {
    log: { first: 1, entries: ['a'] }
  }),
  keeps(
    'a log forgets its beginning',
    [[append('log', 1, ['a', 'b', 'c'])], [compact('log', 3)], [append('log', 4, ['d'])]],
    {
      log: { first: 3, entries: ['c', 'd'] }
    }
  ),
  keeps('a log that begins past its end is empty', [[append('log', 1, ['a'])], [compact('log', 9)]], {
    log: { first: 9, entries: [] }
  }),
  keeps(
    'such a log goes on where it begins',
    [[append('log', 1, ['a'])], [compact('log', 9)], [append('log', 9, ['i'])]],
    {
      log: { first: 9, entries: ['i'] }
    }
  ),
  keeps('a log that begins there already stays', [[append('log', 1, ['a']), compact('log', 1)]], {
    log: { first: 1, entries: ['a'] }
  }),
  keeps('a log can be empty from the start', [[compact('log', 1)]], { log: { first: 1, entries: [] } }),
  keeps('a log can begin later from the start', [[compact('log', 5), append('log', 5, ['e'])]], {
    log: { first: 5, entries: ['e'] }
  }),
  keeps('a log can be set as a whole', [[set('log', { first: 4, entries: ['d'] })], [append('log', 5, ['e'])]], {
    log: { first: 4, entries: ['d', 'e'] }
  }),
  keeps(
    'a log can be unset and begin again',
    [[append('log', 1, ['a', 'b'])], [{ type: 'unset', field: 'log' }], [append('log', 1, ['x'])]],
    {
      log: { first: 1, entries: ['x'] }
    }
  ),
  keeps('a log can become something else', [[append('log', 1, ['a', 'b'])], [set('log', 'text')]], { log: 'text' }),
  keeps('logs do not mix', [[append('a', 1, [1]), append('ab', 1, [2])], [compact('a', 2)]], {
    a: { first: 2, entries: [] },
    ab: { first: 1, entries: [2] }
  }),
  keeps('a large value is kept', [[set('content', 'x'.repeat(3_000_000))], [set('after', 1)]], {
    content: 'x'.repeat(3_000_000),
    after: 1
  }),
  keeps('many commits are kept', many.commits, many.expected),
  {
    name: 'what is found can be gone on with, many times',
    run: async (make) => {
      const place = await make()
      for (let turn = 1; turn <= 5; turn += 1) {
        const found = await keptBy(place, [[append('log', turn, [turn])]])
        mustBe(found, { log: { first: 1, entries: Array.from({ length: turn }, (_, index) => index + 1) } })
      }
    }
  },
  {
    name: 'a place that is open is not opened a second time',
    run: async (make) => {
      const place = await make()
      const storage = place.storage()
      await storage.open()
      await rejects(place.storage().open(), /Q801/)
      await storage.commit([set('a', 1)])
      await storage.close()
      mustBe(await keptBy(place, []), { a: 1 })
    }
  },
  {
    name: 'a commit out of turn is an error of who makes it',
    run: async (make) => {
      const storage = (await make()).storage()
      await rejects(storage.commit([set('a', 1)]))
      await storage.open()
      const first = storage.commit([set('a', 1)])
      await rejects(storage.commit([set('a', 2)]))
      await first
      await storage.close()
      await rejects(storage.commit([set('a', 3)]))
    }
  },
  {
    name: 'a change that makes no sense is refused, and all that comes after it',
    run: async (make) => {
      for (const wrong of [
        append('log', 3, ['c']),
        append('text', 1, ['a']),
        compact('text', 2),
        append('log', 0, [])
      ]) {
        const place = await make()
        const storage = place.storage()
        await storage.open()
        await storage.commit([set('text', 'x'), append('log', 1, ['a'])])
        await rejects(storage.commit([set('text', 'y'), wrong]))
        await rejects(storage.commit([set('text', 'z')]))
        await storage.close()
        mustBe(await keptBy(place, []), { text: 'x', log: { first: 1, entries: ['a'] } })
      }
    }
  },
  {
    name: 'a crash loses no commit that was done',
    run: async (make) => {
      const place = await make()
      if (place.crash === undefined) return
      const storage = place.storage()
      await storage.open()
      for (const changes of many.commits) await storage.commit(changes)
      await place.crash(storage)
      mustBe(await keptBy(place, []), many.expected)
    }
  },
  {
    name: 'a crash in the middle of a commit leaves all of it or nothing',
    run: async (make) => {
      const fields = Array.from({ length: 50 }, (_, index) => `field-${index}`)
      const all = (value: number): Stored => fromEntries(fields.map((field) => [field, value]))
      const place = await make()
      if (place.crash === undefined) return
      const storage = place.storage()
      await storage.open()
      await storage.commit(fields.map((field) => set(field, 1)))
      let isDone = false
      const doneLater = async (commit: Promise<void>): Promise<void> => {
        await commit
        isDone = true
      }
      void doneLater(storage.commit(fields.map((field) => set(field, 2)))).catch(() => undefined)
      const wasDone = isDone
      await place.crash(storage)
      const found = await keptBy(place, [])
      notStrictEqual(found, null)
      if (wasDone || found?.['field-0'] === 2) mustBe(found, all(2))
      else mustBe(found, all(1))
    }
  },
  {
    name: 'entries are told apart by their index alone',
    run: async (make) => {
      const found = await keptBy(await make(), [
        [
          append(
            'log',
            1,
            Array.from({ length: 300 }, () => 'same')
          )
        ],
        [compact('log', 255)]
      ])
      const log = found?.['log'] as { readonly first: number; readonly entries: ReadonlyArray<unknown> }
      strictEqual(log.first, 255)
      strictEqual(log.entries.length, 46)
    }
  }
]
