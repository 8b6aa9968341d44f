/**
 * Services behind HTTP, as peers of a protocol: a transport. What a reducer sends to a service becomes a call, and what the
 * service answers becomes an event. A call that fails in whatever way is a message that was lost, which the protocol bears
 * anyway: its timer has it sent again. So all that is decided here is how messages are said in HTTP.
 */
import type { NodeId } from '../../../spec/kernel/index.ts'
import type { Answer, Compensate, Execute } from '../../../spec/saga/index.ts'
import type { Inbound, Logger, Packet, Transport } from '../../runtime/index.ts'

export interface HttpServices {
  /** Where each service is, such as `http://127.0.0.1:7601`. */
  readonly urls: Readonly<Record<NodeId, string>>
  /** When a call is given up, in milliseconds. */
  readonly patience: number
  readonly logger: Logger
}

type Call = Execute | Compensate

/** One key for each thing that a service does at most once: it says so when it is asked again. */
export const keyOf = ({ type, saga, action }: Call): string => `${saga}/${type === 'execute' ? '' : 'undo-'}${action}`

/** What a status means; null where it is no answer. */
const answerIn = (status: number, { type, saga, action }: Call): Answer | null => {
  if (type === 'compensate') return status === 200 ? { type: 'compensated', saga, action } : null
  if (status === 200) return { type: 'done', saga, action }
  if (status === 409) return { type: 'refused', saga, action }
  return status === 503 ? { type: 'busy', saga, action } : null
}

export const httpServices = ({ urls, patience, logger }: HttpServices): Transport => {
  const closing = new AbortController()
  /** Keys of calls that are under way: there is no need to ask twice at a time. */
  const underWay = new Set<string>()
  let inbound: Inbound | null = null

  const call = async (to: NodeId, message: Call): Promise<Answer | null> => {
    const { type, action } = message
    const response = await fetch(`${urls[to]}/${type === 'execute' ? action : `undo-${action}`}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': keyOf(message) },
      body: JSON.stringify(message),
      signal: AbortSignal.any([closing.signal, AbortSignal.timeout(patience)])
    })
    await response.arrayBuffer()
    return answerIn(response.status, message)
  }

  const deliver = async ({ to, message }: Packet): Promise<void> => {
    const asked = message as Call
    const name = `${to} ${keyOf(asked)}`
    if (underWay.has(name)) return
    underWay.add(name)
    try {
      const answer = await call(to, asked)
      if (answer === null) logger.warn({ service: to, key: keyOf(asked) }, 'a service failed: it will be asked again')
      else inbound?.deliver(to, answer)
    } catch (error) {
      logger.warn({ service: to, key: keyOf(asked), error: String(error) }, 'no answer: it will be asked again')
    } finally {
      underWay.delete(name)
    }
  }

  return {
    open: async (given) => {
      inbound = given
    },
    send: (batch) => batch.forEach((packet) => void deliver(packet)),
    close: async () => {
      inbound = null
      closing.abort()
    }
  }
}
