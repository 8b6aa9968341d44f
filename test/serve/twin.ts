/** The store once more, as plainly as it can be said: a record of what is held, copied with every command. */
import { match, P } from 'ts-pattern'
import type { Reply } from '../../src/serve/resp/reply.ts'

interface Held {
  readonly value: string
  readonly until: number
}
export type Content = Readonly<Record<string, Held>>

export interface Ran {
  readonly content: Content
  readonly reply: Reply
}

const lasting = Infinity
const ok: Reply = { status: 'OK' }
const notAnInteger: Reply = { error: 'ERR value is not an integer or out of range' }

const isInteger = (text: string) => {
  if (!/^-?\d+$/.test(text) || String(BigInt(text)) !== text) return false
  return BigInt(text) === BigInt.asIntN(64, BigInt(text))
}

const integer = (value: bigint): Reply =>
  BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : { integer: String(value) }

/** Runs a command, of those that {@link ../serve.test.ts} draws, at a moment. */
export const runTwin = (before: Content, [name, ...words]: ReadonlyArray<string>, now: number): Ran => {
  const content: Content = Object.fromEntries(Object.entries(before).filter(([, { until }]) => until > now))
  const [key = '', value = ''] = words
  const held = content[key]
  const answering = (reply: Reply): Ran => ({ content, reply })
  const holding = (text: string, until: number, reply: Reply): Ran => ({
    content: { ...content, [key]: { value: text, until } },
    reply
  })
  const adding = (by: bigint): Ran => {
    const old = held?.value ?? '0'
    if (!isInteger(old)) return answering(notAnInteger)
    const sum = BigInt(old) + by
    if (sum !== BigInt.asIntN(64, sum)) return answering({ error: 'ERR increment or decrement would overflow' })
    return holding(String(sum), held?.until ?? lasting, integer(sum))
  }
  const expiring = (unit: number): Ran => {
    if (held === undefined) return answering(0)
    return holding(held.value, Number(value) <= 0 ? now : now + Number(value) * unit, 1)
  }
  const left = (unit: number): Reply =>
    held === undefined ? -2 : held.until === lasting ? -1 : Math.ceil((held.until - now) / unit)

  return match(name)
    .returnType<Ran>()
    .with('GET', () => answering(held?.value ?? null))
    .with('SET', () => {
      const options = words.slice(2)
      const timed = options.findIndex((option) => option === 'EX' || option === 'PX')
      const until = timed === -1 ? lasting : now + Number(options[timed + 1]) * (options[timed] === 'EX' ? 1000 : 1)
      const isBarred = (options.includes('NX') && held !== undefined) || (options.includes('XX') && held === undefined)
      const kept = options.includes('KEEPTTL') ? (held?.until ?? lasting) : until
      const reply = options.includes('GET') ? (held?.value ?? null) : isBarred ? null : ok
      return isBarred ? answering(reply) : holding(value, kept, reply)
    })
    .with('DEL', () => ({
      content: Object.fromEntries(Object.entries(content).filter(([other]) => !words.includes(other))),
      reply: new Set(words.filter((word) => word in content)).size
    }))
    .with('INCR', () => adding(1n))
    .with('DECR', () => adding(-1n))
    .with('INCRBY', 'DECRBY', () =>
      isInteger(value) ? adding(name === 'INCRBY' ? BigInt(value) : -BigInt(value)) : answering(notAnInteger)
    )
    .with('APPEND', () =>
      holding((held?.value ?? '') + value, held?.until ?? lasting, (held?.value ?? '').length + value.length)
    )
    .with('STRLEN', () => answering(held?.value.length ?? 0))
    .with('EXISTS', () => answering(words.filter((word) => word in content).length))
    .with('MGET', () => answering(words.map((word) => content[word]?.value ?? null)))
    .with('MSET', () => ({
      content: words.reduce<Content>(
        (so, word, place) =>
          place % 2 === 0 ? { ...so, [word]: { value: words[place + 1] ?? '', until: lasting } } : so,
        content
      ),
      reply: ok
    }))
    .with('EXPIRE', () => expiring(1000))
    .with('PEXPIRE', () => expiring(1))
    .with('PERSIST', () =>
      held === undefined || held.until === lasting ? answering(0) : holding(held.value, lasting, 1)
    )
    .with('TTL', () => answering(left(1000)))
    .with('PTTL', () => answering(left(1)))
    .with(P._, () => answering({ error: `no twin of ${name}` }))
    .exhaustive()
}
