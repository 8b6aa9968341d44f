/** What a host tells of every step, for a recording. */
import type { NodeId, RequestId } from '../../../spec/kernel/index.ts'

/** What a recording is of. */
export interface Subject {
  readonly protocol: string
  readonly wireVersion: number
  readonly node: NodeId
  readonly nodes: ReadonlyArray<NodeId>
  readonly config: unknown
}

/** What set a step off. The first step of a node is a start, or a recovery from what its disk kept, encoded. */
export type RecordedEvent =
  | { readonly type: 'start' }
  | { readonly type: 'recover'; readonly durable: unknown }
  | { readonly type: 'deliver'; readonly from: NodeId; readonly message: unknown }
  | { readonly type: 'timeout'; readonly timer: string }
  | { readonly type: 'request'; readonly id: RequestId; readonly request: unknown }
  | { readonly type: 'snapshot'; readonly index: number; readonly content: unknown }

/** A step, as the host took it. */
export interface RecordedStep {
  readonly event: RecordedEvent
  readonly rule: string
  readonly state: unknown
  readonly effects: ReadonlyArray<unknown>
}

/** Takes down what a node does. Never throws, never waits: what cannot be written is lost, and said at the end. */
export interface Recorder {
  /** Called once, before anything else. */
  readonly begin: (subject: Subject) => void
  readonly step: (step: RecordedStep) => void
  /** What the replicated state machine answered a client. */
  readonly answered: (id: RequestId, response: unknown) => void
  /** The steps so far are about to become visible. */
  readonly turn: () => void
  /** Writes what is left. `orderly` tells a node that stopped from one that failed. */
  readonly end: (orderly: boolean) => Promise<void>
}
