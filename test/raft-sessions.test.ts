/** Client sessions, clause by clause: [Ongaro] §6.3. */
import { describe, expect, test } from '@jest/globals'
import { exactlyOnce, type Applied, type Held, type SessionCommand } from '../spec/raft/index.ts'

/** A state machine that adds up, and tells the sum. */
const sums = exactlyOnce<number>(
  {
    initial: 0,
    apply: (sum, command) => ({ content: sum + Number(command), result: sum + Number(command) }),
    query: (sum) => sum
  },
  2
)

const command = (index: number, given: SessionCommand): Applied => ({ type: 'command', index, command: given })
const register = (index: number): Applied => command(index, { type: 'register' })
const call = (client: number, serial: number, given: number): Applied =>
  command(99, { type: 'call', client, serial, command: given })

const run = (...list: ReadonlyArray<Applied>) =>
  list.reduce<{ readonly content: Held<number>; readonly response: unknown }>(
    ({ content }, applied) => sums.apply(content, applied),
    { content: sums.initial, response: null }
  )
const told = (result: unknown) => ({ type: 'result', result })

describe('[Ongaro] §6.3, Fig. 6.1', () => {
  test('RegisterClient: the index of the entry becomes the name of the client', () =>
    expect(run(register(7))).toEqual({
      content: { sessions: [{ client: 7, serial: 0, result: null }], content: 0 },
      response: told({ type: 'registered', client: 7 })
    }))

  test('ClientRequest: a command is applied, and its answer is kept', () =>
    expect(run(register(7), call(7, 1, 5))).toEqual({
      content: { sessions: [{ client: 7, serial: 1, result: 5 }], content: 5 },
      response: told({ type: 'done', result: 5 })
    }))

  test('one that was applied before is not applied again: the answer is the first one', () => {
    const once = run(register(7), call(7, 1, 5))
    expect(run(register(7), call(7, 1, 5), call(7, 1, 5))).toEqual(once)
  })

  test('one that the client no longer waits for does nothing', () =>
    expect(run(register(7), call(7, 1, 5), call(7, 2, 1), call(7, 1, 5))).toEqual({
      content: { sessions: [{ client: 7, serial: 2, result: 6 }], content: 6 },
      response: told({ type: 'superseded' })
    }))

  test('the commands of two clients do not get in each other’s way', () =>
    expect(run(register(7), register(8), call(7, 1, 5), call(8, 1, 5)).content.content).toBe(10))

  test('there are no more sessions than agreed: the least recently active one is forgotten', () => {
    const { content } = run(register(1), register(2), call(1, 1, 5), register(3))
    expect(content.sessions.map(({ client }) => client)).toEqual([1, 3])
    expect(sums.apply(content, call(2, 1, 5))).toEqual({ content, response: told({ type: 'expired' }) })
  })

  test('a retry counts as activity', () =>
    expect(
      run(register(1), call(1, 1, 5), register(2), call(1, 1, 5), register(3)).content.sessions.map(
        ({ client }) => client
      )
    ).toEqual([1, 3]))

  test('a query needs no session, and changes nothing', () => {
    const { content } = run(register(7), call(7, 1, 5))
    expect(sums.apply(content, { type: 'query', query: null })).toEqual({ content, response: told(5) })
  })

  test('what is no command of a session does nothing', () =>
    expect(sums.apply(sums.initial, { type: 'command', index: 1, command: 5 })).toEqual({
      content: sums.initial,
      response: told({ type: 'malformed' })
    }))
})
