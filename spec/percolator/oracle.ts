/** The timestamp oracle: each timestamp is greater than all before it, crashes included. [Percolator] §2.3 */
import { fired, reply, send, stay, valueAt, withValue } from '../kernel/index.ts'
import type { Message, Response } from './messages.ts'
import type { Happening, Move } from './rules.ts'
import type { Oracle } from './state.ts'

/** What happens at the oracle. A question that comes twice is one question: it gets one timestamp. */
export const oracleStep = (oracle: Oracle, event: Happening): Move => {
  if (event.type === 'request')
    return fired('refuse-client', oracle, reply<Response>(event.id, { type: 'not-a-client' }))
  if (event.type === 'timeout' || event.message.type !== 'ask') return stay('ignore-misdirected', oracle)
  const { transaction, purpose } = event.message
  const asked = `${transaction} ${purpose}`
  const before = valueAt(oracle.given, asked)
  const timestamp = before ?? oracle.last + 1
  const told = send<Message>(event.from, { type: 'given', transaction, purpose, timestamp })
  return before === undefined
    ? fired(
        'give-timestamp',
        { role: 'oracle', last: timestamp, given: withValue(oracle.given, asked, timestamp) },
        told
      )
    : fired('give-the-same', oracle, told)
}
