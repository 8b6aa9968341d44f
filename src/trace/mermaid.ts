/** A trace as a sequence diagram in the language of Mermaid. [Mermaid] */
import { match } from 'ts-pattern'
import { explanationRemarks } from './explanation.ts'
import { marksFor, type Marks } from './paint.ts'
import { keptIn, repliesIn, sightsOf } from './remarks.ts'
import { sayName, sayWhole } from './say.ts'
import { storyOf, type Scene } from './story.ts'
import type { Trace } from './trace.ts'
import { sayAction, sayCutShort, sayEnd, sayRequest, sayRule } from './words.ts'

/** What ends a statement, begins a comment, a directive, an entity or a tag: all as entities, which are shown as they were. */
const special = /[#;<>&%{}"`\\$]/g

const escaped = (text: string): string => text.replace(special, (character) => `#${character.codePointAt(0) ?? 0};`)

const lines = (texts: ReadonlyArray<string>): string => texts.map(escaped).join('<br/>')

/** Names may be anything in a trace and may not in Mermaid: nodes are `n0`, `n1`, …, and clients `client`. */
const aliasIn = (trace: Trace) => (node: string) => `n${trace.nodes.indexOf(node)}`

type Alias = ReturnType<typeof aliasIn>

const withRule = (text: string, { rule }: Scene): string => (rule === null ? text : `${text} ${sayRule(rule)}`)

const statement = (scene: Scene, alias: Alias, across: string): string => {
  const on = ({ from, node }: { readonly from: string; readonly node: string }, head: string) =>
    `${alias(from)}${head}${alias(node)}: `
  const over = (node: string, text: string) => `Note over ${alias(node)}: ${escaped(withRule(text, scene))}`
  return match(scene.action)
    .with({ type: 'deliver' }, (letter) => `${on(letter, '->>')}${escaped(withRule(sayWhole(letter.message), scene))}`)
    .with(
      { type: 'request' },
      ({ node, id, request }) => `client->>${alias(node)}: ${escaped(withRule(sayRequest(id, request), scene))}`
    )
    .with({ type: 'lose' }, (letter) => `${on(letter, '-x')}${escaped(sayWhole(letter.message))}`)
    .with({ type: 'duplicate' }, (letter) => `${on(letter, '-->')}${escaped(`twice: ${sayWhole(letter.message)}`)}`)
    .with({ type: 'timeout' }, ({ node, timer }) => over(node, `timeout ${sayName(timer)}`))
    .with({ type: 'snapshot' }, ({ node, index }) => over(node, `snapshot at ${index}`))
    .with({ type: 'restart' }, ({ node }) => over(node, 'restart'))
    .with({ type: 'crash' }, ({ node, forGood }) => over(node, forGood ? '✗ crash for good' : '✗ crash'))
    .with({ type: 'partition' }, { type: 'heal' }, (action) => `Note over ${across}: ${escaped(sayAction(action))}`)
    .exhaustive()
}

const statements = (scene: Scene, alias: Alias, across: string, marks: Marks): ReadonlyArray<string> => {
  const { node, effects } = scene
  const first = statement(scene, alias, across)
  if (node === null) return [first]
  const beside = (texts: ReadonlyArray<string>) =>
    texts.length === 0 ? [] : [`Note right of ${alias(node)}: ${lines(texts)}`]
  const cutShort = sayCutShort(scene)
  return [
    first,
    ...beside(sightsOf(scene, marks).map(({ text }) => text)),
    ...repliesIn(effects).map(({ response }) => `${alias(node)}-->>client: ${escaped(sayWhole(response))}`),
    ...beside([...(cutShort === '' ? [] : [`✗ ${cutShort}`]), ...keptIn(scene).map(({ text }) => text)])
  ]
}

/** A trace as a Mermaid `sequenceDiagram`, each line ended by a line feed. */
export const renderMermaid = (trace: Trace): string => {
  const { scenes } = storyOf(trace)
  const alias = aliasIn(trace)
  const across = [...new Set([trace.nodes[0] ?? '', trace.nodes.at(-1) ?? ''])].map(alias).join(',')
  const hasClients = scenes.some(({ action, effects }) => action.type === 'request' || repliesIn(effects).length > 0)
  const end = sayEnd(trace)
  const why = explanationRemarks(trace).flatMap(({ text }) => (text === '' ? [] : [text.trim()]))
  const body = [
    ...(hasClients ? ['actor client'] : []),
    ...trace.nodes.map((node) => `participant ${alias(node)} as ${escaped(sayName(node))}`),
    ...scenes.flatMap((scene) => statements(scene, alias, across, marksFor(false))),
    ...(end === '' ? [] : [`Note over ${across}: ${escaped(end)}`]),
    ...(why.length === 0 ? [] : [`Note over ${across}: ${lines(why)}`])
  ]
  return ['sequenceDiagram', ...body.map((line) => `  ${line}`)].map((line) => `${line}\n`).join('')
}
