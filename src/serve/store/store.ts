/** The replicated key-value store: the state machine that Raft's entries drive. */
import * as t from 'io-ts'
import { either } from 'fp-ts'
import { closed, type NodeId } from '../../../spec/kernel/index.ts'
import type { Applied, Raft, Response } from '../../../spec/raft/index.ts'
import type { Machine } from '../../runtime/index.ts'
import { errorOf, sizeOfReply, type Reply } from '../resp/reply.ts'
import { dataCommands, flawOf } from './commands.ts'
import { keyspace } from './keyspace.ts'

const Words = t.readonlyArray(t.string)
export type Words = t.TypeOf<typeof Words>

/** A command, or several that nothing comes between. The name of a command is in capitals. */
export const Item = t.union([Words, closed('Transaction', { all: t.readonlyArray(Words) })])
export type Item = t.TypeOf<typeof Item>
export const Items = t.readonlyArray(Item)

/** About how many bytes it takes in a command. */
export const sizeOf = (item: Item): number =>
  'all' in item
    ? item.all.reduce((sum, words) => sum + sizeOf(words), 0)
    : item.reduce((sum, word) => sum + word.length + 3, 2)

/** What clients had done in one entry; a query is the same, and writes nothing. */
export const Run = closed('Run', {
  type: t.literal('run'),
  /** By the clock of the leader that wrote the entry, in milliseconds since 1970: what expiry goes by, alike on all nodes. */
  at: t.number,
  items: Items
})
export type Run = t.TypeOf<typeof Run>

const Port = t.number
/** Where a node can be reached. */
export const Place = closed('Place', { host: t.string, port: Port, clientPort: Port })
export type Place = t.TypeOf<typeof Place>

/** A node that is to join, and where it is; null for one that has left. */
export const Placing = closed('Placing', {
  type: t.literal('place'),
  node: t.string,
  place: t.union([Place, t.null])
})
export type Placing = t.TypeOf<typeof Placing>

/** What the log holds. */
export const StoreCommand = t.union([Run, Placing])
export type StoreCommand = t.TypeOf<typeof StoreCommand>

export type Places = Readonly<Record<NodeId, Place | null>>

/** A snapshot. */
export const Content = closed('Content', {
  /** The latest moment that an entry carried. */
  now: t.number,
  keys: t.readonlyArray(t.readonly(t.tuple([t.string, t.string, t.union([t.number, t.null])]))),
  places: t.record(t.string, t.union([Place, t.null]))
})
export type Content = t.TypeOf<typeof Content>

export interface Store extends Machine<Raft> {
  readonly size: () => number
}

/** What the replies of one entry, or of one query, may take together, in bytes. */
const mostReplied = 16 * 2 ** 20

/** In place of replies of a query for which there was no room. Nothing has happened: it may be asked again, for less. */
export const noRoom: Reply = errorOf('TRYAGAIN nothing has happened: the replies are too large together')

const leftOut: Reply = errorOf('ERR it has happened, and the reply is left out: it is too large')

/** The replies as far as there is room for them; what is beyond it stands in place of the others. */
const withinRoom = (replies: ReadonlyArray<Reply>, beyond: Reply): ReadonlyArray<Reply> => {
  let room = mostReplied
  return replies.map((reply) => {
    const size = sizeOfReply(reply)
    if (size > room) return beyond
    room -= size
    return reply
  })
}

const result = (value: unknown): Response => ({ type: 'result', result: value })

/** @param onPlaces told where nodes are whenever that changes, as far as the cluster was told */
export const store = (onPlaces: (places: Places) => void = () => undefined): Store => {
  const keys = keyspace()
  let now = 0
  let places: Places = {}

  const runOne = (words: Words, at: number): Reply => {
    const [name = '', ...rest] = words
    const command = Object.hasOwn(dataCommands, name) ? dataCommands[name] : undefined
    if (command === undefined) return errorOf(`ERR unknown command '${name}'`)
    const flaw = flawOf(command, words)
    return flaw === null ? command.run(keys, rest, at) : errorOf(flaw)
  }

  const runAll = ({ items }: Run, at: number): ReadonlyArray<Reply> =>
    items.map((item) => ('all' in item ? item.all.map((words) => runOne(words, at)) : runOne(item, at)))

  const applyCommand = (command: unknown): unknown => {
    // An entry of another version of this program: it changes nothing here, on no node.
    if (!StoreCommand.is(command)) return null
    if (command.type === 'place') {
      places = { ...places, [command.node]: command.place }
      onPlaces(places)
      return null
    }
    // Clocks of leaders differ; what is gone stays gone.
    now = Math.max(now, command.at)
    keys.sweep(now)
    return withinRoom(runAll(command, now), leftOut)
  }

  return {
    apply: (entry: Applied) => {
      if (entry.type === 'command') return result(applyCommand(entry.command))
      if (!Run.is(entry.query)) return result(null)
      return result(withinRoom(runAll(entry.query, Math.max(now, entry.query.at)), noRoom))
    },
    snapshot: (): Content => ({ now, keys: keys.entries(), places }),
    restore: (given) => {
      const content = Content.decode(given)
      if (either.isLeft(content)) throw new Error('a snapshot that is not of this store')
      keys.clear()
      for (const [key, value, until] of content.right.keys) keys.set(key, { value, until })
      now = content.right.now
      places = content.right.places
      onPlaces(places)
    },
    size: keys.size
  }
}
