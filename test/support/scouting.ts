/** What a scout finds, against what the textbook checker says can be reached. */
import type { NaiveReport } from '../../src/checker/naive.ts'
import { Scout } from '../../src/checker/engine/scout.ts'
import { alphabetsOf } from '../../src/checker/engine/search.ts'
import { canonical } from '../../src/model/data.ts'
import { asynchronous, type Model, type ValidModel } from '../../src/model/index.ts'
import { viewOf } from '../../src/model/local.ts'
import type { Complaint, Judge } from './judges.ts'
import { validated } from './runs.ts'

/** What there is to find: by node, its conditions and the messages that come to it; and the rules that fire. */
export interface Found {
  readonly conditions: ReadonlySet<string>
  readonly messages: ReadonlySet<string>
  readonly rules: ReadonlySet<string>
}

export const reachedBy = ({ worlds, rules }: NaiveReport): Found => ({
  conditions: new Set(worlds.flatMap(({ nodes }) => nodes.map((local, node) => `${node} ${canonical(local)}`))),
  messages: new Set(
    worlds.flatMap(({ flight }) =>
      flight.flatMap((letters, node) => letters.map((letter) => `${node} ${canonical(letter)}`))
    )
  ),
  rules
})

/** What a scout finds that looks at so many states, and takes no message for dead. */
export const scouted = (valid: ValidModel, states: number, isSymmetric: boolean): Found => {
  const alphabets = alphabetsOf(valid)
  const bound = valid.model.bounds?.node
  const isInside = (node: number, slot: number): boolean =>
    bound === undefined || bound(viewOf(valid, node, alphabets[node]!.slots.at(slot)))
  const scout = new Scout(valid, alphabets, isInside, () => true, isSymmetric)
  for (const work = scout.look(states); work.next().done !== true;);
  return {
    conditions: new Set(
      alphabets.flatMap(({ node, slots }) => slots.values.map((local) => `${node} ${canonical(local)}`))
    ),
    messages: new Set(
      alphabets.flatMap(({ node, stimuli }) =>
        stimuli.values.flatMap((cause) =>
          cause.type === 'deliver' ? [`${node} ${canonical({ from: cause.from, message: cause.message })}`] : []
        )
      )
    ),
    rules: scout.fired
  }
}

/** The model as a scout may be sent ahead of it: all of its states are reached, whatever it says of them. */
export const silenced = ({ timing: _timing, ...subject }: Model<any>): Model<any> => ({
  ...subject,
  network: asynchronous(),
  properties: subject.properties.filter(({ kind }) => kind === 'history'),
  mayStop: true
})

const surplusOf = (what: string, found: ReadonlySet<string>, wanted: ReadonlySet<string>): Complaint => {
  const surplus = [...found].find((each) => !wanted.has(each))
  return surplus === undefined ? null : `${what}: ${surplus} cannot be`
}

/** What is found can happen, however far the scout goes. */
export const findsNothingElse: Judge = async ({ model, naive }) => {
  const valid = validated(model)
  const wanted = reachedBy(naive)
  for (const states of [3, 10_000]) {
    const { conditions, messages, rules } = scouted(valid, states, false)
    const complaint =
      surplusOf('conditions', conditions, wanted.conditions) ??
      surplusOf('messages', messages, wanted.messages) ??
      surplusOf('rules', rules, wanted.rules)
    if (complaint !== null) return complaint
  }
  return null
}
