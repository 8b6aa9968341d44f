/** Pictures that only mark calls: of sessions, of convergence, and of a history that nothing is wrong with. */
import type { Call } from '../history.ts'
import type { Divergence } from '../sessions/convergence.ts'
import type { SessionViolation } from '../sessions/guarantees.ts'
import type { Scene } from './scene.ts'
import { barOf, cutNote, laneNames, leftOutOf, processesOf, windowOf } from './window.ts'

type AnyCall = Call<unknown, unknown>

/**
 * The calls that matter, marked, and those next to them.
 *
 * @param all all calls of the history
 */
export const markedScene = (
  title: string,
  says: ReadonlyArray<string>,
  marked: ReadonlyArray<AnyCall>,
  all: ReadonlyArray<AnyCall>
): Scene => {
  const indices = new Set(marked.map(({ invocation }) => invocation.index))
  const matter = all.filter(({ invocation }) => indices.has(invocation.index))
  const shown = windowOf(all, matter)
  const processes = processesOf(shown)
  return {
    title,
    isWrong: marked.length > 0,
    says,
    lanes: laneNames(processes),
    bars: shown.map((call) =>
      barOf(call, processes.indexOf(call.process), indices.has(call.invocation.index) ? 'wrong' : 'plain', null)
    ),
    arrows: [],
    placesFollowTime: false,
    leftOut: leftOutOf(all, shown),
    notes: [
      ...(marked.length > 0 ? ['✗: the calls that it is about.'] : []),
      ...cutNote('calls', all.length, shown.length)
    ]
  }
}

export const sessionScene = (
  name: string,
  { anomaly, guarantees, calls, steps }: SessionViolation,
  all: ReadonlyArray<AnyCall>
): Scene => {
  const broken =
    guarantees.length === 0 ? 'no guarantee is needed to rule it out' : `breaks ${guarantees.join(' and ')}`
  return markedScene(`${name}: violation`, [`${anomaly}: ${broken}.`, ...steps], calls, all)
}

export const divergenceScene = (name: string, { last }: Divergence, all: ReadonlyArray<AnyCall>): Scene =>
  markedScene(
    `${name}: violation`,
    [
      last.length > 1
        ? 'After the last write, these processes read last what differs.'
        : 'This answers what nobody wrote.'
    ],
    last.map(({ call }) => call),
    all
  )
