import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { either } from 'fp-ts'
import { call, fail, historyOf, info, invoke, ok } from '../../src/consistency/builder.ts'
import { parseEdn, plain } from '../../src/consistency/formats/edn.ts'
import { readElle } from '../../src/consistency/formats/elle.ts'
import { readJepsen, readKeyedJepsen } from '../../src/consistency/formats/jepsen.ts'
import { HistoryCodec, readJsonLines, writeJsonLines } from '../../src/consistency/formats/json-lines.ts'
import { readPorcupineKeyValue, readPorcupineRegister } from '../../src/consistency/formats/porcupine.ts'
import { formats } from '../../src/consistency/formats/formats.ts'
import type { Reader } from '../../src/consistency/formats/formats.ts'
import type { Judge } from '../../src/consistency/verdict.ts'
import { linearizable } from '../../src/consistency/linearizable.ts'
import { keyed } from '../../src/consistency/specification.ts'
import { keyValue } from '../../src/consistency/specifications/key-value.ts'
import { mutex } from '../../src/consistency/specifications/mutex.ts'
import { casRegister, multiRegister, register } from '../../src/consistency/specifications/registers.ts'
import { set } from '../../src/consistency/specifications/set.ts'

const read = (reader: Reader, text: string) => {
  const history = reader(text)
  return either.isRight(history)
    ? history.right
    : { code: history.left.code, what: history.left.what, where: history.left.where }
}

const verdict = (reader: Reader, judge: Judge<unknown, unknown>, text: string) => {
  const judged = either.chain(judge.judge)(reader(text))
  return either.isRight(judged) ? judged.right.verdict : judged.left.code
}

describe('EDN', () => {
  test.each<[string, unknown]>([
    ['nil true false', [null, true, false]],
    ['1 -2 +3 4N 1.5 2e3 1.5M 0', [1, -2, 3, 4, 1.5, 2000, 1.5, 0]],
    ['12345678901234567890 9007199254740993N 1/3', ['12345678901234567890', '9007199254740993', '1/3']],
    [String.raw`"a \"b\" \n \u0041"  ""`, ['a "b" \n A', '']],
    [String.raw`\a \newline \space`, ['a', '\n', ' ']],
    [':a :b/c ::d sym', ['a', 'b/c', 'd', 'sym']],
    [
      '[1, 2 (3 [])] #{3 1 2}',
      [
        [1, 2, [3, []]],
        [1, 2, 3]
      ]
    ],
    ['{:a 1, "b" {2 [nil]}}', [{ a: 1, b: { '2': [null] } }]],
    ['; a comment\n1 #_ignored 2 #_[3 #_4] ; more', [1, 2]],
    ['#inst "2020" #jepsen.history.Op{:a 1} #:ns{:b 2} ^:meta [3] ##NaN', ['2020', { a: 1 }, { b: 2 }, [3], '##NaN']],
    ['', []]
  ])('%s', (text, expected) => {
    expect(either.map((forms: ReadonlyArray<any>) => forms.map(plain))(parseEdn(text))).toEqual(either.right(expected))
  })
  test.each<[string, string]>([
    ['[1 2', 'line 1'],
    ['\n\n{:a}', 'line 3'],
    ['{:a "x\ny" :b "}', 'line 2'],
    [']', 'line 1'],
    ['(1]', 'line 1'],
    ['#', 'line 1'],
    ['['.repeat(100_000), 'line 1']
  ])('malformed: %.20s', (text, line) => {
    expect(parseEdn(text)).toMatchObject({ left: { code: 'Q604', where: [line] } })
  })
  test('any text is read or refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('[](){}#_"\\:;^ 1a\n')), maxLength: 30 }), (text) => {
        expect(['Left', 'Right']).toContain(parseEdn(text)._tag)
      })
    )
  })
})

describe('Jepsen and Knossos', () => {
  test('a register, one map a line, with nemesis, index, time and error', () => {
    const text = `
{:process 0, :type :invoke, :f :write, :value 3, :index 0, :time 10}
{:process :nemesis, :type :info, :f :start, :value nil, :index 1, :time 11}
{:process 1, :type :invoke, :f :cas, :value [0 3], :index 2, :time 12}
{:process 0, :type :ok, :f :write, :value 3, :index 3, :time 13}
{:process 1, :type :info, :f :cas, :value [0 3], :index 4, :time 14, :error :timeout}
{:process 2, :type :invoke, :f :read, :value nil, :index 5, :time 15}
{:process 2, :type :ok, :f :read, :value 3, :index 6, :time 16}
{:process 2, :type :invoke, :f :cas, :value [7 8], :index 7, :time 17}
{:process 2, :type :fail, :f :cas, :value [7 8], :index 8, :time 18}`
    expect(read(readJepsen, text)).toEqual([
      { index: 0, process: 0, time: 10, type: 'invoke', operation: { type: 'write', value: 3 } },
      { index: 2, process: 1, time: 12, type: 'invoke', operation: { type: 'cas', from: 0, to: 3 } },
      { index: 3, process: 0, time: 13, type: 'ok', response: null },
      { index: 4, process: 1, time: 14, type: 'info', reason: 'timeout' },
      { index: 5, process: 2, time: 15, type: 'invoke', operation: { type: 'read' } },
      { index: 6, process: 2, time: 16, type: 'ok', response: 3 },
      { index: 7, process: 2, time: 17, type: 'invoke', operation: { type: 'cas', from: 7, to: 8 } },
      { index: 8, process: 2, time: 18, type: 'fail', reason: null }
    ])
    expect(verdict(readJepsen, linearizable(casRegister()), text)).toBe('ok')
  })
  test('one vector or list, without indices', () => {
    const records =
      '{:type :invoke, :f :acquire, :process 1} {:type :ok, :f :acquire, :process 1} ; taken\n' +
      '{:type :invoke, :f :release, :process 1} {:type :ok, :f :release, :process 1}'
    const expected = historyOf(call(1, { type: 'acquire' }, null), call(1, { type: 'release' }, null))
    expect(read(readJepsen, `[${records}]`)).toEqual(expected)
    expect(read(readJepsen, `(${records})`)).toEqual(expected)
    expect(verdict(readJepsen, linearizable(mutex), records)).toBe('ok')
  })
  test('a set read as a set', () => {
    const text =
      '{:process 0 :type :invoke :f :add :value 2} {:process 0 :type :ok :f :add :value 2}' +
      '{:process 0 :type :invoke :f :add :value 1} {:process 0 :type :ok :f :add :value 1}' +
      '{:process 0 :type :invoke :f :read :value nil} {:process 0 :type :ok :f :read :value #{2 1}}'
    expect(verdict(readJepsen, linearizable(set), text)).toBe('ok')
  })
  test('tuples of jepsen.independent', () => {
    const text =
      '{:process 0 :type :invoke :f :write :value [:x 1]} {:process 0 :type :ok :f :write :value [:x 1]}' +
      '{:process 0 :type :invoke :f :cas :value [:y [nil 4]]} {:process 0 :type :ok :f :cas :value [:y [nil 4]]}' +
      '{:process 0 :type :invoke :f :read :value [:x nil]} {:process 0 :type :ok :f :read :value [:x 1]}'
    expect(read(readKeyedJepsen, text)).toEqual(
      historyOf(
        call(0, { key: 'x', operation: { type: 'write', value: 1 } }, null),
        call(0, { key: 'y', operation: { type: 'cas', from: null, to: 4 } }, true),
        call(0, { key: 'x', operation: { type: 'read' } }, 1)
      )
    )
    expect(verdict(readKeyedJepsen, linearizable(keyed(casRegister())), text)).toBe('ok')
  })
  test.each<[string, string, string]>([
    ['{:type :invoke :f :read :process 0}\n{:type :ok :f :write :process 0}', 'Q606', 'line 2'],
    ['{:type :ok :f :read :process 0}', 'Q601', 'line 1'],
    ['{:type :invoke :f :read}', 'Q605', 'line 1'],
    ['{:type :maybe :f :read :process 0}', 'Q605', 'line 1'],
    ['{:type :invoke :process 0}', 'Q605', 'line 1'],
    ['{:type :invoke :f :cas :value 3 :process 0}', 'Q605', 'line 1'],
    ['\n{:type :invoke :f :read :process 0', 'Q604', 'line 2']
  ])('refused: %s', (text, code, line) => {
    expect(read(readJepsen, text)).toMatchObject({ code, where: [line] })
  })
  test('a completion for another key is refused', () => {
    const text = '{:process 0 :type :invoke :f :read :value [1 nil]}\n{:process 0 :type :ok :f :read :value [2 nil]}'
    expect(read(readKeyedJepsen, text)).toMatchObject({ code: 'Q606', where: ['line 2'] })
  })
})

describe('Elle', () => {
  test('list-append', () => {
    const text =
      '{:index 4 :type :invoke, :f :txn, :value [[:append 3 1] [:r 4 nil]], :process 0}\n' +
      '{:index 6 :type :ok, :f :txn, :value [[:append 3 1] [:r 4 [1 2]]], :process 0}'
    expect(read(readElle, text)).toEqual([
      {
        index: 4,
        process: 0,
        time: null,
        type: 'invoke',
        operation: [
          ['append', 3, 1],
          ['r', 4, null]
        ]
      },
      {
        index: 6,
        process: 0,
        time: null,
        type: 'ok',
        response: [
          ['append', 3, 1],
          ['r', 4, [1, 2]]
        ]
      }
    ])
  })
  test('rw-register, and the multi-register of Knossos', () => {
    const text =
      '{:type :invoke, :f :txn, :value [[:w :x 1] [:read :y nil]], :process 0}\n' +
      '{:type :ok, :f :txn, :value [[:w :x 1] [:read :y 0]], :process 0}'
    expect(verdict(readElle, linearizable(multiRegister({ '"y"': 0 })), text)).toBe('ok')
    expect(verdict(readElle, linearizable(multiRegister()), text)).toBe('violation')
  })
  test.each(['7', '[[:delete 1 2]]', '[[:r 1]]', '[[:append [1] 2]]', '[[:w 1 nil]]'])('refused: %s', (value) => {
    const text = `{:type :invoke, :f :txn, :value ${value}, :process 0}`
    expect(read(readElle, text)).toMatchObject({ code: 'Q605', where: ['line 1'] })
  })
})

describe('Porcupine', () => {
  const line = (process: number, rest: string) => `INFO  jepsen.util - ${process}\t${rest}`
  test('register log', () => {
    const text = [
      line(0, ':invoke\t:read\tnil'),
      line(1, ':invoke\t:write\t4'),
      line(0, ':ok\t:read\tnil'),
      'INFO  jepsen.util - :nemesis\t:info\t:start\tnil',
      line(1, ':ok\t:write\t4'),
      line(0, ':invoke\t:cas\t[3 0]'),
      line(0, ':fail\t:cas\t[3 0]'),
      line(0, ':invoke\t:read\tnil'),
      line(0, ':fail\t:read\t:timed-out'),
      line(2, ':invoke :write \t5 \t:hint 0'),
      line(2, ':info :write \t:timed-out'),
      ''
    ].join('\n')
    expect(read(readPorcupineRegister, text)).toEqual(
      historyOf(
        invoke(0, { type: 'read' }),
        invoke(1, { type: 'write', value: 4 }),
        ok(0, null),
        ok(1, null),
        call(0, { type: 'cas', from: 3, to: 0 }, false),
        invoke(0, { type: 'read' }),
        fail(0, 'timed-out'),
        invoke(2, { type: 'write', value: 5 }),
        info(2, 'timed-out')
      )
    )
    const judge = linearizable(casRegister())
    expect(verdict(readPorcupineRegister, judge, text)).toBe('ok')
    // A cas that says it failed is an answer: it must not have found its value.
    expect(verdict(readPorcupineRegister, judge, text.replaceAll('[3 0]', '[4 0]'))).toBe('violation')
  })
  test('a line that is something else is refused, not passed over', () => {
    expect(read(readPorcupineRegister, `${line(0, ':invoke\t:read\tnil')}\n${line(0, ':ok\t:re')}`)).toMatchObject({
      code: 'Q604',
      where: ['line 2']
    })
  })
  test('key-value log', () => {
    const text = [
      '{:process 3, :type :invoke, :f :put, :key "x", :value "y"}',
      '{:process 1, :type :invoke, :f :get, :key "x", :value nil}',
      '{:process 3, :type :ok, :f :put, :key "x", :value "y"}',
      '{:process 1, :type :ok, :f :get, :key "x", :value "y"}',
      '{:process 1, :type :invoke, :f :append, :key "x", :value "z"}',
      '{:process 1, :type :ok, :f :append, :key "x", :value "z"}',
      '{:process 1, :type :invoke, :f :get, :key "x", :value nil}',
      '{:process 1, :type :ok, :f :get, :key "x", :value "yz"}'
    ].join('\n')
    expect(verdict(readPorcupineKeyValue, linearizable(keyValue), text)).toBe('ok')
    expect(verdict(readPorcupineKeyValue, linearizable(keyValue), text.replace('"yz"', '"zy"'))).toBe('violation')
  })
})

describe('JSON lines', () => {
  test('written and read back', () => {
    const data = fc
      .jsonValue({ maxDepth: 2 })
      .map((value) => JSON.parse(JSON.stringify(value).replaceAll(/\d{16,}|\d[\d.]*e\+\d+/g, '1')))
    const entry = fc.oneof(
      fc.tuple(fc.constant('p'), data).map(([process, operation]) => invoke(process, operation)),
      data.map((response) => ok(7, response)),
      data.map((reason) => fail('q', reason)),
      data.map((reason) => info('r', reason))
    )
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const history = historyOf(...entries)
        expect(readJsonLines(writeJsonLines(history))).toEqual(either.right(history))
        expect(HistoryCodec.is(history)).toBe(true)
      })
    )
  })
  test('index, time and reason may be left out', () => {
    const text =
      '{"type":"invoke","process":"A","operation":{"type":"read"}}\n\n{"type":"info","process":"A"}\r\n' +
      '{"type":"invoke","process":"B","operation":1,"index":9}\n'
    expect(read(readJsonLines, text)).toEqual([
      { type: 'invoke', process: 'A', operation: { type: 'read' }, index: 0, time: null },
      { type: 'info', process: 'A', reason: null, index: 1, time: null },
      { type: 'invoke', process: 'B', operation: 1, index: 9, time: null }
    ])
  })
  test.each<[string, string, string]>([
    ['{"type":"invoke"', 'Q604', ''],
    ['[1]', 'Q605', 'not a record'],
    ['{"type":"done","process":1}', 'Q605', '"done"'],
    ['{"process":1}', 'Q605', 'type undefined'],
    ['{"type":"invoke","process":1}', 'Q605', 'operation'],
    ['{"type":"invoke","process":-1,"operation":0}', 'Q605', 'process'],
    ['{"type":"ok","process":1,"response":0,"extra":0}', 'Q605', 'extra'],
    ['{"type":"ok","process":1,"response":9007199254740993}', 'Q605', 'too large'],
    [`{"type":"ok","process":1,"response":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'Q605', 'nested']
  ])('refused: %.60s', (text, code, what) => {
    const refused = read(readJsonLines, `{"type":"invoke","process":1,"operation":0}\n${text}`)
    expect(refused).toMatchObject({ code, where: ['line 2'] })
    expect(refused).toHaveProperty('what', expect.stringContaining(what))
  })
})

test('every format takes the empty text, and judges what it reads', () => {
  for (const reader of Object.values<Reader>(formats)) {
    expect(reader('')).toEqual(either.right([]))
    expect(verdict(reader, linearizable(register()), '')).toBe('ok')
  }
})
