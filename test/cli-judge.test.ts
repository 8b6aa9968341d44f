/** `quorate judge` from end to end: recorded histories in, verdicts and pictures out. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import * as t from 'io-ts'
import { formatOf } from '../src/cli/judge-input.ts'
import { judgeTable, suggestionsFor } from '../src/cli/judge-names.ts'
import { formatNames } from '../src/cli/judge-flags.ts'
import { formats } from '../src/consistency/formats/formats.ts'
import { judgeNamed, judgeNames } from '../src/consistency/judges.ts'
import { rightOf } from './support/runs.ts'
import { command, decoded, lines, projectWith, quorate, runProgram } from './support/command.ts'

const folder = 'test/fixtures/histories'

const Judged = t.type({
  ok: t.boolean,
  history: t.type({ file: t.string, format: t.string, records: t.Int, calls: t.Int, processes: t.Int }),
  verdicts: t.array(
    t.type({ judge: t.string, verdict: t.keyof({ ok: null, violation: null, unknown: null }), seconds: t.number })
  ),
  timeline: t.union([t.string, t.null])
})
const Refused = t.type({
  ok: t.literal(false),
  problems: t.array(t.type({ code: t.string, what: t.string, where: t.array(t.string), mend: t.string }))
})

describe('verdicts', () => {
  test.concurrent.each([
    ['stale-read.jsonl', 'json-lines', { 'linearizable:register': 'violation', 'sequential:register': 'violation' }],
    ['key-value.edn', 'jepsen', { 'linearizable:key-value': 'violation' }],
    ['keyed-cas.edn', 'jepsen-keyed', { 'linearizable:keyed-cas-register': 'ok' }],
    ['register.log', 'porcupine-register', { 'linearizable:cas-register': 'ok' }],
    ['porcupine/etcd_007.log', 'porcupine-register', { 'linearizable:cas-register': 'ok' }],
    [
      'porcupine/etcd_099.log',
      'porcupine-register',
      { 'linearizable:cas-register': 'violation', 'sequential:cas-register': 'ok' }
    ],
    ['porcupine/c01-ok.txt', 'jepsen', { 'linearizable:key-value': 'ok' }],
    ['porcupine/c01-bad.txt', 'jepsen', { 'linearizable:key-value': 'violation' }],
    ['write-skew.edn', 'elle', { 'isolation:serializable': 'violation', 'isolation:snapshot-isolation': 'ok' }],
    ['read-skew.edn', 'elle', { 'isolation:snapshot-isolation': 'violation', 'isolation:read-committed': 'ok' }],
    ['aborted-read.edn', 'elle', { 'isolation:read-committed': 'violation', 'isolation:read-uncommitted': 'ok' }],
    [
      'sessions.jsonl',
      'json-lines',
      { session: 'violation', 'session:read-your-writes': 'ok', causal: 'violation', convergence: 'unknown' }
    ]
  ])('%s, read as %s: %j', async (file, format, expected) => {
    const judges = Object.keys(expected)
    const ran = await quorate(`judge ${folder}/${file} --as ${judges.join(',')} --json`)
    const { ok, history, verdicts } = decoded(Judged, ran)
    const isOk = Object.values(expected).every((verdict) => verdict === 'ok')
    expect({ status: ran.status, err: ran.err, ok }).toEqual({ status: isOk ? 0 : 1, err: '', ok: isOk })
    expect(history).toMatchObject({ file: `${folder}/${file}`, format })
    expect(Object.fromEntries(verdicts.map(({ judge, verdict }) => [judge, verdict]))).toEqual(expected)
  })

  test.concurrent('in words: what was read, the verdict, the explanation; several judges in turn', async () => {
    const { status, out, err } = await quorate(
      `judge ${folder}/write-skew.edn --as isolation:snapshot --as isolation:serializable,isolation:PL-2`
    )
    expect({ status, err }).toEqual({ status: 1, err: '' })
    expect(lines(out)[0]).toBe(`${folder}/write-skew.edn: 4 calls by 3 processes, elle`)
    expect(out).toMatch(/^✓ isolation:snapshot-isolation {2}ok .*\n {4}shows what this level allows: G2-item$/m)
    expect(out).toMatch(/^✗ isolation:serializable {2}violation/m)
    expect(out).toMatch(/^ {6}however, T2 < T1, because T2 read y = \[1\], without the 2 that T1 appended/m)
    expect(out).toMatch(/^✓ isolation:read-committed {2}ok/m)
  })

  test.concurrent('an unknown is not passed, and says why', async () => {
    const [quiet, spent] = await Promise.all([
      quorate(`judge ${folder}/sessions.jsonl --as convergence`),
      quorate(`judge ${folder}/stale-read.jsonl --as linearizable:register --visits 1`)
    ])
    expect([quiet.status, spent.status]).toEqual([1, 1])
    expect(quiet.out).toMatch(/^\? convergence {2}unknown: neither shown nor refuted.*\n {4}no two sessions/m)
    expect(spent.out).toMatch(/^\? linearizable:register {2}unknown.*\n {4}1 visits are spent/m)
  })

  test.concurrent('an ok that says nothing is told apart', async () => {
    const { status, out } = await quorate(`judge ${folder}/sessions.jsonl --as session:monotonic-writes`)
    expect(status).toBe(0)
    expect(out).toContain('without a guarantee that binds reads this always holds')
  })

  test.concurrent('options reach the judge: --initial, --keys', async () => {
    const cwd = projectWith({
      'zero.jsonl': [
        '{"type":"invoke","process":0,"operation":{"type":"read"}}',
        '{"type":"ok","process":0,"response":0}'
      ].join('\n'),
      'zeros.edn': [
        '{:process 3, :type :invoke, :f :txn, :value [[:read :x nil] [:read :y nil]]}',
        '{:process 3, :type :ok, :f :txn, :value [[:read :x 0] [:read :y 0]]}'
      ].join('\n'),
      'registers.edn': [
        '{:process 0, :type :invoke, :f :txn, :value [[:w :x 1]]}',
        '{:process 0, :type :ok, :f :txn, :value [[:w :x 1]]}',
        '{:process 1, :type :invoke, :f :txn, :value [[:w :x 2]]}',
        '{:process 1, :type :ok, :f :txn, :value [[:w :x 2]]}',
        '{:process 2, :type :invoke, :f :txn, :value [[:r :x nil]]}',
        '{:process 2, :type :ok, :f :txn, :value [[:r :x 1]]}'
      ].join('\n')
    })
    const runs = await Promise.all(
      [
        'zero.jsonl --as linearizable:register',
        'zero.jsonl --as linearizable:register --initial 0',
        'registers.edn --as isolation:strict-serializable',
        'registers.edn --as isolation:strict-serializable --keys linearizable',
        'zeros.edn --as linearizable:multi-register',
        'zeros.edn --as linearizable:multi-register --initial 0'
      ].map((line) => quorate(`judge ${line}`, { cwd }))
    )
    expect(runs.map(({ status }) => status)).toEqual([1, 0, 0, 1, 1, 0])
    expect(runs[2]?.out).toContain('the order of versions could not be told of 1 key')
  })

  test.concurrent('standard input', async () => {
    const { status, out } = await runProgram('bash', [
      '-c',
      `cat ${folder}/register.log | "${process.execPath}" "${command}" judge - --as linearizable:cas-register`
    ])
    expect(status).toBe(0)
    expect(lines(out)[0]).toBe('standard input: 5 calls by 2 processes, porcupine-register')
  })
})

describe('pictures', () => {
  test.concurrent('SVG and HTML, by the name of the file', async () => {
    const cwd = projectWith({ 'run.jsonl': readFileSync(join(folder, 'stale-read.jsonl'), 'utf8') })
    const [svg, html] = await Promise.all([
      quorate('judge run.jsonl --as linearizable:register,causal --timeline picture.svg', { cwd }),
      quorate('judge run.jsonl --as linearizable:register --timeline picture.html --json', { cwd })
    ])
    expect([svg.status, html.status]).toEqual([1, 1])
    expect(lines(svg.out).at(-1)).toBe('timeline written to picture.svg')
    expect(decoded(Judged, html).timeline).toBe('picture.html')
    const drawn = readFileSync(join(cwd, 'picture.svg'), 'utf8')
    expect(drawn).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[^]*<\/svg>\n$/)
    expect(drawn).toContain('linearizable:register: violation')
    expect(drawn).toContain('causal: violation')
    expect(readFileSync(join(cwd, 'picture.html'), 'utf8')).toMatch(
      /^<!doctype html>[^]*<svg [^]*<pre>not linearizable/
    )
  })

  test.concurrent('one that cannot be written is a problem, after the verdict', async () => {
    const { status, out, err } = await quorate(
      `judge ${folder}/stale-read.jsonl --as linearizable:register --timeline nowhere/at/all.svg`
    )
    expect(status).toBe(2)
    expect(out).toContain('✗ linearizable:register  violation')
    expect(err).toMatch(/^Q502 /)
  })
})

describe('wrong input', () => {
  test.concurrent('a judge that is mistyped: what was meant, and all there are', async () => {
    const { status, out, err } = await quorate('judge x.jsonl --as linearizabl:register')
    expect({ status, out }).toEqual({ status: 2, out: '' })
    expect(lines(err)[0]).toBe('Q501 no judge is called "linearizabl:register": did you mean linearizable:register?')
    expect(err).toContain(judgeTable(Infinity).join('\n'))
  })

  test.concurrent('each thing that can be wrong has its code and its place', async () => {
    const cwd = projectWith({
      'broken.jsonl': '{"type":"ok","process":0,"response":1}\n',
      'twice.edn':
        '{:process 0, :type :invoke, :f :read, :value nil}\n{:process 0, :type :invoke, :f :read, :value nil}',
      'empty.jsonl': '\n',
      'text.txt': 'hear, hear',
      'run.jsonl': readFileSync(join(folder, 'stale-read.jsonl'), 'utf8')
    })
    const runs = await Promise.all(
      [
        'nowhere.jsonl --as causal',
        'broken.jsonl --as causal',
        'twice.edn --as linearizable:register',
        'empty.jsonl --as causal',
        'text.txt --as causal',
        'run.jsonl --as linearizable:queue',
        'run.jsonl --format elle --as isolation:serializable',
        'run.jsonl',
        '--as causal',
        'run.jsonl --as isolation:serializable --initial 3',
        'run.jsonl --as causal --keys linearizable',
        'run.jsonl --as session:',
        'run.jsonl --as causal:register'
      ].map((line) => quorate(`judge ${line} --json`, { cwd }))
    )
    expect(runs.map(({ status, err }) => [status, err])).toEqual(runs.map(() => [2, '']))
    expect(
      runs.map((ran) => decoded(Refused, ran).problems.map(({ code, where }) => [code, ...where].join(' ')))
    ).toEqual([
      ['Q301 nowhere.jsonl'],
      ['Q601 broken.jsonl format json-lines record 0'],
      ['Q602 twice.edn format jepsen record 1'],
      ['Q605 empty.jsonl format json-lines'],
      ['Q604 text.txt format json-lines line 1'],
      ['Q607 run.jsonl judge linearizable:queue record 0'],
      [expect.stringMatching(/^Q60[45] run.jsonl format elle/)],
      ['Q501'],
      ['Q501'],
      ['Q501'],
      ['Q501'],
      ['Q501 --as'],
      ['Q501 --as']
    ])
  })

  test.concurrent('options are checked by the command line itself', async () => {
    const runs = await Promise.all([
      quorate('judge x --as causal --timeline x.png'),
      quorate('judge x --as causal --format yaml'),
      quorate('judge x --as causal --visits 0')
    ])
    expect(runs.map(({ status, err }) => `${status} ${lines(err)[0]}`)).toEqual([
      "2 Q501 option '--timeline <file>' argument 'x.png' is invalid: give a file that ends in .svg or .html",
      `2 Q501 option '--format <format>' argument 'yaml' is invalid: Allowed choices are ${formatNames.join(', ')}`,
      "2 Q501 option '--visits <n>' argument '0' is invalid: give a whole number >= 1"
    ])
  })
})

describe('names', () => {
  test.concurrent('--list prints every judge; help has examples', async () => {
    const [list, help] = await Promise.all([quorate('judge --list'), quorate('judge --help')])
    expect([list.status, help.status]).toEqual([0, 0])
    for (const name of judgeNames) expect(list.out).toContain(name.split(':').at(-1))
    expect(help.out).toMatch(/Examples:\n {2}quorate judge .*\n[^]*Exit status: 0/)
  })

  test('every name is a judge of that name', () => {
    expect(judgeNames.length).toBeGreaterThan(45)
    for (const name of judgeNames) expect(rightOf(judgeNamed(name)).name).toBe(name)
  })

  test.each([
    ['isolation:snapsot', ['isolation:snapshot-isolation']],
    ['sequential:regster', ['sequential:register']],
    ['causl', ['causal']],
    [
      'read-committed',
      ['isolation:read-committed', 'isolation:strong-session-read-committed', 'isolation:strong-read-committed']
    ],
    ['mutex', ['linearizable:mutex', 'linearizable:keyed-mutex', 'sequential:mutex', 'sequential:keyed-mutex']],
    ['nothing like it', []]
  ])('%s', (typed, meant) => expect(suggestionsFor(typed)).toEqual(meant))

  test('every format can be asked for', () => expect([...formatNames]).toEqual(Object.keys(formats)))

  test.each([
    ['run.log', '{"type":"invoke","process":0}', 'json-lines'],
    ['run', '{"process":0,"type":"invoke"}', 'json-lines'],
    ['run.edn', '', 'jepsen'],
    ['run', 'INFO  jepsen.util - :nemesis  :info  :start  nil\n', 'porcupine-register'],
    ['run.txt', '[{:process 1, :type :invoke, :f :read, :value nil}]', 'jepsen'],
    ['run.txt', '{:value [3 nil], :type :invoke, :process 1, :f :read}', 'jepsen-keyed'],
    ['run.txt', '{:value #jepsen.independent.Tuple [3 nil], :f :read, :type :invoke, :process 1}', 'jepsen-keyed'],
    ['run.txt', '{:process 1, :type :invoke, :f :cas, :value [3 4]}', 'jepsen'],
    ['run.txt', '{:process 1, :type :ok, :f :read, :value [3 4]}', 'jepsen'],
    ['run.txt', '{:process 1, :type :invoke, :value [[:append 3 4]]}', 'elle'],
    ['run.txt', '{:process 1, :type :invoke, :f :txn, :value nil}', 'elle']
  ])('%s with %s is %s', (file, text, format) => expect(formatOf(file, text)).toBe(format))
})
