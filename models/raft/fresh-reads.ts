/** What a client may expect of reads. */
import { history, type ClientRecord, type HistoryProperty } from '../../spec/kernel/index.ts'
import type { Raft } from '../../spec/raft/index.ts'
import type { ModelRequest } from '../../src/model/model.ts'

/** Whether some client knows of the command, and which reads began after that. */
interface Seen {
  readonly known: boolean
  readonly late: ReadonlyArray<string>
  readonly stale: boolean
}

const tells = (record: ClientRecord<Raft>, command: unknown): boolean =>
  record.type === 'reply' &&
  record.response.type === 'result' &&
  Array.isArray(record.response.result) &&
  record.response.result.includes(command)

/**
 * Once a client has been told of a command, by an answer to it or to a read, every read that begins later tells of it:
 * linearizability, for one command of the state machine `journal`. [Ongaro] §6.3, §6.4
 */
export const freshReads = (command: string): HistoryProperty<Raft> =>
  history<Raft, Seen>('reads-are-fresh', {
    initial: { known: false, late: [], stale: false },
    next: (seen, record) => {
      if (record.type === 'invoke')
        return seen.known && record.request.type === 'read' ? { ...seen, late: [...seen.late, record.id] } : seen
      if (record.response.type !== 'result') return seen
      const isTold = tells(record, command)
      return { ...seen, known: seen.known || isTold, stale: seen.stale || (!isTold && seen.late.includes(record.id)) }
    },
    holds: ({ stale }) => !stale
  })

/** Reads at the server that may not know that it was deposed, a command at the one that deposed it. */
export const writeAndRead = (times: number): ReadonlyArray<ModelRequest<Raft>> => [
  { name: 'x', request: { type: 'command', command: 'x' }, at: ['n2'] },
  { name: 'read', request: { type: 'read', query: null }, at: ['n1'], times }
]
