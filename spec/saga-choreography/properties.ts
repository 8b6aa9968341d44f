/** What a chain of services promises: all of the steps, or each step that ran and its compensation, in reverse order. [GS87] */
import { allDistinct, always, reachable, type NodeView, type View } from '../kernel/index.ts'
import type { Stand } from './messages.ts'
import type { State } from './state.ts'
import { taken, type SagaChoreography } from './transitions.ts'

type Seen = View<SagaChoreography>['nodes']

/** In the order of the nodes, which is the order of the chain. */
const contents = (nodes: Seen): ReadonlyArray<State> =>
  nodes.map((node: NodeView<SagaChoreography>) => (node.up ? node.state : node.durable))

const sagaIds = (nodes: Seen): ReadonlyArray<string> => [
  ...new Set(contents(nodes).flatMap(({ stands }) => Object.keys(stands)))
]

const has = ({ ledger }: State, id: string, what: 'take' | 'give-back'): boolean =>
  ledger.some(({ saga, did }) => saga === id && did === what)

const holds = (state: State, id: string): boolean => has(state, id, 'take') && !has(state, id, 'give-back')

/** How the chain looks to each saga, first service first. */
const forEverySaga = (nodes: Seen, promise: (chain: ReadonlyArray<State>, id: string) => boolean): boolean =>
  sagaIds(nodes).every((id) => promise(contents(nodes), id))

/** Each step and each compensation takes effect at most once. */
export const atMostOnce = always<SagaChoreography>('at-most-once', ({ nodes }) =>
  contents(nodes).every(({ ledger }) => allDistinct(ledger.map(({ saga, did }) => `${saga} ${did}`)))
)

/** What a service tells of its step is what it has done. */
export const standsAreTrue = always<SagaChoreography>('stands-are-true', ({ nodes }) =>
  contents(nodes).every((state) =>
    Object.entries(state.stands).every(([id, stand]) => {
      if (stand === 'undone') return has(state, id, 'take') && has(state, id, 'give-back')
      return holds(state, id) === (stand === 'done' || stand === 'completed')
    })
  )
)

/** A step is done where those before it are done; undone where those after it are undone, or never were done. */
export const inOrder = always<SagaChoreography>('in-order', ({ nodes }) =>
  forEverySaga(nodes, (chain, id) =>
    chain.every((state, index) => !holds(state, id) || chain.slice(0, index).every((earlier) => holds(earlier, id)))
  )
)

/** Where one service takes a saga for completed, all have done their steps, and none undoes it any more. */
export const completedByAll = always<SagaChoreography>('completed-by-all', ({ nodes }) =>
  forEverySaga(
    nodes,
    (chain, id) => !chain.some(({ stands }) => stands[id] === 'completed') || chain.every((state) => holds(state, id))
  )
)

/** Where the first service has undone a saga, or never took part in it, no service has anything of it, or ever will. */
export const undoneByAll = always<SagaChoreography>('undone-by-all', ({ nodes }) =>
  forEverySaga(nodes, (chain, id) => {
    const first = chain[0]?.stands[id]
    return (first !== 'undone' && first !== 'refused') || !chain.some((state) => holds(state, id))
  })
)

/** A service never gives away more than it has. */
export const withinUnits = (units: number) =>
  always<SagaChoreography>('within-units', ({ nodes }) =>
    contents(nodes).every((state) => taken(state).length <= units)
  )

const someSagaIs = (stand: Stand) => (chain: ReadonlyArray<State>) =>
  Object.values(chain[0]?.stands ?? {}).includes(stand)

export const completes = reachable<SagaChoreography>('a-saga-completes', ({ nodes }) =>
  someSagaIs('completed')(contents(nodes))
)

export const isUndone = reachable<SagaChoreography>('a-saga-is-undone', ({ nodes }) =>
  someSagaIs('undone')(contents(nodes))
)

/** Where a run may stop: no service waits to hear how a saga ends, and nothing waits to be heard. */
export const allSettled = ({ nodes }: View<SagaChoreography>): boolean =>
  contents(nodes).every(({ stands, outbox }) => outbox.length === 0 && !Object.values(stands).includes('done'))

/** All that a chain promises; and that both ends can be reached. */
export const chainPromises = [atMostOnce, standsAreTrue, inOrder, completedByAll, undoneByAll, completes, isUndone]
