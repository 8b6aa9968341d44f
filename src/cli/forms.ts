/** The forms in which a trace can be shown. */
export const traceForms = ['text', 'diagram', 'mermaid', 'json'] as const
export type TraceForm = (typeof traceForms)[number]
