/** Actions, effects and changes in the words of a protocol engineer. */
import { match, P } from 'ts-pattern'
import type { Action } from '../model/action.ts'
import { sayBoth, type Change } from './changes.ts'
import type { Marks } from './paint.ts'
import { isFields, say, sayName, sayWhole } from './say.ts'
import type { Trace, TraceStep } from './trace.ts'

const onLink = ({ from, node, message }: { readonly from: string; readonly node: string; readonly message: unknown }) =>
  `${sayName(from)}->${sayName(node)} ${sayWhole(message)}`

/** A request, and its name where the request does not already say it. */
export const sayRequest = (id: string, request: unknown): string => {
  const asked = sayWhole(request)
  return asked === id ? asked : `${asked} (${sayName(id)})`
}

/** What happens, without what comes of it: `n1->n3 request-vote term=2`. */
export const sayAction = (action: Action): string =>
  match(action)
    .with({ type: 'deliver' }, onLink)
    .with({ type: 'timeout' }, ({ node, timer }) => `${sayName(node)} timeout ${sayName(timer)}`)
    .with({ type: 'request' }, ({ node, id, request }) => `client->${sayName(node)} ${sayRequest(id, request)}`)
    .with(
      { type: 'snapshot' },
      ({ node, index, content }) => `${sayName(node)} snapshot index=${index} content=${say(content)}`
    )
    .with({ type: 'restart' }, ({ node }) => `${sayName(node)} restart`)
    .with({ type: 'crash' }, ({ node, forGood }) => `${sayName(node)} crash${forGood ? ' for good' : ''}`)
    .with({ type: 'lose' }, (letter) => `lose ${onLink(letter)}`)
    .with({ type: 'duplicate' }, (letter) => `duplicate ${onLink(letter)}`)
    .with({ type: 'partition' }, ({ cut }) => `partition ${sayName(cut)}`)
    .with({ type: 'heal' }, () => 'heal')
    .exhaustive()

/** The clause that fired: `[grant-vote]`. */
export const sayRule = (rule: string): string => `[${sayName(rule)}]`

const leavesNode = (effect: unknown): boolean =>
  isFields(effect) && (effect['type'] === 'send' || effect['type'] === 'reply')

/** How many of the effects leave their node: messages, and replies to clients. */
export const countLeaving = (effects: ReadonlyArray<unknown>): number => effects.filter(leavesNode).length

/** `then crashes after 1 of 2 messages`; empty for a step that was not cut short. */
export const sayCutShort = ({ action, effects, lost }: Pick<TraceStep, 'action' | 'effects' | 'lost'>): string => {
  if (!('crash' in action) || action.crash === null) return ''
  const { forGood } = action.crash
  const kept = countLeaving(effects)
  const all = kept + countLeaving(lost)
  return `then crashes ${forGood ? 'for good ' : ''}after ${kept} of ${all} message${all === 1 ? '' : 's'}`
}

type Told = { readonly what: string; readonly to: ReadonlyArray<string> }

const tell = (effect: unknown): ReadonlyArray<Told> =>
  match(effect)
    .with({ type: 'send', to: P.string, message: P._ }, ({ to, message }) => [
      { what: `sends ${sayWhole(message)}`, to: [sayName(to)] }
    ])
    .with({ type: 'reply', id: P.string, response: P._ }, ({ id, response }) => [
      { what: `replies ${sayWhole(response)}`, to: [sayName(id)] }
    ])
    .with({ type: 'apply', entry: P._ }, ({ entry }) => [{ what: `applies ${sayWhole(entry)}`, to: [] }])
    .with({ type: 'take-snapshot', index: P._ }, ({ index }) => [
      { what: `asks for a snapshot at ${say(index)}`, to: [] }
    ])
    .with({ type: 'restore', content: P._ }, ({ content }) => [{ what: `restores ${say(content)}`, to: [] }])
    .with({ type: 'note', fact: P._ }, ({ fact }) => [{ what: `notes ${sayWhole(fact)}`, to: [] }])
    // Timers are told by what is armed before and after.
    .otherwise(() => [])

/** What a step did to the world but for timers. Sends of one message that follow each other are one item. */
export const sayEffects = (effects: ReadonlyArray<unknown>): ReadonlyArray<string> =>
  effects
    .flatMap(tell)
    .reduce<ReadonlyArray<Told>>((told, next) => {
      const last = told.at(-1)
      return last !== undefined && last.what === next.what && next.to.length > 0
        ? told.with(-1, { what: last.what, to: [...last.to, ...next.to] })
        : [...told, next]
    }, [])
    .map(({ what, to }) => (to.length === 0 ? what : `${what} to ${to.join(', ')}`))

/** `votedFor: null → n1`; a field that is new is marked `+`, one that is gone `-`. */
export const sayChange = ({ path, before, after }: Change, { arrow, dots }: Marks): string => {
  const place = path.map(sayName).join('.')
  if (before === undefined) return `+${place}: ${say(after)}`
  if (after === undefined) return `-${place}: ${say(before)}`
  const [from, to] = sayBoth(before, after, dots)
  return `${place}: ${from} ${arrow} ${to}`
}

/** What the run shows, as its last line. Empty for a run that shows nothing in particular. */
export const sayEnd = ({ shows, property }: Trace): string => {
  const name = property === null ? 'a property' : sayName(property)
  return match(shows)
    .with('violated', () => `violates ${name}`)
    .with('deadlock', () => 'deadlock')
    .with('reached', () => `reaches ${name}`)
    .with('run', () => '')
    .exhaustive()
}
