/** What clients see of a run, and the contents that history properties make of it. */
import type { AnySignature, ClientRecord, NodeId } from '../../spec/kernel/index.ts'
import { canonical, deepFreeze } from './data.ts'
import type { Outcome, Stimulus } from './local.ts'
import { refuse } from './problem.ts'
import type { ValidModel } from './valid.ts'

type Seen = ClientRecord<AnySignature>

/** What clients see of one step: the request that set it off, then the replies in order. */
export const seenOf = (node: NodeId, event: Stimulus, { effects }: Outcome): ReadonlyArray<Seen> => [
  ...(event.type === 'request' ? [{ type: 'invoke' as const, id: event.id, node, request: event.request }] : []),
  ...effects.flatMap((effect): ReadonlyArray<Seen> =>
    effect.type === 'reply' ? [{ type: 'reply', id: effect.id, response: effect.response }] : []
  )
]

/** A content of a history property, by its position, whose names were exchanged. */
export const arranged = (valid: ValidModel, history: number, content: unknown): unknown => {
  const { arrange } = valid.histories[history]!
  return arrange === undefined ? content : deepFreeze(arrange(content))
}

/** The contents before anything was seen, by history property. */
export const initialContents = (valid: ValidModel): ReadonlyArray<unknown> =>
  valid.histories.map(({ initial }) => initial)

/** The contents after more was seen. */
export const nextContents = (
  valid: ValidModel,
  contents: ReadonlyArray<unknown>,
  seen: ReadonlyArray<Seen>
): ReadonlyArray<unknown> =>
  seen.length === 0
    ? contents
    : valid.histories.map(({ name, next }, index) => {
        try {
          const content = seen.reduce<unknown>((so, record) => next(so, record), contents[index])
          canonical(content)
          return deepFreeze(content)
        } catch (error) {
          const said = error instanceof Error ? error.message : String(error)
          return refuse('Q210', `property ${name} failed at ${JSON.stringify(seen)}: ${said}`, [
            `model ${valid.model.name}`
          ])
        }
      })
