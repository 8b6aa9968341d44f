/** Traces as the command line shows them. */
import { match } from 'ts-pattern'
import { encodeTrace, renderDiagram, renderMermaid, renderText, type Paint, type Trace } from '../trace/index.ts'
import type { TraceForm } from './forms.ts'
import type { Colours } from './terminal.ts'

export interface Canvas {
  /** Columns; may be infinite. */
  readonly width: number
  /** Draw with ASCII characters only. */
  readonly ascii?: boolean
  readonly colours: Colours
}

const painter =
  ({ bold, cyan, dim, green, magenta, red, yellow }: Colours): Paint =>
  (text, role) =>
    ({ node: bold, message: cyan, rule: magenta, change: green, fault: yellow, verdict: red, faint: dim })[role](text)

export const renderTrace = (trace: Trace, form: TraceForm, { width, ascii = false, colours }: Canvas): string => {
  const rendering = { ...(Number.isFinite(width) ? { width } : {}), ascii, paint: painter(colours) }
  return match(form)
    .with('text', () => renderText(trace, rendering))
    .with('diagram', () => renderDiagram(trace, rendering))
    .with('mermaid', () => renderMermaid(trace))
    .with('json', () => encodeTrace(trace))
    .exhaustive()
    .trimEnd()
}
