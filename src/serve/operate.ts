/** `QUORATE …`: what operators ask of a node, in the words of a client. */
import { either } from 'fp-ts'
import { lastIndex, setOf, type NodeId } from '../../spec/kernel/index.ts'
import { latest, type ChangeRequest, type Raft, type State } from '../../spec/raft/index.ts'
import type { Node } from '../runtime/index.ts'
import type { Executor } from './executor.ts'
import { errorReply, errors, failed } from './outcome.ts'
import { OK, encodeReply, errorOf, type Reply } from './resp/reply.ts'
import { Items, type Item, type Place } from './store/store.ts'
import { flawOfData } from './transaction.ts'

type Words = ReadonlyArray<string>

export interface Operations {
  readonly node: Node<Raft>
  readonly executor: Executor
  /** Lines by name: what this node knows. */
  readonly status: () => Readonly<Record<string, string | number>>
  /** The names that a node of this cluster may have. */
  readonly names: ReadonlyArray<NodeId>
  /** How long a change may take, in milliseconds: a node that joins has to catch up. */
  readonly patience: number
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

const without = (set: ReadonlyArray<NodeId>, id: NodeId) => set.filter((node) => node !== id)

const isPort = (given: string): boolean => Number(given) >= 1 && Number(given) <= 65_535

/** `host:port/clientPort`. */
export const placeIn = (text: string): Place | null => {
  const found = /^(.+):(\d+)\/(\d+)$/.exec(text)
  const [, host = '', port = '', clientPort = ''] = found ?? []
  return isPort(port) && isPort(clientPort) ? { host, port: Number(port), clientPort: Number(clientPort) } : null
}

/** What one node sends on to another that leads. */
const decodedItems = (text: string): ReadonlyArray<Item> | null => {
  const parsed = either.tryCatch((): unknown => JSON.parse(text), String)
  if (either.isLeft(parsed) || !Items.is(parsed.right)) return null
  const words = parsed.right.flatMap((item) => ('all' in item ? item.all : [item]))
  return words.every((one) => flawOfData(one) === null) ? parsed.right : null
}

export const operator = ({ node, executor, status, names, patience }: Operations) => {
  const state = (): State => node.state()
  const usage = errorOf(
    'ERR QUORATE STATUS | TRANSFER node | REMOVE-NODE node | ADD-NODE node host:port/clientPort (of the node that joins)'
  )

  /** Asks until the cluster takes the change, as long as it says that it may later. */
  const change = async (servers: Omit<ChangeRequest, 'type'>, until: number): Promise<Reply> => {
    for (;;) {
      const within = Math.max(1, until - performance.now())
      const answer = await node.request({ type: 'change-membership', ...servers }, { deadline: within })
      if (either.isLeft(answer))
        return errorReply({ mayHaveHappened: answer.left.mayHaveHappened, why: answer.left.type })
      const response = answer.right
      if (response.type === 'changed') return OK
      if (response.type !== 'change-refused') return errorReply({ mayHaveHappened: false, why: response.type })
      if (response.why === 'invalid') return errorOf('ERR the cluster cannot consist of these nodes')
      if (performance.now() > until)
        return errorReply({ mayHaveHappened: false, why: `the change before is ${response.why}` })
      await pause(50)
    }
  }

  /** Whether a learner has nearly all that there is, before the time is over. */
  const caughtUp = async (id: NodeId, until: number): Promise<boolean> => {
    while (performance.now() < until) {
      const { role, log } = state()
      if (role.is !== 'leader') return false
      const follower = role.followers[id]
      if (follower !== undefined && follower.match + 16 >= lastIndex(log) && follower.match > 0) return true
      await pause(50)
    }
    return false
  }

  const addNode = async (id: NodeId, address: string): Promise<Reply> => {
    const place = placeIn(address)
    if (place === null) return usage
    if (!names.includes(id))
      return errorOf(`ERR a node that joins is called n1 to n32, or as one that --peers named: not '${id}'`)
    const until = performance.now() + patience
    const placed = await executor.propose({ type: 'place', node: id, place })
    if (either.isLeft(placed)) return errorReply(placed.left)
    const before = latest(state())
    if (before.voters.includes(id)) return OK
    const learned = await change({ voters: before.voters, learners: setOf([...before.learners, id]) }, until)
    if (learned !== OK) return learned
    if (!(await caughtUp(id, until)))
      return errorOf(`ERR ${id} is a learner and has not caught up: start it, then give this command again`)
    const now = latest(state())
    return change({ voters: setOf([...now.voters, id]), learners: without(now.learners, id) }, until)
  }

  const removeNode = async (id: NodeId): Promise<Reply> => {
    const { voters, learners } = latest(state())
    if (!voters.includes(id) && !learners.includes(id)) return errorOf(`ERR ${id} is not in the cluster`)
    if (voters.length === 1 && voters.includes(id)) return errorOf(`ERR ${id} is the last voter`)
    return change({ voters: without(voters, id), learners: without(learners, id) }, performance.now() + patience)
  }

  const transfer = async (to: NodeId): Promise<Reply> => {
    const answer = await node.request({ type: 'transfer', to }, { deadline: patience })
    if (either.isLeft(answer))
      return errorReply({ mayHaveHappened: answer.left.mayHaveHappened, why: answer.left.type })
    if (answer.right.type === 'unknown-server') return errorOf(`ERR ${to} cannot lead: it is no other voter`)
    if (answer.right.type !== 'transferring') return errorReply({ mayHaveHappened: false, why: answer.right.type })
    // It was begun, or another one was under way. It is over when this node does not lead, or has given it up.
    for (;;) {
      const { role } = state()
      if (role.is !== 'leader') return OK
      if (role.transferee === null) return errorOf(`ERR ${to} did not take over in time`)
      await pause(20)
    }
  }

  const forwarded = async (text: string): Promise<Reply> => {
    const items = decodedItems(text)
    if (items === null) return errorOf('ERR what was forwarded does not decode')
    const outcome = await executor.run(items, true)
    if (either.isRight(outcome)) return outcome.right.map(encodeReply)
    const { mayHaveHappened, why } = outcome.left
    return why.startsWith(errors.notLeader) ? errorOf(why) : errorReply({ mayHaveHappened, why })
  }

  const asLeader = (verb: string, rest: Words): Promise<Reply> | null => {
    const [id, address] = rest
    if (verb === 'ADD-NODE' && id !== undefined && address !== undefined && rest.length === 2)
      return addNode(id, address)
    if (verb === 'REMOVE-NODE' && id !== undefined && rest.length === 1) return removeNode(id)
    return verb === 'TRANSFER' && id !== undefined && rest.length === 1 ? transfer(id) : null
  }

  /** The words behind QUORATE. Never rejects. */
  return async (words: Words): Promise<Reply> => {
    const [given = '', ...rest] = words
    const verb = given.toUpperCase()
    if (verb === 'STATUS' && rest.length === 0)
      return Object.entries(status())
        .map(([name, value]) => `${name}:${value}\r\n`)
        .join('')
    if (verb === 'FORWARD' && rest.length === 1) return forwarded(rest[0] ?? '')
    // Once is enough: a node that was told to act here does not send it on, so no two can send it round.
    const isHere = verb === 'HERE'
    const wanted = isHere ? rest : words
    if (state().role.is === 'leader') return asLeader((wanted[0] ?? '').toUpperCase(), wanted.slice(1)) ?? usage
    if (!['ADD-NODE', 'REMOVE-NODE', 'TRANSFER'].includes((wanted[0] ?? '').toUpperCase())) return usage
    const called = isHere
      ? failed(false, errors.notLeader)
      : await executor.askLeader(['QUORATE', 'HERE', ...words], patience)
    return either.isLeft(called) ? errorReply(called.left) : called.right
  }
}
