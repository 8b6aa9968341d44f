/** The command line from end to end: what a user types, and what comes back. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { either } from 'fp-ts'
import * as t from 'io-ts'
import { explainErrors } from '../spec/kernel/index.ts'
import { Trace } from '../src/trace/trace.ts'
import { command, projectWith, quorate, root, runProgram, type Circumstances, type Ran } from './support/command.ts'

const verdicts = 'test/fixtures/verdicts'
const surprising = 'test/fixtures/surprising.model.ts'
const greeting = 'test/fixtures/greeting.model.ts'
const wrong = 'test/fixtures/wrong.model.ts'

/** One message a person can read: codes and places, and no stack. */
const expectReadable = ({ err }: Ran): void => {
  expect(err).not.toMatch(/^\s+at /m)
  expect(err).not.toMatch(/file:\/\/|data:text|quorate-model:|node:internal/)
}

const lines = (text: string): ReadonlyArray<string> => text.trimEnd().split('\n')

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
    expect(out).toMatch(/rules: 2 fired, never: /)
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
  reductions: t.array(t.literal('dead-messages')),
  rules: t.type({ fired: t.array(t.string), never: t.array(t.string) }),
  trace: t.union([Trace, t.null])
})
const Checked = t.type({ ok: t.boolean, models: t.array(CheckedModel) })

const Refused = t.type({
  ok: t.literal(false),
  models: t.array(t.unknown),
  problems: t.array(t.type({ code: t.string, what: t.string, where: t.array(t.string), mend: t.string }))
})

const decoded = <A>(codec: t.Type<A, unknown>, { out }: Ran): A =>
  either.getOrElse((errors: t.Errors): A => {
    throw new Error(explainErrors(errors))
  })(codec.decode(JSON.parse(out)))

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

describe('parameters', () => {
  test.concurrent('scale a model, as JSON or as a string', async () => {
    const ran = await quorate(`check ${greeting} --param nodes=3 --param label=7 --json`)
    expect(decoded(Checked, ran).models).toMatchObject([
      { name: 'greeting-7', states: 45, parameters: { nodes: 3, most: 1, label: '7' } }
    ])
  })

  test.concurrent('that are not there, or do not decode, are refused', async () => {
    const [unknown, undecoded, unbuilt, malformed] = await Promise.all([
      quorate(`check ${greeting} --param peers=3`),
      quorate(`check ${greeting} --param nodes=none`),
      quorate(`check ${greeting} --param most=2000`),
      quorate(`check ${greeting} --param nodes`)
    ])
    expect([unknown, undecoded, unbuilt, malformed].map(({ status, out }) => [status, out])).toEqual(
      Array.from({ length: 4 }, () => [2, ''])
    )
    expect(unknown.err).toContain('Q306 no model has a parameter "peers": there are label, most, nodes')
    expect(undecoded.err).toContain('Q305 parameter "nodes": "none" is not a whole number >= 1')
    expect(undecoded.err).toContain('in nodes: nodes that greet each other (2 by default)')
    expect(unbuilt.err).toContain(
      'Q308 `build` threw: nobody has that much patience, at test/fixtures/greeting.model.ts:'
    )
    expect(malformed.err).toContain('Q501')
    expect(malformed.err).toContain('give it as name=value')
  })
})

/** A model in a user's project: a lamp that a timer switches on. */
const lamp = `
import * as t from 'io-ts'
import { always, fired, startTimer, stay, type Signature } from 'quorate/kernel'
import { asynchronous, model } from 'quorate/model'

type Lamp = Signature<{ state: { readonly lit: boolean }; timer: 'switch'; rule: 'begin' | 'light' | 'recover' }>

export default model<Lamp>({
  name: 'lamp',
  protocol: {
    name: 'lamp',
    wireVersion: 1,
    codecs: { message: t.never, durable: t.null },
    rules: ['begin', 'light', 'recover'],
    timers: ['switch'],
    initial: () => fired('begin', { lit: false }, startTimer('switch')),
    step: () => fired('light', { lit: true }),
    durable: () => null,
    recover: () => stay('recover', { lit: false })
  },
  nodes: { n1: null },
  network: asynchronous(),
  properties: [always('dark', ({ nodes: [node] }) => node?.up === true && !node.state.lit)],
  mayStop: true,
  expect: { violates: 'dark' }
})
`

describe('model files', () => {
  test.concurrent('in a project that has installed the package, in folders, in TypeScript and JavaScript', async () => {
    const cwd = projectWith({
      'models/lamp.model.ts': lamp,
      'models/deep/er/other.model.mts': lamp.replace("name: 'lamp',", "name: 'other',"),
      'models/node_modules/x/x.model.ts': 'throw new Error("not searched")',
      'models/helper.ts': 'throw new Error("not a model file")',
      'plain.mjs': `export { default } from './models/lamp.model.ts'`
    })
    const [folder, file] = await Promise.all([quorate('check', { cwd }), quorate('check plain.mjs', { cwd })])
    expect({ status: folder.status, err: folder.err }).toEqual({ status: 0, err: '' })
    expect(folder.out.match(/^✓ \w+/gm)).toEqual(['✓ other', '✓ lamp'])
    expect(file.status).toBe(0)
    expect(readdirSync(cwd).toSorted()).toEqual(['models', 'node_modules', 'plain.mjs'])
  })

  const broken: ReadonlyArray<readonly [what: string, text: string, said: ReadonlyArray<string>]> = [
    ['a syntax error', 'export const x = 1\nexport const y = (\n', ['Q303 Unexpected', 'in bad.model.ts:3:1']],
    [
      'a missing file',
      `import x from './nope.ts'\nexport { x }`,
      ['Q303 Could not resolve "./nope.ts"', 'in bad.model.ts:1:15: import x']
    ],
    [
      'a missing package',
      `import x from 'nope'\nexport { x }`,
      ['Q303 Could not resolve "nope"', 'in bad.model.ts:1:15: import x']
    ],
    [
      'a missing name',
      `import { nope } from './lamp.ts'\nexport const x = nope`,
      ['Q303 No matching export', '"nope"', 'bad.model.ts:1:']
    ],
    [
      'a name that a package lacks',
      `import { nope } from 'quorate/kernel'\nexport const x = nope`,
      ['Q303 what it imports has no export named "nope"', 'in bad.model.ts:1:']
    ],
    [
      'a throw',
      `\nconst x: { y?: { z: 1 } } = {}\nexport const z = x.y!.z`,
      ['Q303 TypeError: Cannot read properties of undefined', 'in bad.model.ts:3:']
    ],
    ['a throw of something else', `throw { odd: true }`, ['Q303 {"odd":true} was thrown', 'in bad.model.ts']],
    [
      'waiting for ever',
      `export const x = await new Promise(() => undefined)`,
      ['Q303 a top-level `await` never ends', 'in bad.model.ts']
    ],
    ['no export', `const x = 1`, ['Q304 it exports nothing', 'in bad.model.ts']],
    [
      'no model',
      `export const x = 1\nexport default { name: 'x' }`,
      ['Q304 no export is a model: default (a record), x (a number)']
    ],
    [
      'two models of one name',
      `export { default } from './lamp.ts'\nexport const twin = { ...(await import('./lamp.ts')).default }`,
      ['Q307 two models are called "lamp"', 'bad.model.ts and bad.model.ts']
    ]
  ]
  test.concurrent.each(broken)('%s is told by file and line', async (_what, text, said) => {
    const cwd = projectWith({ 'bad.model.ts': text, 'lamp.ts': lamp })
    const ran = await quorate('check bad.model.ts', { cwd })
    expect({ status: ran.status, out: ran.out }).toEqual({ status: 2, out: '' })
    said.forEach((part) => expect(ran.err).toContain(part))
    expectReadable(ran)
  })

  test.concurrent('that are not there, or are none, or whose names do not fit', async () => {
    const cwd = projectWith({ 'notes.txt': 'none', 'empty/x.ts': 'export {}' })
    const runs = await Promise.all([
      quorate('check nowhere', { cwd }),
      quorate('check notes.txt', { cwd }),
      quorate('check empty', { cwd }),
      quorate('check', { cwd }),
      quorate(`check ${verdicts} --only "*nothing*"`)
    ])
    expect(runs.map(({ status, err }) => `${status} ${lines(err)[0]}`)).toEqual([
      '2 Q301 there is no "nowhere"',
      '2 Q302 "notes.txt" is not a TypeScript or JavaScript file',
      '2 Q302 no model file is in "empty"',
      '2 Q501 name model files or folders: there is no folder "models" here',
      '2 Q309 no model\'s name fits ""*nothing*"": there are deadlock, holds, unreachable, violated, violated-by-step'
    ])
  })

  test.concurrent('with models that are wrong: all are told, nothing runs', async () => {
    const ran = await quorate('check test/fixtures/invalid.model.ts')
    expect({ status: ran.status, out: ran.out }).toEqual({ status: 2, out: '' })
    expect(ran.err.match(/^Q\d+.*|^ {2}in model \w+/gm)).toEqual([
      'Q104 -1 is not a whole number >= 0',
      '  in model negative',
      'Q103 there is no node "n7"; the nodes are n1, n2',
      '  in model stranger',
      'Q107 `network` is missing: asynchronous(), unordered() or fifo()',
      '  in model unlinked'
    ])
    expectReadable(ran)
  })
})

describe('mistakes in reducers and bounds: one message with the model, the node, the event and the rule or the place', () => {
  const event = 'in event {"type":"deliver","from":"n1","message":{"type":"hello"}}'
  const mistakes: ReadonlyArray<readonly [name: string, ...said: ReadonlyArray<string>]> = [
    ['throwing', 'Q201 step threw: no ears, at test/fixtures/wrong.model.ts:19:9', 'in node n2', event],
    ['mutating', 'Q202 step changed its input', 'at test/fixtures/wrong.model.ts:24:', 'in node n2', event],
    ['fickle', 'Q203 step gave two different steps', 'in node n2', event, 'in rule hear'],
    ['astray', 'Q207 a message is sent to "n9"', 'in node n2', event, 'in rule hear'],
    ['lawless', 'Q205 rule "shout" is not declared', 'in node n2', event],
    ['shapeless', 'Q204 undefined is not a step', 'in node n2', event],
    ['babbling', 'Q208 the message {"type":"bye"} does not fit', 'in node n2', event, 'in rule hear'],
    ['undated', 'Q209 the state is not plain data: heard is an instance of Date', 'in node n2', event, 'in rule hear'],
    ['unbounded', 'Q210 the bound of node n1 threw: no bound, at test/fixtures/wrong.model.ts:']
  ]
  test.concurrent.each(mistakes)('%s', async (name, ...said) => {
    const ran = await quorate(`check ${wrong} --only ${name}`)
    expect(ran.status).toBe(2)
    ;[...said, `in ${wrong}`, `in model ${name}`, 'mend: '].forEach((part) => expect(ran.err).toContain(part))
    expectReadable(ran)
  })

  test.concurrent('the other models of a folder are checked all the same', async () => {
    const ran = await quorate(`check ${wrong} ${verdicts} --only *ing`)
    expect(ran.status).toBe(2)
    expect(ran.out).toBe('3 models could not be checked\n')
    const mixed = await quorate(`check ${wrong} ${surprising} --only *r*ing`)
    expect(mixed.status).toBe(2)
    expect(mixed.out).toContain('✗ surprising')
    expect(mixed.err.match(/^Q\d+/gm)).toEqual(['Q201'])
  })
})

describe('traces', () => {
  test.concurrent('are written, replayed, and shown in every form', async () => {
    const cwd = projectWith({ 'lamp.model.ts': lamp })
    const checked = await quorate('check . --trace-dir found/traces', { cwd })
    expect(checked.out).toContain('trace written to found/traces/lamp.trace.json')
    const file = 'found/traces/lamp.trace.json'
    expect(decoded(Trace, { ...checked, out: readFileSync(join(cwd, file), 'utf8') })).toMatchObject({
      model: { name: 'lamp', file: 'lamp.model.ts', parameters: {} },
      shows: 'violated',
      property: 'dark'
    })

    const [replayed, text, diagram, ascii, mermaid, json, ofModel] = await Promise.all([
      quorate(`replay ${file}`, { cwd }),
      quorate(`trace ${file} --as text`, { cwd }),
      quorate(`trace ${file} --width 40`, { cwd }),
      quorate(`trace ${file} --ascii`, { cwd }),
      quorate(`trace ${file} --as mermaid`, { cwd }),
      quorate(`trace ${file} --as json`, { cwd }),
      quorate('trace lamp.model.ts --as text', { cwd })
    ])
    expect(replayed).toEqual({
      status: 0,
      out: `✓ ${file}: 1 step of lamp still apply, and show: violated dark\n`,
      err: ''
    })
    expect(text.out).toContain('n1 timeout switch [light]\n')
    expect(diagram.out).toContain('│')
    expect(Math.max(...lines(diagram.out).map((line) => line.length))).toBeLessThanOrEqual(40)
    expect(ascii.out).toMatch(/^[\n -~]*$/)
    expect(mermaid.out).toMatch(/^sequenceDiagram/m)
    expect(json.out).toBe(readFileSync(join(cwd, file), 'utf8'))
    expect(ofModel).toEqual(text)
  })

  test.concurrent('that no longer apply, or no longer show it: status 1; that are none: status 2', async () => {
    const cwd = projectWith({
      'lamp.model.ts': lamp,
      'renamed.model.ts': lamp.replaceAll("'light'", "'shine'"),
      'dark.model.ts': lamp.replace('!node.state.lit)', 'node.id === "n1")'),
      'other.model.ts': lamp.replace("name: 'lamp',\n    wire", "name: 'torch',\n    wire"),
      'torn.json': '{ "quorateTrace": 1, ',
      'odd.json': '{ "quorateTrace": 99 }'
    })
    await quorate('check lamp.model.ts --trace-dir .', { cwd })
    writeFileSync(
      join(cwd, 'moved.json'),
      readFileSync(join(cwd, 'lamp.trace.json'), 'utf8').replace('"lamp.model.ts"', '"gone.model.ts"')
    )
    const runs = await Promise.all([
      quorate('replay lamp.trace.json --model renamed.model.ts', { cwd }),
      quorate('replay lamp.trace.json --model dark.model.ts', { cwd }),
      quorate('replay lamp.trace.json --model other.model.ts', { cwd }),
      quorate('replay torn.json lamp.trace.json', { cwd }),
      quorate('replay odd.json', { cwd }),
      quorate('replay none.json', { cwd }),
      quorate('replay moved.json', { cwd })
    ])
    expect(runs.map(({ status, out, err }) => `${status} ${/Q\d+/.exec(err)?.[0] ?? lines(out)[0]}`)).toEqual([
      '1 Q404',
      '1 ✗ lamp.trace.json: 1 step of lamp still apply, but no longer show: violated dark',
      '2 Q403',
      '2 Q401',
      '2 Q402',
      '2 Q301',
      '2 Q301'
    ])
    expect(runs[3]?.out).toContain('✓ lamp.trace.json')
    runs.forEach(expectReadable)
  })

  test.concurrent('of a model without a counterexample, or of several models, cannot be shown', async () => {
    const [none, several] = await Promise.all([quorate(`trace ${verdicts} --only holds`), quorate(`trace ${verdicts}`)])
    expect(none).toMatchObject({ status: 1, out: '' })
    expect(none.err).toContain('there is no counterexample to show')
    expect(several).toMatchObject({ status: 2, out: '' })
    expect(several.err).toContain(`Q503 "${verdicts}" has 5 models: deadlock, holds,`)
  })

  test.concurrent('that cannot be written are a problem', async () => {
    const ran = await quorate(`check ${verdicts} --trace-dir package.json/traces`)
    expect(ran.status).toBe(2)
    expect(ran.err).toContain('Q502')
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
      "2 Q501 option '--reduce <list>' argument 'dead-massages' is invalid: the reductions are dead-messages; or none",
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
    const { status, out } = await quorate(`check ${paths}`, interrupt())
    expect(status).toBe(130)
    expect(out).toMatch(/^✓ violated +violated nobody-hears/m)
    expect(out).toMatch(/^✗ endless +incomplete, expected: holds.*stopped: interrupted/m)
    expect(lines(out).at(-1)).toMatch(/5 as expected; not as expected: endless; interrupted, with 1 model not begun$/)
  })

  test.concurrent('leaves a document whole', async () => {
    const ran = await quorate(`check ${paths} --json`, interrupt())
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
      expect(drawn[1]).toMatch(/^greeting-plain {2}[\d,]+ states {2}\d/)
      drawn.slice(1, -1).forEach((shown) => expect(shown.length).toBeLessThan(50))
      expect(drawn.at(-1)).toContain('incomplete, expected: holds')
      expect(drawn.at(-1)).toContain('\u001B[33m')
    }
  )
})
