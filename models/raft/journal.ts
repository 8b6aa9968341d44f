/** The object that the clients of the models share: a list of commands. And what they may expect of it. */
import * as t from 'io-ts'
import { closed, type HistoryProperty } from '../../spec/kernel/index.ts'
import type { Raft } from '../../spec/raft/index.ts'
import { linearizableHistory, type Specification } from '../../src/consistency/index.ts'
import type { Machine, ModelRequest } from '../../src/model/model.ts'

type List = ReadonlyArray<unknown>

/** A state machine that keeps the commands in the order it got them, and answers with that. */
export const journal: Machine<Raft> = {
  initial: [],
  apply: (done: List, applied) => {
    const content = applied.type === 'command' ? [...done, applied.command] : done
    return { content, response: { type: 'result', result: content } }
  }
}

const Operation = t.union([
  closed('Add', { type: t.literal('add'), command: t.unknown }),
  closed('Tell', { type: t.literal('tell') })
])
type Operation = t.TypeOf<typeof Operation>

/** The same, as one object that nobody replicates. */
const list: Specification<Operation, unknown, List> = {
  name: 'list',
  operation: Operation,
  initial: [],
  apply: (done, operation) => {
    const after = operation.type === 'add' ? [...done, operation.command] : done
    return { state: after, response: after }
  }
}

/**
 * Linearizable reads and writes: what clients are told is what one list would tell them that takes each of their commands
 * and reads at some moment between asking and being answered. [Raft] §8, [Ongaro] §6.3, §6.4
 */
export const linearizable: HistoryProperty<Raft> = linearizableHistory<Raft, Operation, unknown, List>(
  'linearizable',
  list,
  {
    operation: (request) =>
      request.type === 'command'
        ? { type: 'add', command: request.command }
        : request.type === 'read'
          ? { type: 'tell' }
          : null,
    answer: (response) => (response.type === 'result' ? { type: 'ok', response: response.result } : { type: 'fail' })
  }
)

/** Reads at the server that may not know that it was deposed, a command at the one that deposed it. */
export const writeAndRead = (times: number): ReadonlyArray<ModelRequest<Raft>> => [
  { name: 'x', request: { type: 'command', command: 'x' }, at: ['n2'] },
  { name: 'read', request: { type: 'read', query: null }, at: ['n1'], times }
]
