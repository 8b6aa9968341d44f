/** What a transport says of itself: counters by reason, and a log that a peer cannot flood. */
import type { Clock, Logger, Metrics } from '../ports.ts'
import type { Refused } from '../wire/refused.ts'

/** Why a message was not sent. */
export type Lost =
  | 'replaced'
  | 'overflow'
  /** No connection for a while. */
  | 'unreachable'
  /** Longer than the peer, or this node, allows. */
  | 'oversized'
  /** It cannot be encoded. */
  | 'unencodable'
  /** It has no form in the version that the peer speaks. */
  | 'no-such-version'
  /** It waited in one version, and the connection that came up speaks another. */
  | 'other-version'
  | 'unknown-peer'
  | 'closed'

/** Which side refused: `incoming` connections are refused by who listens, `outgoing` ones by who dialed, or were refused to it. */
export type Direction = 'incoming' | 'outgoing'

export interface Reporter {
  readonly refused: (direction: Direction, refused: Refused, fields: Readonly<Record<string, unknown>>) => void
  readonly lost: (why: Lost, count?: number) => void
  readonly sent: (lane: string, messages: number, bytes: number) => void
  readonly received: (lane: string, messages: number, bytes: number) => void
  readonly up: (peer: string, lane: string) => void
  readonly down: (peer: string, lane: string) => void
  /** At most once in ten seconds for each text, with how often it was held back. */
  readonly warn: (fields: Readonly<Record<string, unknown>>, text: string) => void
}

const quietMs = 10_000

export const reporter = ({
  clock,
  logger,
  metrics
}: {
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
}): Reporter => {
  // By a fixed set of texts and reasons, and never by what a peer chose, so that it stays small.
  const said = new Map<string, { readonly at: number; readonly heldBack: number }>()
  const warn = (key: string, fields: Readonly<Record<string, unknown>>, text: string): void => {
    const last = said.get(key)
    const now = clock.now()
    if (last !== undefined && now - last.at < quietMs) {
      said.set(key, { at: last.at, heldBack: last.heldBack + 1 })
      return
    }
    said.set(key, { at: now, heldBack: 0 })
    logger.warn(last === undefined || last.heldBack === 0 ? fields : { ...fields, heldBack: last.heldBack }, text)
  }
  const links = new Set<string>()
  const counted = (direction: string, lane: string, messages: number, bytes: number): void => {
    metrics.count(`quorate_transport_messages_${direction}_total`, messages, { lane })
    metrics.count(`quorate_transport_bytes_${direction}_total`, bytes, { lane })
  }
  const linked = (peer: string, lane: string, isUp: boolean): void => {
    if (isUp) links.add(`${lane} ${peer}`)
    else links.delete(`${lane} ${peer}`)
    metrics.gauge('quorate_transport_links', links.size)
    logger.info({ peer, lane }, isUp ? 'link up' : 'link down')
  }
  return {
    refused: (direction, { reason, problem: { code, what } }, fields) => {
      metrics.count('quorate_transport_refused_total', 1, { direction, reason })
      warn(`${direction} ${reason}`, { ...fields, direction, reason, code }, what)
    },
    lost: (why, count = 1) => {
      if (count > 0) metrics.count('quorate_transport_lost_total', count, { why })
    },
    sent: (lane, messages, bytes) => counted('sent', lane, messages, bytes),
    received: (lane, messages, bytes) => counted('received', lane, messages, bytes),
    up: (peer, lane) => linked(peer, lane, true),
    down: (peer, lane) => linked(peer, lane, false),
    warn: (fields, text) => warn(text, fields, text)
  }
}
