/**
 * Verdicts as pictures: the window of a history around what is wrong with it, as SVG, or as a page with the explanations.
 *
 * Pure text of calls and verdicts. Scenes say what is shown, `layout` where, `draw` how.
 */
import type { Call } from '../history.ts'
import type { AnyVerdict } from '../judges.ts'
import { draw } from './draw.ts'
import type { Drawn } from './draw.ts'
import { orderScene, violationScene } from './order-scene.ts'
import { divergenceScene, markedScene, sessionScene } from './plain-scene.ts'
import type { Scene } from './scene.ts'
import { escaped } from './text.ts'
import { anomalyScene } from './transactions-scene.ts'

/** A verdict, and whose it is. */
export interface JudgedBy {
  readonly name: string
  readonly verdict: AnyVerdict
}

/** How many anomalies of one verdict are drawn; the others are told in the explanation. */
const mostAnomalies = 4

const scenesOf = ({ name, verdict }: JudgedBy, all: ReadonlyArray<Call<unknown, unknown>>): ReadonlyArray<Scene> => {
  if (verdict.verdict === 'unknown') return [markedScene(`${name}: unknown`, [`${verdict.why}.`], [], all)]
  if (verdict.verdict === 'ok') {
    const { witness } = verdict
    return [witness?.of === 'order' ? orderScene(name, witness.orders, all) : markedScene(`${name}: ok`, [], [], all)]
  }
  const { evidence } = verdict
  if (evidence.of === 'order') return [violationScene(name, evidence.violation, evidence.part)]
  if (evidence.of === 'sessions') return [sessionScene(name, evidence.violation, all)]
  if (evidence.of === 'convergence') return [divergenceScene(name, evidence.divergence, all)]
  return evidence.evidence.anomalies.slice(0, mostAnomalies).map((anomaly) => anomalyScene(name, anomaly, all))
}

const font = `font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="12"`

/** Scenes below each other. */
const svgOf = (drawn: ReadonlyArray<Drawn>): string => {
  const width = Math.max(0, ...drawn.map((one) => one.width))
  const tops = drawn.map((_, at) => drawn.slice(0, at).reduce((sum, { height }) => sum + height, 0))
  const height = drawn.reduce((sum, one) => sum + one.height, 0)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" ${font}>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...drawn.map(({ body }, at) => `<g transform="translate(0 ${tops[at]})">\n${body}\n</g>`),
    '</svg>',
    ''
  ].join('\n')
}

/**
 * One picture of all verdicts, below each other.
 *
 * @param all the calls of the history, in the order of invocation
 */
export const timelineSvg = (all: ReadonlyArray<Call<unknown, unknown>>, judged: ReadonlyArray<JudgedBy>): string =>
  svgOf(judged.flatMap((one) => scenesOf(one, all)).map(draw))

const css =
  'body{font:15px/1.5 system-ui,sans-serif;margin:2rem;color:#222;background:#fff}svg{max-width:100%;height:auto}pre{font:13px/1.5 ui-monospace,Menlo,Consolas,monospace;overflow-x:auto;white-space:pre-wrap}'

const section = (all: ReadonlyArray<Call<unknown, unknown>>, one: JudgedBy): string => {
  const { name, verdict } = one
  const said = verdict.verdict === 'violation' ? verdict.explanation : verdict.verdict === 'unknown' ? verdict.why : ''
  return [
    `<h2>${escaped(name)}: ${verdict.verdict}</h2>`,
    timelineSvg(all, [one]).trimEnd(),
    ...(said === '' ? [] : [`<pre>${escaped(said)}</pre>`])
  ].join('\n')
}

/**
 * A page of its own: each verdict with its picture and its explanation.
 *
 * @param title such as the name of the file that was judged
 */
export const timelineHtml = (
  title: string,
  all: ReadonlyArray<Call<unknown, unknown>>,
  judged: ReadonlyArray<JudgedBy>
): string =>
  [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><title>${escaped(title)}</title><style>${css}</style></head>`,
    '<body>',
    `<h1>${escaped(title)}</h1>`,
    ...judged.map((one) => section(all, one)),
    '</body>',
    '</html>',
    ''
  ].join('\n')
