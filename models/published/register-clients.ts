/**
 * The clients of Stateright's register examples [Stateright], and what they saw: each writes a value, and reads once that is
 * answered. What they saw is part of the published state, so all clients are one node here, which keeps it.
 */
import * as t from 'io-ts'
import { closed, Natural, send, type NodeId } from '../../spec/kernel/index.ts'

const { entries, fromEntries, keys, values } = Object

/** `client` is the address of the client, `c1` to `cN`: behind this node there are several. */
export const ToServer = t.union([
  closed('Put', { type: t.literal('put'), client: t.string, request: Natural, value: t.string }),
  closed('Get', { type: t.literal('get'), client: t.string, request: Natural })
])
export type ToServer = t.TypeOf<typeof ToServer>

export const ToClient = t.union([
  closed('PutOk', { type: t.literal('put-ok'), client: t.string, request: Natural }),
  closed('GetOk', { type: t.literal('get-ok'), client: t.string, request: Natural, value: t.string })
])
export type ToClient = t.TypeOf<typeof ToClient>

type Operation = { readonly type: 'read' } | { readonly type: 'write'; readonly value: string }

/** An operation, and of each other client that had completed any, how many before this one was begun. */
interface Begun {
  readonly operation: Operation
  readonly after: Readonly<Record<string, number>>
}

/** `returned` is what was read; null where it was a write. */
type Completed = Begun & { readonly returned: string | null }

interface Client {
  /** The request that it waits for. */
  readonly awaited: number | null
  readonly requests: number
  readonly pending: Begun | null
  readonly completed: ReadonlyArray<Completed>
}

export type Clients = Readonly<Record<string, Client>>

/** Client number k of n servers is the node of number n + k, from 0 on: it asks servers in turn, and numbers requests by itself. */
const numbered = (client: string, servers: ReadonlyArray<NodeId>): number =>
  servers.length + Number(client.slice(1)) - 1

const serverFor = (client: string, servers: ReadonlyArray<NodeId>, requests: number): NodeId =>
  servers[(numbered(client, servers) + requests) % servers.length] ?? ''

export const firstWrites = (count: number, servers: ReadonlyArray<NodeId>) => {
  const writes = Array.from({ length: count }, (_, index) => {
    const client = `c${index + 1}`
    return { type: 'put', client, request: numbered(client, servers), value: 'ABCDEFGH'.charAt(index) } as const
  })
  const clients: Clients = fromEntries(
    writes.map(({ client, request, value }) => [
      client,
      { awaited: request, requests: 1, pending: { operation: { type: 'write', value }, after: {} }, completed: [] }
    ])
  )
  return { clients, effects: writes.map((write) => send<ToServer>(serverFor(write.client, servers, 0), write)) }
}

/** What the clients make of an answer; null where it is not the one that is waited for. */
export const onAnswer = (clients: Clients, servers: ReadonlyArray<NodeId>, answer: ToClient) => {
  const { client } = answer
  const own = clients[client]
  if (own === undefined || own.pending === null || own.awaited !== answer.request) return null
  const returned = answer.type === 'get-ok' ? answer.value : null
  const completed = [...own.completed, { ...own.pending, returned }]
  if (answer.type === 'get-ok') {
    const done: Client = { awaited: null, requests: own.requests + 1, pending: null, completed }
    return { clients: { ...clients, [client]: done }, effects: [] }
  }
  const others = entries(clients).filter(([name, other]) => name !== client && other.completed.length > 0)
  const after = fromEntries(others.map(([name, other]) => [name, other.completed.length]))
  const request = (own.requests + 1) * numbered(client, servers)
  const reading: Client = {
    awaited: request,
    requests: own.requests + 1,
    pending: { operation: { type: 'read' }, after },
    completed
  }
  const read = send<ToServer>(serverFor(client, servers, own.requests), { type: 'get', client, request })
  return { clients: { ...clients, [client]: reading }, effects: [read] }
}

/** Where a search for an order of the operations has got to: how many of each client are in it, and what was written last. */
interface Reached {
  readonly taken: Readonly<Record<string, number>>
  readonly register: string | null
}

/**
 * Whether some order of all completed operations, and of those pending ones that took effect, is one in which a register
 * might have taken them, and in which none comes before one that was completed before it began.
 */
export const isLinearizable = (clients: Clients, from: Reached | null = null): boolean => {
  const { taken, register } = from ?? { taken: fromEntries(keys(clients).map((name) => [name, 0])), register: null }
  if (entries(clients).every(([name, { completed }]) => (taken[name] ?? 0) >= completed.length)) return true
  return entries(clients).some(([name, { completed, pending }]) => {
    const next = completed[taken[name] ?? 0] ?? ((taken[name] ?? 0) === completed.length ? pending : null)
    if (next === null || !entries(next.after).every(([other, count]) => (taken[other] ?? 0) >= count)) return false
    const isReadOfAnother =
      next.operation.type === 'read' && 'returned' in next && (next as Completed).returned !== register
    const written = next.operation.type === 'write' ? next.operation.value : register
    const reached = { taken: { ...taken, [name]: (taken[name] ?? 0) + 1 }, register: written }
    return !isReadOfAnother && isLinearizable(clients, reached)
  })
}

/** Whether some client has read a value. */
export const hasRead = (clients: Clients): boolean =>
  values(clients).some(({ completed }) => completed.some(({ operation }) => operation.type === 'read'))
