/** The picture of an anomaly of isolation: its transactions, one lane each, and what makes each depend on the next. */
import type { Call } from '../history.ts'
import type { Anomaly, Step } from '../isolation/anomalies.ts'
import { boundary } from '../isolation/levels.ts'
import { processLabel } from './labels.ts'
import type { Arrow, Scene } from './scene.ts'
import { cutTo } from './text.ts'
import { barOf, leftOutOf } from './window.ts'

type AnyCall = Call<unknown, unknown>

/** More lanes than this are no picture any more. */
const mostTransactions = 10

/** Columns of a transaction. */
const columns = 72

const kindLabel = ({ kind, key }: Step): string =>
  kind === 'realtime' ? 'real time' : kind === 'process' ? 'process' : key === null ? kind : `${kind} ${key}`

/** The reason is the last line of what is said of an anomaly without a cycle. */
const reasonOf = ({ says }: Anomaly): string => says.split('\n').at(-1)?.trim() ?? ''

/** The lanes of a cycle that is too long: all but those before the last, which an arrow stands for. */
const shownLanes = (count: number): ReadonlyArray<number> =>
  count <= mostTransactions
    ? [...Array.from({ length: count }).keys()]
    : [...Array.from({ length: mostTransactions - 1 }).keys(), count - 1]

const arrowsOf = (steps: ReadonlyArray<Step>, lanes: ReadonlyArray<number>): ReadonlyArray<Arrow> =>
  steps.length === 0
    ? []
    : lanes.map((lane, from): Arrow => {
        const to = (from + 1) % lanes.length
        const skipped = (lanes[to] ?? 0) - lane - 1
        const step = steps[lane]!
        return skipped > 0
          ? { from, to, kind: '⋯', because: `${skipped + 1} steps are left out` }
          : { from, to, kind: kindLabel(step), because: step.because }
      })

/** @param all the transactions of the history: anomalies name them by their place here */
export const anomalyScene = (name: string, anomaly: Anomaly, all: ReadonlyArray<AnyCall>): Scene => {
  const { transactions, steps } = anomaly
  const lanes = shownLanes(transactions.length)
  const shown = lanes.flatMap((lane) => all[transactions[lane]!] ?? [])
  const isCut = shown.length < transactions.length
  const left = all.length - transactions.length
  const others = left === 0 ? '' : `; ${left} other ${left === 1 ? 'transaction is' : 'transactions are'} left out (⋯)`
  return {
    title: `${name}: violation, ${anomaly.name}`,
    isWrong: true,
    says: [
      ...(steps.length === 0
        ? [reasonOf(anomaly)]
        : ['Each arrow leads to a transaction that has to come later, and they lead in a circle.']),
      `It rules out ${boundary([anomaly.name]).not.join(', ')} and all that is stronger.`
    ],
    lanes: shown.map(({ process }, at) => `T${lanes[at]! + 1} ${cutTo(processLabel(process), 20)}`),
    bars: shown.map((call, lane) => barOf(call, lane, steps.length === 0 ? 'wrong' : 'plain', null, { columns })),
    arrows: arrowsOf(steps, lanes),
    placesFollowTime: false,
    leftOut: leftOutOf(all, shown),
    notes: isCut
      ? [`${shown.length} of the ${transactions.length} transactions of the cycle are shown${others}.`]
      : others === ''
        ? []
        : [`All transactions that it needs are shown${others}.`]
  }
}
