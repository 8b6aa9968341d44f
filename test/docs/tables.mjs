/**
 * Prints the tables of models and protocols that documents show, as JSON. A process of its own, so that model files are loaded as the
 * command line loads them.
 */
import { existsSync, readFileSync } from 'node:fs'
import { loadModels } from '../../dist/src/load/load.js'

/** The first sentence of a text, in one line, without its links. */
const firstSentence = (text) => {
  const said = text
    .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return /^.*?[.](?= |$)/.exec(said)?.[0] ?? said
}

/** What a file says of itself. */
const saysOf = (text) => {
  const comment = /\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? ''
  return firstSentence(comment.replaceAll(/^\s*\* ?/gm, ''))
}

const expectationOf = ({ expect = 'holds' }) =>
  typeof expect === 'string'
    ? expect
    : 'violates' in expect
      ? `violates \`${expect.violates}\``
      : `does not reach \`${expect.unreachable}\``

const loaded = await loadModels({ paths: ['models'], given: {}, only: null })
if (loaded._tag === 'Left') throw new Error(JSON.stringify(loaded.left))

const models = loaded.right.map(({ file, model }) => ({
  folder: file.split('/')[1],
  file,
  name: model.name,
  expected: expectationOf(model),
  says: saysOf(readFileSync(file, 'utf8'))
}))
const folders = [...new Set(models.map(({ folder }) => folder))]

const escaped = (text) => text.replaceAll('|', '\\|')

/** What the README of a protocol says first. That there is one is the business of test/house.test.ts. */
const protocolSays = (folder) => {
  const readme = `spec/${folder}/README.md`
  const [, first = ''] = existsSync(readme) ? readFileSync(readme, 'utf8').split(/\n\s*\n/) : []
  return firstSentence(first)
}

const protocolRow = (folder) => {
  const own = models.filter((model) => model.folder === folder)
  const failing = own.filter(({ expected }) => expected !== 'holds')
  const page = `docs/protocols/${folder}.md`
  const name = existsSync(page) ? `[${folder}](${page})` : folder
  const checks = `${own.length} models, ${failing.length} of them meant to fail`
  return `| ${name} ([spec](spec/${folder})) | ${escaped(protocolSays(folder))} | ${checks} |`
}

const modelTable = (folder) =>
  [
    `## ${folder}`,
    '',
    '| model | expected | what it is |',
    '|---|---|---|',
    ...models
      .filter((model) => model.folder === folder)
      .map(({ name, file, expected, says }) => `| [${name}](../${file}) | ${expected} | ${escaped(says)} |`)
  ].join('\n')

process.stdout.write(
  JSON.stringify({
    protocols: [
      '| protocol | what it is | checked by |',
      '|---|---|---|',
      ...folders.filter((folder) => folder !== 'published').map(protocolRow)
    ].join('\n'),
    models: folders.map(modelTable).join('\n\n')
  })
)
