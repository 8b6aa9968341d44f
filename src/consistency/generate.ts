/**
 * Histories of an imaginary object that is atomic, drawn at random: linearizable by construction.
 *
 * For testing a specification of one's own, and for measuring judges. The same seed gives the same history.
 */
import type { History, HistoryRecord } from './history.ts'
import type { Specification } from './specification.ts'

const { imul } = Math

/** A whole number >= 0 and < `below`; `below` >= 1. */
export type Random = (below: number) => number

/** A small generator of pseudo-random numbers: a Weyl sequence, mixed. Good enough to draw tests from. */
export const randomFrom = (seed: number): Random => {
  let state = seed | 0
  return (below) => {
    state = (state + 0x9e3779b9) | 0
    let mixed = imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below
  }
}

export interface Workload<Operation> {
  /** How many clients call at the same time, >= 1. */
  readonly clients: number
  /** How many calls all of them make. */
  readonly calls: number
  readonly seed: number
  /** The operation of the n-th call, from 0. */
  readonly operation: (random: Random, n: number) => Operation
  /** One call in so many ends in `info`, having taken effect or not; 0 for none. */
  readonly lostOneIn?: number
}

/** What one client is at. */
interface Client<Operation, Response> {
  readonly process: number
  readonly open: { readonly operation: Operation; readonly answer: { readonly response: Response } | null } | null
}

/**
 * A history in which each call takes effect at one random moment between its invocation and its completion. An
 * operation that cannot take place waits; the last calls may stay pending where nothing can take place any more.
 */
export const generate = <Operation, Response, State>(
  specification: Specification<Operation, Response, State>,
  { clients, calls, seed, operation, lostOneIn = 0 }: Workload<Operation>
): History<Operation, Response> => {
  const random = randomFrom(seed)
  const records: Array<HistoryRecord<Operation, Response>> = []
  const crew: Array<Client<Operation, Response>> = Array.from({ length: clients }, (_, process) => ({
    process,
    open: null
  }))
  let state = specification.initial
  let made = 0
  let nextProcess = clients
  let idleTurns = 0
  const stamp = () => ({ index: records.length, time: null })

  const takeEffect = (who: number, { process, open }: Client<Operation, Response>): void => {
    const outcome = open === null ? null : specification.apply(state, open.operation)
    if (open === null || outcome === null || !('response' in outcome)) return
    state = outcome.state
    idleTurns = 0
    crew[who] = { process, open: { operation: open.operation, answer: { response: outcome.response } } }
  }

  const complete = (who: number, { process, open }: Client<Operation, Response>): void => {
    idleTurns = 0
    if (lostOneIn > 0 && random(lostOneIn) === 0) {
      records.push({ type: 'info', process, reason: null, ...stamp() })
      crew[who] = { process: nextProcess++, open: null }
    } else if (open?.answer) {
      records.push({ type: 'ok', process, response: open.answer.response, ...stamp() })
      crew[who] = { process, open: null }
    }
  }

  while (idleTurns < clients * 100) {
    idleTurns += 1
    const who = random(clients)
    const client = crew[who]!
    if (client.open?.answer) complete(who, client)
    else if (client.open !== null) takeEffect(who, client)
    else if (made < calls) {
      const asked = operation(random, made)
      records.push({ type: 'invoke', process: client.process, operation: asked, ...stamp() })
      crew[who] = { process: client.process, open: { operation: asked, answer: null } }
      made += 1
      idleTurns = 0
    }
  }
  return records
}
