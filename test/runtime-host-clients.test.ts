/** Clients: whom they ask, how often, and what they make of it. */
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import {
  clientOf,
  machineOf,
  sessionsOver,
  virtualClock,
  withSessions,
  type Answer,
  type Machine,
  type Numbered,
  type RequestError,
  type SessionContent
} from '../src/runtime/index.ts'
import type { Ledger } from './runtime/ledger.ts'

type Said = RequestError | string

const error = {
  overloaded: { type: 'overloaded', mayHaveHappened: false },
  late: { type: 'timeout', mayHaveHappened: true },
  stopped: { type: 'stopped', mayHaveHappened: false, problem: null },
  refused: { type: 'refused', mayHaveHappened: false, problem: { code: 'Q108', what: '', where: [] } }
} as const satisfies Record<string, RequestError>

/** A client whose nodes say these things, one after the other; `>b` sends it to b, `>` to nobody. */
const client = (script: ReadonlyArray<Said | null>) => {
  const clock = virtualClock()
  const asked: string[] = []
  const { request } = clientOf<string, string>({
    nodes: ['a', 'b', 'c'],
    ask: (node) => {
      const said = script[asked.push(node) - 1] ?? null
      if (said === null) return new Promise<Answer<string>>(() => undefined)
      return Promise.resolve(typeof said === 'string' ? either.right(said) : either.left(said))
    },
    redirect: (said) => (said.startsWith('>') ? { to: said === '>' ? null : said.slice(1) } : null),
    clock,
    random: () => 0,
    attempt: 100,
    deadline: 1000,
    name: 'me'
  })
  const outcome = async (repeatable: boolean): Promise<unknown> => {
    const answered = request('do it', { repeatable })
    await clock.pass(3000)
    const answer = await answered
    return either.isRight(answer)
      ? answer.right
      : `${answer.left.type}, ${answer.left.mayHaveHappened ? 'perhaps' : 'never'}`
  }
  return { asked, outcome }
}

describe('a client', () => {
  test.each<[string, boolean, ReadonlyArray<Said | null>, string, string]>([
    ['is answered', false, ['done'], 'done', 'a'],
    ['goes where it is sent', false, ['>c', 'done'], 'done', 'a c'],
    ['turns elsewhere where nobody knows the leader', false, ['>', '>', 'done'], 'done', 'a b a'],
    ['and where a node sends it to itself, or to a stranger', false, ['>a', '>z', 'done'], 'done', 'a b a'],
    [
      'turns elsewhere where a node is down or overloaded',
      false,
      [error.stopped, error.overloaded, 'done'],
      'done',
      'a b a'
    ],
    ['asks no second time what may have happened', false, [error.late, 'done'], 'timeout, perhaps', 'a'],
    ['not even where the node is gone without a word', false, [null, 'done'], 'timeout, perhaps', 'a'],
    ['asks again what may happen twice', true, [error.late, null, 'done'], 'done', 'a b a'],
    ['does not ask again what is wrong', true, [error.refused, 'done'], 'refused, never', 'a'],
    [
      'nor forgets that an earlier attempt may have happened',
      true,
      [error.late, error.refused],
      'timeout, perhaps',
      'a b'
    ]
  ])('%s', async (_what, repeatable, script, outcome, nodes) => {
    const { asked, outcome: outcomeOf } = client(script)
    expect(await outcomeOf(repeatable)).toBe(outcome)
    expect(asked.join(' ')).toBe(nodes)
  })

  test('gives up at its deadline, and knows whether something may have happened', async () => {
    const stubborn = client(Array(1000).fill(error.overloaded))
    expect(await stubborn.outcome(false)).toBe('timeout, never')
    expect(stubborn.asked.length).toBeGreaterThan(50)
    expect(await client(Array(1000).fill(error.late)).outcome(true)).toBe('timeout, perhaps')
  })

  test('asks the node first that answered last', async () => {
    const { asked, outcome } = client(['>c', 'done', 'done'])
    await outcome(false)
    await outcome(false)
    expect(asked.join(' ')).toBe('a c c')
  })
})

/** Entries are numbers: hundreds are the session, tens the number, ones what is added; below 100 there is no session. */
const machine = (most = 2): Machine<Ledger> =>
  withSessions<Ledger>(
    machineOf<Ledger>({
      initial: 0,
      apply: (content: number, entry) => ({
        content: content + (entry % 10),
        response: { total: content + (entry % 10) }
      })
    }),
    {
      numbered: (entry) =>
        entry < 100 ? null : { session: String(Math.floor(entry / 100)), number: Math.floor(entry / 10) % 10 },
      opened: { total: -1 },
      expired: { total: -2 },
      most
    }
  )

describe('a machine with sessions', () => {
  test.each<[string, ReadonlyArray<number>, ReadonlyArray<number>]>([
    ['applies what belongs to no session as it comes', [1, 1, 1], [1, 2, 3]],
    ['applies each number once, and answers it as before', [100, 111, 5, 111, 122, 122], [-1, 1, 6, 1, 8, 8]],
    ['opens a session once', [100, 111, 100, 111], [-1, 1, 1, 1]],
    ['applies nothing of a session that it does not know', [111], [-2]],
    ['nor what is older than what was answered', [100, 111, 122, 111], [-1, 1, 3, -2]],
    ['forgets the session that was unused for longest', [100, 200, 111, 300, 122, 211], [-1, -1, 1, -1, 3, -2]]
  ])('%s', (_what, entries, totals) => {
    const { apply } = machine()
    expect(entries.map((entry) => apply(entry, null).total)).toEqual(totals)
  })

  test('has its sessions in its snapshots', () => {
    const one = machine()
    for (const entry of [100, 111, 200, 211]) one.apply(entry, null)
    const other = machine()
    other.apply(300, null)
    other.restore(structuredClone(one.snapshot()) as number)
    expect(other.snapshot()).toEqual({
      content: 2,
      sessions: [
        ['1', 1, { total: 1 }],
        ['2', 1, { total: 2 }]
      ]
    } satisfies SessionContent)
    expect([111, 122, 311].map((entry) => other.apply(entry, null).total)).toEqual([1, 4, -2])
  })
})

describe('commands in sessions', () => {
  const ran = (answers: (numbered: Numbered) => Answer<string>) => {
    const asked: string[] = []
    const { request } = sessionsOver<string, readonly [Numbered, string | null], string>(
      {
        name: 'me',
        request: ([numbered, command]) => {
          asked.push(`${numbered.session} ${numbered.number} ${command ?? 'open'}`)
          return Promise.resolve(answers(numbered))
        }
      },
      { wrap: (numbered, command) => [numbered, command], isExpired: (response) => response === 'expired' }
    )
    return { asked, request }
  }

  test('follow one another in one session, and overlap in several', async () => {
    const { asked, request } = ran(() => either.right('done'))
    await request('x')
    await Promise.all([request('y'), request('z')])
    expect(asked).toEqual(['me/1 0 open', 'me/1 1 x', 'me/2 0 open', 'me/1 2 y', 'me/2 1 z'])
  })

  test('leave a session for good whose command was not answered', async () => {
    const { asked, request } = ran(({ session, number }) =>
      session === 'me/1' && number === 1 ? either.left(error.late) : either.right('done')
    )
    expect(await request('x')).toEqual(either.left(error.late))
    await request('y')
    expect(asked).toEqual(['me/1 0 open', 'me/1 1 x', 'me/2 0 open', 'me/2 1 y'])
  })

  test('may have happened where their session expired, and have not where none could be opened', async () => {
    expect(await ran(({ number }) => either.right(number === 0 ? 'done' : 'expired')).request('x')).toEqual(
      either.left(error.late)
    )
    expect(await ran(() => either.left(error.late)).request('x')).toMatchObject({ left: { mayHaveHappened: false } })
  })
})
