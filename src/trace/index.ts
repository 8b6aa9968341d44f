/** `quorate/trace`: runs as data, replayed and rendered. */
export { Trace, traceVersion, type Snapshot, type TraceStart, type TraceStep } from './trace.ts'
export { decodeTrace, encodeTrace } from './codec.ts'
export { record, type About } from './record.ts'
export { replay, type Replayed } from './replay.ts'
export { retry, type Retried } from './retry.ts'
export { renderText } from './text.ts'
export type { Paint, Rendering, Role } from './paint.ts'
