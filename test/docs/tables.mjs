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

/** What a network does not do, in words; the asynchronous one does everything. */
const networkWords = ({ kind, lose, duplicate }) => {
  if (kind === 'asynchronous') return 'none of the network'
  const flaws = [
    ...(kind === 'unordered' ? ['any order'] : []),
    ...(lose > 0 ? [`${lose} lost`] : []),
    ...(duplicate > 0 ? [`${duplicate} twice`] : [])
  ]
  return `each message arrives once${kind === 'fifo' ? ', in order' : ''}${flaws.length > 0 ? `, but for: ${flaws.join(', ')}` : ''}`
}

const assumptionOf = ({ network, timing }) => [networkWords(network), ...(timing ? [timing.assumes] : [])].join('; ')

const counted = (count, one, many = `${one}s`) => (count > 0 ? [`${count} ${count === 1 ? one : many}`] : [])

const cutsWords = (cuts) => (typeof cuts === 'string' ? cuts : `in ${cuts?.length} ways`)

/** How many of what: the faults that the asynchronous network brings along are in its name. */
const boundsOf = ({ nodes, faults = {}, requests = [] }) =>
  [
    ...counted(Object.keys(nodes).length, 'node'),
    ...counted(
      requests.reduce((sum, { times = 1 }) => sum + times, 0),
      'request'
    ),
    ...counted(faults.crashes ?? 0, 'crash', 'crashes'),
    ...counted(faults.crashesForGood ?? 0, 'crash for good', 'crashes for good'),
    ...counted(faults.partitions?.times ?? 0, `partition (${cutsWords(faults.partitions?.cuts)})`)
  ].join(', ')

/** What `node test/docs/measure.mjs` found when it was last run, by name of the model. */
const measured = JSON.parse(readFileSync(new URL('measured.json', import.meta.url), 'utf8'))
const statesOf = ({ name }) => (name in measured ? measured[name].states.toLocaleString('en') : '')
const secondsOf = ({ name }) => (name in measured ? measured[name].seconds.toFixed(1) : '')

const loaded = await loadModels({ paths: ['models'], given: {}, only: null })
if (loaded._tag === 'Left') throw new Error(JSON.stringify(loaded.left))

const models = loaded.right.map(({ file, model }) => ({
  folder: file.split('/')[1],
  file,
  name: model.name,
  expected: expectationOf(model),
  assumption: assumptionOf(model),
  bounds: boundsOf(model),
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

const isHolding = ({ expected }) => expected === 'holds'

/** Each protocol is shown by the model that it is called after, or of those that hold where most may happen by the largest. */
const mainModel = (own) => {
  const holding = own.filter(isHolding)
  const size = ({ name }) => measured[name]?.states ?? 0
  const kinds = ({ bounds }) => bounds.split(', ').length
  return (
    holding.find(({ name, folder }) => name === folder) ??
    holding.toSorted((a, b) => kinds(b) - kinds(a) || size(b) - size(a))[0] ??
    own[0]
  )
}

const row = (...cells) => `| ${cells.map(escaped).join(' | ')} |`

const protocolRow = (folder) => {
  const own = models.filter((model) => model.folder === folder)
  const main = mainModel(own)
  const page = `docs/protocols/${folder}.md`
  const name = existsSync(page) ? `[${folder}](${page})` : folder
  const verdict = `${own.filter(isHolding).length} models hold, ${own.filter((model) => !isHolding(model)).length} fail as they should`
  return row(
    `${name} ([spec](spec/${folder}))`,
    protocolSays(folder),
    main.assumption,
    main.bounds,
    verdict,
    statesOf(main),
    secondsOf(main)
  )
}

const modelTable = (folder) =>
  [
    `## ${folder}`,
    '',
    '| model | what it is | assumption | bounds | verdict | states | seconds |',
    '|---|---|---|---|---|--:|--:|',
    ...models
      .filter((model) => model.folder === folder)
      .map((model) =>
        row(
          `[${model.name}](../${model.file})`,
          model.says,
          model.assumption,
          model.bounds,
          model.expected,
          statesOf(model),
          secondsOf(model)
        )
      )
  ].join('\n')

process.stdout.write(
  JSON.stringify({
    protocols: [
      '| protocol | claim | assumption | bounds | verdict | states | seconds |',
      '|---|---|---|---|---|--:|--:|',
      ...folders.filter((folder) => folder !== 'published').map(protocolRow)
    ].join('\n'),
    models: folders.map(modelTable).join('\n\n')
  })
)
