/** What the command line makes of model files, of mistakes in them, and of traces. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { decodeTrace } from '../src/trace/index.ts'
import { lines, projectWith, quorate, type Ran } from './support/command.ts'
import { lamp } from './support/lamp.ts'

const verdicts = 'test/fixtures/verdicts'
const surprising = 'test/fixtures/surprising.model.ts'
const greeting = 'test/fixtures/greeting.model.ts'
const wrong = 'test/fixtures/wrong.model.ts'

/** One message a person can read: codes and places, and no stack. */
const expectReadable = ({ err }: Ran): void => {
  expect(err).not.toMatch(/^\s+at /m)
  expect(err).not.toMatch(/file:\/\/|data:text|quorate-model:|node:internal/)
  expect(err).not.toMatch(/[ :]$/m)
}

describe('parameters', () => {
  test.concurrent('scale a model, as JSON or as a string', async () => {
    const ran = await quorate(`check ${greeting} --param nodes=3 --param label=7 --json`)
    expect(JSON.parse(ran.out)).toMatchObject({
      models: [{ name: 'greeting-7', states: 45, parameters: { nodes: 3, most: 1, label: '7' } }]
    })
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
    expect(decodeTrace(readFileSync(join(cwd, file), 'utf8'))).toMatchObject({
      right: {
        model: { name: 'lamp', file: 'lamp.model.ts', parameters: {} },
        shows: 'violated',
        property: 'dark'
      }
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

  // Below /proc no folder can be made, and the system says so in a way that Node's own recursive way never ends by.
  test.concurrent.each(['package.json/traces', '/proc/none/traces'])(
    'that cannot be written are a problem: %s',
    async (folder) => {
      const ran = await quorate(`check ${verdicts} --trace-dir ${folder}`)
      expect(ran.status).toBe(2)
      expect(ran.err).toMatch(/^Q502 /)
      expect(ran.err).toContain(`in ${folder}`)
    }
  )
})
