/** The command line from end to end: what a user types, and what comes back. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import * as t from 'io-ts'
import { Trace } from '../src/trace/trace.ts'
import {
  command,
  decoded,
  lines,
  projectWith,
  quorate,
  root,
  runProgram,
  type Circumstances
} from './support/command.ts'
import { lamp } from './support/lamp.ts'

const verdicts = 'test/fixtures/verdicts'
const surprising = 'test/fixtures/surprising.model.ts'
const greeting = 'test/fixtures/greeting.model.ts'
const wrong = 'test/fixtures/wrong.model.ts'

describe('verdicts', () => {
  test.concurrent('a folder whose verdicts are all as expected: status 0, a line each, a table, coverage', async () => {
    const { status, out, err } = await quorate(`check ${verdicts}`)
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toMatch(/^✓ violated +violated nobody-hears +6 states, \d\.\d\d s$/m)
    expect(out).toMatch(/^violated +greeting +violated nobody-hears +✓ +6 +6 +2 +\d\.\d\d$/m)
    expect(out).toMatch(/^unreachable +greeting +unreachable a-third-greeting +✓ /m)
    expect(out).toContain('rules of greeting that never fired, in 5 models: recover')
    expect(out).toContain(`a counterexample is shown by: quorate check ${verdicts} --only deadlock`)
    expect(out).not.toContain('n1 timeout speak')
    expect(lines(out).at(-1)).toMatch(/^5 models in \d\.\d\d s: all as expected$/)
  })

  test.concurrent('a verdict that is not expected: status 1, and its counterexample', async () => {
    const { status, out, err } = await quorate(`check ${surprising} ${verdicts}`)
    expect({ status, err }).toEqual({ status: 1, err: '' })
    expect(out).toMatch(/^✗ surprising +violated nobody-hears, expected: holds/m)
    expect(out).toMatch(/^n1->n2 hello \[hear\]$/m)
    expect(out).toMatch(/^violates nobody-hears$/m)
    expect(lines(out).at(-1)).toMatch(/: 5 as expected; not as expected: surprising$/)
  })

  test.concurrent('a model alone shows its counterexample, expected or not, and all its numbers', async () => {
    const { status, out } = await quorate(`check ${verdicts} --only violated-by-step`)
    expect(status).toBe(0)
    expect(out).toMatch(/^violates nobody-speaks$/m)
    expect(out).toMatch(/transitions, depth 1, \d+ reducer calls/)
    expect(out).toMatch(/rules: 4 fired, never: recover$/m)
    expect(out).not.toMatch(/^model +protocol/m)
  })

  test.concurrent('--text and --diagram show all counterexamples', async () => {
    const [text, diagram] = await Promise.all([
      quorate(`check ${verdicts} --text`),
      quorate(`check ${verdicts} --diagram`)
    ])
    expect(text.out.match(/^(violates nobody-(hears|speaks)|.*deadlock$)/gm)?.length).toBeGreaterThanOrEqual(3)
    expect(diagram.out).toMatch(/│─+ hello ─+▶│/)
  })

  test.concurrent('--quiet leaves what is not as expected, and the last line', async () => {
    const [good, bad] = await Promise.all([
      quorate(`check ${verdicts} --quiet`),
      quorate(`check ${surprising} --quiet`)
    ])
    expect(lines(good.out)).toHaveLength(1)
    expect(bad.status).toBe(1)
    expect(bad.out).toMatch(/^✗ surprising/)
  })

  test.concurrent('a limit ends a check as incomplete, and names itself', async () => {
    const [states, memory] = await Promise.all([
      quorate(`check ${greeting} --param nodes=7 --param most=4 --max-states 5_000`),
      quorate(`check ${greeting} --param nodes=7 --param most=4 --memory 1m`)
    ])
    expect(states.status).toBe(1)
    expect(states.out).toMatch(/^✗ .*incomplete, expected: holds.*stopped: the limit of 5000 states/)
    expect(memory.status).toBe(1)
    expect(memory.out).toContain('stopped: the limit of 1048576 bytes of memory')
  })
})

const CheckedModel = t.type({
  name: t.string,
  file: t.string,
  protocol: t.string,
  verdict: t.keyof({ holds: null, violated: null, deadlock: null, unreachable: null, incomplete: null }),
  expected: t.keyof({ holds: null, violated: null, deadlock: null, unreachable: null }),
  asExpected: t.boolean,
  property: t.union([t.string, t.null]),
  states: t.Int,
  transitions: t.Int,
  depth: t.Int,
  seconds: t.number,
  reducerCalls: t.Int,
  complete: t.boolean,
  reductions: t.array(t.keyof({ 'dead-messages': null, 'alike-messages': null })),
  rules: t.type({ fired: t.array(t.string), never: t.array(t.string) }),
  trace: t.union([Trace, t.null])
})
const Checked = t.type({ ok: t.boolean, models: t.array(CheckedModel) })

const Refused = t.type({
  ok: t.literal(false),
  models: t.array(t.unknown),
  problems: t.array(t.type({ code: t.string, what: t.string, where: t.array(t.string), mend: t.string }))
})

describe('--json', () => {
  test.concurrent('one document on standard output, and nothing else anywhere', async () => {
    const ran = await quorate(`check ${verdicts} ${surprising} --json`)
    const { ok, models } = decoded(Checked, ran)
    expect({ status: ran.status, err: ran.err, ok }).toEqual({ status: 1, err: '', ok: false })
    expect(models.map(({ name, verdict, asExpected }) => [name, verdict, asExpected])).toEqual([
      ['deadlock', 'deadlock', true],
      ['holds', 'holds', true],
      ['unreachable', 'unreachable', true],
      ['violated', 'violated', true],
      ['violated-by-step', 'violated', true],
      ['surprising', 'violated', false]
    ])
    expect(Object.keys(models[0] ?? {}).slice(0, 16)).toEqual(Object.keys(CheckedModel.props))
    expect(models[3]).toMatchObject({
      file: `${verdicts}/expected.model.ts`,
      property: 'nobody-hears',
      expectedProperty: 'nobody-hears',
      complete: false,
      trace: { shows: 'violated', property: 'nobody-hears' }
    })
    expect(models[1]).toMatchObject({ complete: true, trace: null, rules: { never: ['recover'] } })
  })

  test.concurrent('all as expected is ok; reductions can be switched off', async () => {
    const [plain, none, reduced] = await Promise.all([
      quorate(`check ${verdicts} --only holds --json --no-reduce`),
      quorate(`check ${verdicts} --only holds --json --reduce none`),
      quorate(`check ${verdicts} --only holds --json --reduce dead-messages`)
    ])
    expect(plain.status).toBe(0)
    expect(decoded(Checked, plain)).toMatchObject({ ok: true, models: [{ reductions: [] }] })
    expect(decoded(Checked, none)).toMatchObject({ models: [{ reductions: [] }] })
    expect(decoded(Checked, reduced)).toMatchObject({ models: [{ reductions: ['dead-messages'] }] })
  })

  test.concurrent('wrong input is a document too', async () => {
    const runs = await Promise.all([
      quorate('check nowhere --json'),
      quorate(`check ${wrong} --only throwing --json`),
      quorate('check --json --no-such-thing')
    ])
    expect(runs.map(({ status, err }) => [status, err])).toEqual(runs.map(() => [2, '']))
    expect(runs.map((ran) => decoded(Refused, ran).problems.map(({ code }) => code))).toEqual([
      ['Q301'],
      ['Q201'],
      ['Q501']
    ])
  })

  test.concurrent('what a model prints goes to standard error', async () => {
    const cwd = projectWith({ 'loud.model.ts': `console.log('hear, hear')\n${lamp}` })
    const ran = await quorate('check . --json', { cwd })
    expect(decoded(Checked, ran)).toMatchObject({ ok: true, models: [{ name: 'lamp' }] })
    expect(ran.err).toBe('hear, hear\n')
  })
})

describe('the command line itself', () => {
  test.concurrent('help has examples; the version is the version', async () => {
    const [top, check, replay, trace, version] = await Promise.all([
      quorate('--help'),
      quorate('check --help'),
      quorate('replay --help'),
      quorate('trace --help'),
      quorate('--version')
    ])
    expect([top, check, replay, trace, version].map(({ status, err }) => [status, err])).toEqual(
      Array.from({ length: 5 }, () => [0, ''])
    )
    ;[check, replay, trace].forEach(({ out }) => expect(out).toMatch(/Examples:\n {2}quorate .*\n[^]*Exit status: 0/))
    expect(top.out).toContain('check')
    expect(`"${version.out.trim()}"`).toBe(
      /"version": ("[^"]+")/.exec(readFileSync(join(root, 'package.json'), 'utf8'))?.[1]
    )
  })

  test.concurrent('typing errors get a suggestion, wrong values what is expected', async () => {
    const runs = await Promise.all([
      quorate('chek'),
      quorate('check --jsno'),
      quorate('check --reduce dead-massages'),
      quorate('check --max-states 0'),
      quorate('check --memory much'),
      quorate('check --text --diagram'),
      quorate('trace x.json --as pictures'),
      quorate('replay')
    ])
    expect(runs.map(({ status, out, err }) => `${status}${out} ${lines(err)[0]}`)).toEqual([
      "2 Q501 unknown command 'chek': did you mean check?",
      "2 Q501 unknown option '--jsno': did you mean --json?",
      "2 Q501 option '--reduce <list>' argument 'dead-massages' is invalid: the reductions are dead-messages, alike-messages, idle-partitions, silent-steps, symmetry; or none",
      "2 Q501 option '--max-states <n>' argument '0' is invalid: give a whole number >= 1",
      "2 Q501 option '--memory <size>' argument 'much' is invalid: give a size such as 512m or 8g",
      "2 Q501 option '--diagram' cannot be used with option '--text'",
      "2 Q501 option '--as <form>' argument 'pictures' is invalid: Allowed choices are text, diagram, mermaid, json",
      "2 Q501 missing required argument 'traces'"
    ])
    expect(await quorate('')).toMatchObject({ status: 2, out: '' })
  })

  test.concurrent('colours only where asked for; never with NO_COLOR', async () => {
    const [plain, forced, forbidden] = await Promise.all([
      quorate(`check ${surprising}`),
      quorate(`check ${surprising}`, { env: { FORCE_COLOR: '1' } }),
      quorate(`check ${surprising}`, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } })
    ])
    expect(plain.out).not.toContain('\u001B')
    expect(forced.out).toContain('\u001B[31m')
    expect(forbidden.out).not.toContain('\u001B')
  })

  test.concurrent('a narrow terminal gets fewer columns', async () => {
    const { out } = await quorate(`check ${verdicts}`, { env: { COLUMNS: '66' } })
    const rows = lines(out).filter((line) => /^(model|unreachable|violated-by-step) /.test(line))
    expect(rows[0]).toBe('model             verdict                       expected  states')
  })

  test.concurrent('a reader that goes away ends it without a word', async () => {
    const ran = await runProgram('bash', [
      '-c',
      `"${process.execPath}" "${command}" check ${verdicts} --json | true; echo "\${PIPESTATUS[0]}"`
    ])
    expect(ran).toMatchObject({ status: 0, err: '' })
    expect(ran.out).toBe('141\n')
  })
})

describe('Ctrl-C', () => {
  const paths = `${verdicts} test/fixtures/endless.model.ts ${surprising}`
  /** Once: a second one ends the program. */
  const interrupt = (): Circumstances => {
    const sent = new AbortController()
    return {
      onOutput: (text, child) => {
        if (text.includes('begun') && !sent.signal.aborted) child.kill('SIGINT')
        if (text.includes('begun')) sent.abort()
      }
    }
  }

  test.concurrent('ends the check at hand as incomplete, and says what is known', async () => {
    const { status, out } = await quorate(`check ${paths} --workers 1`, interrupt())
    expect(status).toBe(130)
    expect(out).toMatch(/^✓ violated +violated nobody-hears/m)
    expect(out).toMatch(/^✗ endless +incomplete, expected: holds.*stopped: interrupted/m)
    expect(lines(out).at(-1)).toMatch(/5 as expected; not as expected: endless; interrupted, with 1 model not begun$/)
  })

  test.concurrent('speaks of no model that was not begun where all were', async () => {
    const { out } = await quorate('check test/fixtures/endless.model.ts', interrupt())
    expect(lines(out).at(-1)).toMatch(/: 0 as expected; not as expected: endless; interrupted$/)
  })

  test.concurrent('leaves a document whole', async () => {
    const ran = await quorate(`check ${paths} --workers 1 --json`, interrupt())
    const document = decoded(Checked, ran)
    expect(ran.status).toBe(130)
    expect(document).toMatchObject({ ok: false, interrupted: true })
    expect(document.models.at(-1)).toMatchObject({ name: 'endless', verdict: 'incomplete', limit: 'interrupted' })
  })
})

// `script` lends the command a terminal; elsewhere it takes other options.
const onLinux = process.platform === 'linux' ? describe : describe.skip

onLinux('on a terminal', () => {
  test.concurrent(
    'progress is one line on standard error, as narrow as the terminal, and gone at the end',
    async () => {
      const line = `check ${greeting} --param nodes=9 --param most=9 --max-states 100000`
      const { out } = await runProgram('script', [
        '-qec',
        `stty cols 50; "${process.execPath}" "${command}" ${line}`,
        '/dev/null'
      ])
      const drawn = out.split('\r\u001B[2K')
      expect(drawn.length).toBeGreaterThan(2)
      drawn
        .slice(1, -1)
        .forEach((shown) => expect(shown).toMatch(/^greeting-plain {2}(looking ahead|[\d,]+ states) {2}\d/))
      drawn.slice(1, -1).forEach((shown) => expect(shown.length).toBeLessThan(50))
      expect(drawn.at(-1)).toContain('incomplete, expected: holds')
      expect(drawn.at(-1)).toContain('\u001B[33m')
    }
  )
})
