// Long because the commands, their twin and the pieces that they come in are drawn and compared here.
/** The replicated key-value store, by its parts: what goes over connections, and what commands mean. */
import { Buffer } from 'node:buffer'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import { Registry } from 'prom-client'
import { metricHelp, prometheusMetrics } from '../src/runtime/prometheus.ts'
import { nodeLogger } from '../src/serve/logs.ts'
import { serveOptions, settingsIn } from '../src/serve/options.ts'
import { encodeCommand, encodeReply, type Reply } from '../src/serve/resp/reply.ts'
import { replyReader } from '../src/serve/resp/replies.ts'
import { requestLimits, requestReader } from '../src/serve/resp/requests.ts'
import { wordsOf } from '../src/serve/resp/words.ts'
import { fits } from '../src/serve/store/glob.ts'
import { Content, store, StoreCommand, type Item } from '../src/serve/store/store.ts'
import { flawOfData, transaction } from '../src/serve/transaction.ts'
import { runTwin, type Content as TwinContent } from './serve/twin.ts'

/** Any bytes, one per character. */
const bytes = fc.uint8Array({ maxLength: 12 }).map((all) => Buffer.from(all).toString('latin1'))

/** Cuts a text into pieces at these places. */
const pieces = (text: string, places: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const cuts = [0, ...places.map((place) => place % (text.length + 1)).toSorted((a, b) => a - b), text.length]
  return cuts.slice(1).map((end, index) => Buffer.from(text.slice(cuts[index], end), 'latin1'))
}

const readAll = (chunks: ReadonlyArray<Buffer>) => {
  const reader = requestReader()
  const commands: Array<ReadonlyArray<string>> = []
  for (const chunk of chunks) {
    reader.push(chunk)
    for (;;) {
      const read = reader.next()
      if (either.isLeft(read)) return { commands, error: read.left }
      if (read.right === null) break
      commands.push(read.right)
    }
  }
  return { commands, error: null }
}

const cuts = fc.array(fc.nat(), { maxLength: 8 })

describe('RESP2: what clients send', () => {
  test('commands come as they were sent, in whatever pieces', () =>
    fc.assert(
      fc.property(fc.array(fc.array(bytes, { minLength: 1, maxLength: 5 }), { maxLength: 6 }), cuts, (sent, places) => {
        const { commands, error } = readAll(pieces(sent.map(encodeCommand).join(''), places))
        expect([error, commands]).toEqual([null, sent])
      })
    ))

  test('a line of words is a command, too', () => {
    expect(readAll([Buffer.from('PING\r\n set  "a b" \'c"d\' "\\x41\\n"\n\r\n*0\r\nGET k\r\n')]).commands).toEqual([
      ['PING'],
      ['set', 'a b', 'c"d', 'A\n'],
      ['GET', 'k']
    ])
    expect(wordsOf('a"b c')).toEqual(['a"b', 'c'])
    expect(wordsOf('"a"b')).toBeNull()
    expect(readAll([Buffer.from('"a\r\n')]).error).toMatch('unbalanced quotes')
  })

  test.each([
    ['*x\r\n', 'invalid multibulk length'],
    [`*${requestLimits.words + 1}\r\n`, 'invalid multibulk length'],
    ['*1\r\n$-1\r\n', 'invalid bulk length'],
    [`*1\r\n$${requestLimits.wordBytes + 1}\r\n`, 'invalid bulk length'],
    [
      `*3\r\n${`$${requestLimits.wordBytes}\r\n${'x'.repeat(requestLimits.wordBytes)}\r\n`.repeat(2)}$9\r\n`,
      'invalid bulk length'
    ],
    ['*1\r\n:1\r\n', "expected '$', got ':'"],
    ['*1\r\n$1\r\nabc\r\n', 'a bulk string does not end'],
    ['x'.repeat(requestLimits.lineBytes + 1), 'too big inline request'],
    [`*1\r\n$${'1'.repeat(requestLimits.lineBytes + 1)}`, 'too big bulk count string']
  ])('%# is refused, and nothing is read behind it', (text, error) => {
    const reader = requestReader()
    reader.push(Buffer.from(text))
    expect(reader.next()).toEqual(either.left(expect.stringContaining(error)))
    reader.push(Buffer.from('PING\r\n'))
    expect(reader.next()).toEqual(either.left(expect.stringContaining(error)))
  })

  test('whatever comes, the same in whatever pieces, and nothing is thrown', () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof(bytes, fc.constantFrom('*2\r\n', '$3\r\n', '\r\n', '*-1\r\n', '$0\r\n', 'GET', '"')), {
          maxLength: 12
        }),
        cuts,
        (parts, places) => {
          const text = parts.join('')
          expect(readAll(pieces(text, places))).toEqual(readAll([Buffer.from(text, 'latin1')]))
        }
      )
    ))

  test('replies are read as they were said', () => {
    const { reply } = fc.letrec<{ reply: Reply }>((tie) => ({
      reply: fc.oneof(
        { depthSize: 'small' },
        fc.constant(null),
        fc.maxSafeInteger(),
        bytes,
        fc.constantFrom<Reply>({ status: 'OK' }, { error: 'ERR no' }, { integer: '9223372036854775807' }),
        fc.array(tie('reply'), { maxLength: 4 })
      )
    }))
    fc.assert(
      fc.property(fc.array(reply, { maxLength: 4 }), cuts, (sent, places) => {
        const reader = replyReader()
        const read: Reply[] = []
        for (const chunk of pieces(sent.map(encodeReply).join(''), places)) {
          reader.push(chunk)
          for (let next = reader.next(); either.isRight(next) && next.right !== undefined; next = reader.next())
            read.push(next.right)
        }
        expect(read).toEqual(sent)
      })
    )
    expect(encodeReply({ error: 'ERR two\r\nlines' })).toBe('-ERR two lines\r\n')
  })
})

const start = 1_700_000_000_000

/** A store, and the twin of it, that are given the same. */
const drawnItems = () => {
  const key = fc.constantFrom('a', 'b', 'c', 'd')
  const value = fc.oneof(
    bytes,
    fc.integer().map(String),
    fc.constantFrom('0', '9223372036854775807', '-9223372036854775808')
  )
  const amount = fc.oneof(
    fc.integer({ min: -5, max: 50 }).map(String),
    fc.constantFrom('9223372036854775807', 'x', '01')
  )
  const life = fc.integer({ min: 1, max: 30 }).map(String)
  const option = fc.oneof(
    fc.constant<string[]>([]),
    fc.constantFrom(['NX'], ['XX'], ['GET'], ['NX', 'GET'], ['XX', 'GET'], ['KEEPTTL']),
    fc.tuple(fc.constantFrom('EX', 'PX'), life),
    fc.tuple(fc.constantFrom('EX', 'PX'), life, fc.constantFrom('NX', 'XX', 'GET'))
  )
  const words = fc.oneof(
    fc.tuple(fc.constantFrom('GET', 'INCR', 'DECR', 'STRLEN', 'TTL', 'PTTL', 'PERSIST'), key),
    fc.tuple(key, value, option).map(([k, v, o]) => ['SET', k, v, ...o]),
    fc.tuple(fc.constantFrom('INCRBY', 'DECRBY'), key, amount),
    fc.tuple(fc.constant('APPEND'), key, value),
    fc.tuple(fc.constantFrom('EXPIRE', 'PEXPIRE'), key, fc.integer({ min: -1, max: 20 }).map(String)),
    fc
      .tuple(fc.constantFrom('DEL', 'EXISTS', 'MGET'), fc.array(key, { minLength: 1, maxLength: 3 }))
      .map(([n, k]) => [n, ...k]),
    fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 3 }).map((pairs) => ['MSET', ...pairs.flat()])
  )
  return fc.oneof(
    words,
    fc.array(words, { maxLength: 4 }).map((all) => ({ all }))
  )
}

const resultOf = (response: unknown): unknown => (response as { readonly result: unknown }).result

describe('the store', () => {
  test('answers as its twin does, through snapshots, whatever the clocks of leaders say', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            items: fc.array(drawnItems(), { maxLength: 4 }),
            pass: fc.integer({ min: -3, max: 15 }),
            snapshot: fc.boolean()
          }),
          {
            maxLength: 25
          }
        ),
        (entries) => {
          let [machine, twin, clock, now]: [ReturnType<typeof store>, TwinContent, number, number] = [
            store(),
            {},
            start,
            0
          ]
          entries.forEach(({ items, pass, snapshot }, index) => {
            clock += pass
            now = Math.max(now, clock)
            const given = items as ReadonlyArray<Item>
            const command: StoreCommand = { type: 'run', at: clock, items: given }
            expect(StoreCommand.is(command)).toBe(true)
            const replies = given.map((item) => {
              const all = 'all' in item ? item.all : [item]
              const ran = all.map((words) => {
                const { content, reply } = runTwin(twin, words, now)
                twin = content
                return reply
              })
              return 'all' in item ? ran : ran[0]
            })
            const response = machine.apply({ type: 'command', index: index + 1, command }, null)
            expect(resultOf(response)).toEqual(replies)
            if (!snapshot) return
            const content = machine.snapshot() as Content
            machine = store()
            machine.restore(JSON.parse(JSON.stringify(content)))
          })
        }
      ),
      { numRuns: 300 }
    ))

  const machineWith = (...commands: ReadonlyArray<ReadonlyArray<string>>) => {
    const machine = store()
    const run = (...items: ReadonlyArray<Item>) =>
      resultOf(
        machine.apply({ type: 'command', index: 1, command: { type: 'run', at: start, items } }, null)
      ) as ReadonlyArray<Reply>
    run(...commands)
    return { machine, run }
  }

  test('SCAN meets every key that is there all the time, once or more, while others come and go', () => {
    const keys = Array.from({ length: 500 }, (_, index) => `key:${index}`)
    const { run } = machineWith(['MSET', ...keys.flatMap((key) => [key, 'v'])])
    const met = new Set<string>()
    let [cursor, calls] = ['0', 0]
    do {
      const [[next, found]] = run(['SCAN', cursor, 'MATCH', 'key:*', 'COUNT', '20']) as [
        [string, ReadonlyArray<string>]
      ]
      for (const key of found) met.add(key)
      run(['DEL', `key:${calls}`], ['SET', `other:${calls}`, 'v'])
      cursor = next
      calls += 1
    } while (cursor !== '0')
    expect(keys.slice(calls).filter((key) => !met.has(key))).toEqual([])
    expect(calls).toBeGreaterThan(10)
    expect([...met].every((key) => key.startsWith('key:'))).toBe(true)
    expect(run(['SCAN', '-1'], ['SCAN', '0', 'COUNT', '0'], ['SCAN', '99999'])).toEqual([
      { error: 'ERR invalid cursor' },
      { error: 'ERR syntax error' },
      ['0', []]
    ])
  })

  test('reads change nothing, and see what is gone by now', () => {
    const { machine } = machineWith(['SET', 'a', '1', 'PX', '10'])
    const ask = (at: number) => {
      const query = {
        type: 'run',
        at,
        items: [
          ['GET', 'a'],
          ['PTTL', 'a']
        ]
      }
      return resultOf(machine.apply({ type: 'query', query }, null))
    }
    expect([ask(start - 100), ask(start + 9), ask(start + 10), ask(start)]).toEqual([
      ['1', 10],
      ['1', 1],
      [null, -2],
      ['1', 10]
    ])
  })

  test('what is not a command of this version changes nothing', () => {
    const { machine, run } = machineWith(['SET', 'a', '1'])
    for (const command of [null, 7, { type: 'run', at: 1 }, { type: 'other' }])
      expect(resultOf(machine.apply({ type: 'command', index: 2, command }, null))).toBeNull()
    expect(
      run(['FLY'], ['GET'], ['MSET', 'a'], ['GET', 'a'], ['SET', 'a', 'b', 'NX', 'XX'], ['SET', 'a', 'b', 'EX', '0'])
    ).toEqual([
      { error: "ERR unknown command 'FLY'" },
      { error: "ERR wrong number of arguments for 'get' command" },
      { error: "ERR wrong number of arguments for 'mset' command" },
      '1',
      { error: 'ERR syntax error' },
      { error: "ERR invalid expire time in 'set' command" }
    ])
  })

  test('memory of what is gone is freed by and by', () => {
    const { machine } = machineWith(...Array.from({ length: 50 }, (_, index) => ['SET', `k${index}`, 'v', 'PX', '1']))
    expect(machine.size()).toBe(50)
    for (let index = 0; index < 4096; index++)
      machine.apply({ type: 'command', index, command: { type: 'run', at: start + 2, items: [] } }, null)
    expect(machine.size()).toBe(0)
  })

  test('says where nodes are, from entries and from snapshots', () => {
    const place = { host: 'h', port: 1, clientPort: 2 }
    const told: unknown[] = []
    const first = store((places) => told.push(places))
    first.apply({ type: 'command', index: 1, command: { type: 'place', node: 'n4', place } }, null)
    store((places) => told.push(places)).restore(first.snapshot())
    expect(told).toEqual([{ n4: place }, { n4: place }])
  })
})

test.each([
  ['*', '', true],
  ['a*b*c', 'a__b__c', true],
  ['a*b*c', 'a__b__', false],
  ['h?llo', 'hello', true],
  ['h[ae]llo', 'hillo', false],
  ['h[^e]llo', 'hallo', true],
  ['h[a-c]llo', 'hbllo', true],
  ['\\*', '*', true],
  ['\\*', 'x', false],
  ['a[', 'a[', false],
  [`${'a*'.repeat(40)}b`, 'a'.repeat(2000), false]
])('pattern %#', (pattern, text, expected) => expect(fits(pattern, text)).toBe(expected))

describe('MULTI and EXEC', () => {
  const told = (...lines: ReadonlyArray<string>) => {
    const { take } = transaction()
    return lines.map((line) => take(line.split(' ')))
  }
  const queued = { reply: { status: 'QUEUED' } }
  const ok = { reply: { status: 'OK' } }

  test('commands run together', () =>
    expect(told('MULTI', 'SET a 1', 'INCR a', 'EXEC', 'GET a')).toEqual([
      ok,
      queued,
      queued,
      {
        item: {
          all: [
            ['SET', 'a', '1'],
            ['INCR', 'a']
          ]
        }
      },
      null
    ]))

  test('with a command that cannot run, none does', () =>
    expect(told('MULTI', 'SET a', 'SET a 1', 'EXEC', 'EXEC').map((said) => said !== null && 'reply' in said)).toEqual([
      true,
      true,
      true,
      true,
      true
    ]))

  test('what is too large for one entry is refused, in a transaction and by itself', () => {
    const { take } = transaction()
    const large = ['SET', 'a', 'x'.repeat(600_000)]
    const said = [['MULTI'], large, large, ['EXEC']].map((words) => take(words))
    expect(said.map((one) => (one !== null && 'reply' in one ? JSON.stringify(one.reply) : ''))).toEqual([
      expect.stringContaining('OK'),
      expect.stringContaining('QUEUED'),
      expect.stringContaining('too large'),
      expect.stringContaining('EXECABORT')
    ])
    expect(flawOfData(['SET', 'a', 'x'.repeat(2 ** 20)])).toMatch('too large')
    expect(flawOfData(large)).toBeNull()
  })

  test('they are forgotten', () =>
    expect(told('MULTI', 'SET a 1', 'DISCARD', 'MULTI', 'EXEC').at(-1)).toEqual({ reply: [] }))
})

test('settings: a file and its mistakes', () => {
  const options = either.chain(serveOptions)(
    settingsIn(
      '{"id": "n1", "listen": "10.0.0.1:7000", "peers": "n1=10.0.0.1:7000,n2=10.0.0.2:7000,n3=h3:7001/7002", "clientPort": 7003}',
      'f'
    )
  )
  expect(either.isRight(options) && [options.right.peers, options.right.client]).toEqual([
    { n2: { host: '10.0.0.2', port: 7000, clientPort: 7003 }, n3: { host: 'h3', port: 7001, clientPort: 7002 } },
    { host: '10.0.0.1', port: 7003 }
  ])
  const wrong = [
    '{',
    '{"ide": "n1"}',
    '{"id": 1}',
    '{"id": "n1", "listen": "x"}',
    '{"id": "n1", "peers": "n2"}',
    '{}',
    '{"id": "n 1"}',
    '[]'
  ]
  for (const text of wrong)
    expect([text, either.chain(serveOptions)(settingsIn(text, 'f'))._tag]).toEqual([text, 'Left'])
})

test('metrics in the format of Prometheus', async () => {
  const registry = new Registry()
  const { count, gauge, observe } = prometheusMetrics(registry)
  count('quorate_steps_total', 1, { rule: 'a' })
  count('quorate_steps_total', 2, { rule: 'x"y' })
  count('quorate_unclaimed_replies_total')
  gauge('quorate_up', 3)
  gauge('quorate_up', 4)
  observe('quorate_commit_seconds', 0.003)
  observe('quorate_commit_seconds', 9)
  observe('quorate_turn_events', 5)
  const lines = (await registry.metrics()).split('\n')
  const values = lines.filter((line) => line !== '' && !line.startsWith('#') && !line.includes('bucket'))
  expect(values.toSorted()).toEqual([
    'quorate_commit_seconds_count 2',
    'quorate_commit_seconds_sum 9.003',
    'quorate_steps_total{rule="a"} 1',
    'quorate_steps_total{rule="x\\"y"} 2',
    'quorate_turn_events_count 1',
    'quorate_turn_events_sum 5',
    'quorate_unclaimed_replies_total 1',
    'quorate_up 4'
  ])
  expect(lines).toContain('# HELP quorate_up 1 while the node runs')
  expect(lines).toContain('# TYPE quorate_steps_total counter')
  expect(lines).toContain('# TYPE quorate_commit_seconds histogram')
  expect(lines).toContain('quorate_commit_seconds_bucket{le="0.0025"} 0')
  expect(lines).toContain('quorate_commit_seconds_bucket{le="0.005"} 1')
  expect(lines).toContain('quorate_commit_seconds_bucket{le="+Inf"} 2')
  expect(lines).toContain('quorate_turn_events_bucket{le="8"} 1')
})

test('what is counted has a text that says what it is', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const given = files
    .map((file) => readFileSync(join('src', file), 'utf8'))
    .flatMap((text) => [...text.matchAll(/(?:count|gauge|observe)\(\s*['`](quorate_[^'`]+)['`]/g)])
    .map(([, name = '']) => name)
    .flatMap((name) =>
      name.includes('${direction}') ? ['sent', 'received'].map((way) => name.replace('${direction}', way)) : [name]
    )
  expect([...new Set(given)].toSorted()).toEqual(Object.keys(metricHelp).toSorted())
})

test('log lines are JSON, from a level on, of node and part', () => {
  const lines: string[] = []
  const logger = nodeLogger('n1', 'info', { write: (line) => lines.push(line) })
  logger.debug({}, 'no')
  logger.warn({ peer: 'n2' }, 'yes')
  logger.child({ part: 'transport' }).info({}, 'up')
  const common = { time: expect.any(Number), pid: process.pid, node: 'n1' }
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: 40, ...common, peer: 'n2', msg: 'yes' },
    { level: 30, ...common, part: 'transport', msg: 'up' }
  ])
})
