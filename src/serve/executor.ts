/** Runs commands where the leader is: here, or on the node that leads, over its client port. */
import { either } from 'fp-ts'
import type { NodeId } from '../../spec/kernel/index.ts'
import { leaderOf, type Raft } from '../../spec/raft/index.ts'
import type { Node } from '../runtime/index.ts'
import { batches, type Batches } from './batches.ts'
import { link, type Link } from './link.ts'
import { errors, failed, failureIn, type Failure, type Outcome } from './outcome.ts'
import type { Reply } from './resp/reply.ts'
import { dataCommands } from './store/commands.ts'
import { sizeOf, type Item, type Place, type Run, type StoreCommand } from './store/store.ts'

export interface Executor {
  /**
   * Runs items one after the other, with nothing of others within a transaction.
   *
   * @param here not to be sent on to another node
   */
  readonly run: (items: ReadonlyArray<Item>, here: boolean) => Promise<Outcome>
  /** Has the cluster remember something. On the leader. */
  readonly propose: (command: StoreCommand) => Promise<Outcome>
  /** Asks the leader in the words of a client. */
  readonly askLeader: (words: ReadonlyArray<string>, deadline: number) => Promise<either.Either<Failure, Reply>>
  readonly leader: () => NodeId | null
  readonly waiting: () => number
  readonly close: () => void
}

export interface ExecutorOptions {
  readonly node: Node<Raft>
  readonly placeOf: (node: NodeId) => Place | null
  /** How long commands are tried, in milliseconds. */
  readonly deadline: number
}

const isWrite = (words: ReadonlyArray<string>): boolean => dataCommands[words[0] ?? '']?.writes === true

export const writes = (item: Item): boolean => ('all' in item ? item.all.some(isWrite) : isWrite(item))

export const executorFor = ({ node, placeOf, deadline }: ExecutorOptions): Executor => {
  const links = new Map<string, Link>()

  const leads = () => node.state().role.is === 'leader'
  const leader = () => leaderOf(node, node.state())

  const linkTo = (id: NodeId, lane: string): Link | null => {
    const place = placeOf(id)
    const name = `${lane} ${id}`
    const known = links.get(name)
    if (known !== undefined && known.place === place) return known
    known?.close()
    links.delete(name)
    if (place === null) return null
    const made = link(place)
    links.set(name, made)
    return made
  }

  const runHere = async (request: Raft['request'], within: number): Promise<Outcome> => {
    const answer = await node.request(request, { deadline: within })
    if (either.isLeft(answer)) return failed(answer.left.mayHaveHappened, answer.left.type)
    return answer.right.type === 'result'
      ? either.right(answer.right.result as ReadonlyArray<Reply>)
      : failed(false, answer.right.type)
  }

  const forward = async (to: NodeId, lane: string, items: ReadonlyArray<Item>, within: number): Promise<Outcome> => {
    const way = linkTo(to, lane)
    if (way === null) return failed(false, `nobody knows where ${to} is`)
    const called = await way.call(['QUORATE', 'FORWARD', JSON.stringify(items)], within)
    if (either.isLeft(called)) return called
    const reply = called.right
    if (Array.isArray(reply) && reply.length === items.length)
      return either.right((reply as ReadonlyArray<string>).map((raw) => ({ raw })))
    return either.left(failureIn(reply !== null && typeof reply === 'object' && 'error' in reply ? reply.error : '?'))
  }

  const sendTo =
    (lane: string, request: (run: Run) => Raft['request']) =>
    async (items: ReadonlyArray<Item>, within: number): Promise<Outcome> => {
      if (leads()) return runHere(request({ type: 'run', at: Date.now(), items }), within)
      const to = leader()
      return to === null ? failed(false, 'no leader is known') : forward(to, lane, items, within)
    }

  const barred = (): Outcome | null => (leads() ? null : failed(false, `${errors.notLeader} ${leader() ?? ''}`))
  const common = { items: 1024, bytes: 262_144, pause: 20, barred }
  const lanes: Readonly<Record<'write' | 'read', Batches>> = {
    write: batches({
      ...common,
      // One entry at a time takes the least CPU: what comes meanwhile shares the next one, and the next sync.
      underWay: 1,
      gather: 5,
      isRepeatable: false,
      send: sendTo('write', (command) => ({ type: 'command', command }))
    }),
    read: batches({
      ...common,
      underWay: 2,
      gather: 0,
      isRepeatable: true,
      send: sendTo('read', (query) => ({ type: 'read', query }))
    })
  }

  return {
    run: (items, here) =>
      new Promise((resolve) => {
        const bytes = items.reduce((sum, item) => sum + sizeOf(item), 0)
        const latest = performance.now() + deadline
        lanes[items.some(writes) ? 'write' : 'read'].add({ items, bytes, here, latest, settle: resolve })
      }),
    propose: (command) => runHere({ type: 'command', command }, deadline),
    askLeader: async (words, within) => {
      const to = leader()
      const way = to === null || to === node.id ? null : linkTo(to, 'ask')
      return way === null ? failed(false, 'no leader is known') : way.call(words, within)
    },
    leader,
    waiting: () => lanes.write.waiting() + lanes.read.waiting(),
    close: () => {
      for (const way of links.values()) way.close()
    }
  }
}
