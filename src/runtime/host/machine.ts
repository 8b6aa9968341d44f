/** The replicated state machine of a node: what `apply`, `take-snapshot` and `restore` effects drive. */
import type { AnySignature, RequestId } from '../../../spec/kernel/index.ts'

/**
 * A machine that changes in place, for production. A host takes one that is as at the beginning, and owns it: a restarted
 * node needs a new one.
 */
export interface Machine<P extends AnySignature> {
  /** Takes a committed entry. The response answers the client, if there is one here. Deterministic, and throws nothing. */
  readonly apply: (entry: P['entry'], request: RequestId | null) => P['response']
  /** The content as it is now, or a promise of it: what is applied later must not show in it. */
  readonly snapshot: () => P['content'] | Promise<P['content']>
  /** Forgets what it is, and becomes this content. */
  readonly restore: (content: P['content']) => void
}

/** A machine as a pure function, as models have it. Its content is its snapshot. */
export interface PureMachine<P extends AnySignature> {
  readonly initial: unknown
  readonly apply: (
    content: any,
    entry: P['entry'],
    request: RequestId | null
  ) => { readonly content: unknown; readonly response: P['response'] }
}

/** A machine that holds the content of a pure one. */
export const machineOf = <P extends AnySignature>({ initial, apply }: PureMachine<P>): Machine<P> => {
  let content = initial
  return {
    apply: (entry, request) => {
      const applied = apply(content, entry, request)
      content = applied.content
      return applied.response
    },
    snapshot: () => content,
    restore: (restored) => {
      content = restored
    }
  }
}

/** Either kind of machine, as the kind that changes. */
export const asMachine = <P extends AnySignature>(machine: Machine<P> | PureMachine<P>): Machine<P> =>
  'initial' in machine ? machineOf(machine) : machine
