/** Two transfers at once between two banks, with crashes: what is run is what is checked. */
import { allEqual, always, entries, reachable, type NodeView, type View } from '../../../spec/kernel/index.ts'
import { asynchronous, model, type ModelRequest } from '../../model/index.ts'
import { transfers, type Transfers } from './transfers.ts'

type Seen = View<Transfers>['nodes']

/** The last record of each transaction, as it is on disk. */
const recordsOf = ({ durable }: NodeView<Transfers>): ReadonlyMap<string, string> =>
  new Map(entries(durable.log).map(({ transaction, record }) => [transaction, record]))

/** All that decide on a transaction decide the same. AC1 of [BHG87] §7.3, for each of them. */
export const agreement = always<Transfers>('agreement', ({ nodes }) => {
  const all = nodes.map(recordsOf)
  const named = new Set(all.flatMap((records) => [...records.keys()]))
  return [...named].every((transaction) =>
    allEqual(all.flatMap((records) => records.get(transaction) ?? []).filter((record) => record !== 'yes'))
  )
})

/** No bank promises what it has not. */
export const solvency = always<Transfers>('solvency', ({ nodes }) =>
  nodes.every(({ durable: { balance, promised } }) => promised <= balance)
)

const isSettled = (nodes: Seen): boolean => nodes.every((node) => ![...recordsOf(node).values()].includes('yes'))
const made = (nodes: Seen): number => nodes.reduce((sum, { durable }) => sum + durable.balance - durable.opening, 0)

/** Money is neither made nor lost: seen whenever no promise is open. */
export const moneyIsKept = always<Transfers>('money-is-kept', ({ nodes }) => !isSettled(nodes) || made(nodes) === 0)

const decides = (decision: string) =>
  reachable<Transfers>(`a-${decision}`, ({ nodes }) => nodes.every((node) => recordsOf(node).get('b') === decision))

/** A transfer that a client asks for, of all that the first bank has. */
const transferOf = (transaction: string): ModelRequest<Transfers> => ({
  name: transaction,
  request: { type: 'transfer', transaction, from: 'bank1', to: 'bank2', amount: 1 },
  at: ['coordinator']
})

const bank = { role: 'bank', coordinator: 'coordinator', opening: 1 } as const

export default model<Transfers>({
  name: 'transfers',
  protocol: transfers,
  nodes: { coordinator: { role: 'coordinator' }, bank1: bank, bank2: bank },
  network: asynchronous(),
  faults: { crashes: 1 },
  requests: [transferOf('a'), transferOf('b')],
  properties: [agreement, solvency, moneyIsKept, decides('commit'), decides('abort')],
  mayStop: ({ nodes }) => isSettled(nodes)
})
