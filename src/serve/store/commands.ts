/** The commands that read and write keys, as functions of the keyspace and the moment that their entry carries. */
import { OK, errorOf, type Reply } from '../resp/reply.ts'
import { fits } from './glob.ts'
import { integerIn, integerReply, isInRange } from './integers.ts'
import { bucketCount, type Keyspace } from './keyspace.ts'
import { momentOf, setOptions, syntaxError } from './set.ts'

type Words = ReadonlyArray<string>

export interface DataCommand {
  /** How many words, the name included; negative for at least so many. */
  readonly arity: number
  readonly writes: boolean
  /** @param words behind the name; `now` in milliseconds since 1970 */
  readonly run: (keys: Keyspace, words: Words, now: number) => Reply
}

const notAnInteger = errorOf('ERR value is not an integer or out of range')

/** As much as one value may hold, in bytes. */
const longestValue = 2 ** 20

const reads = (arity: number, run: DataCommand['run']): DataCommand => ({ arity, writes: false, run })
const writes = (arity: number, run: DataCommand['run']): DataCommand => ({ arity, writes: true, run })

const first = (words: Words): string => words[0] ?? ''
const second = (words: Words): string => words[1] ?? ''

const set: DataCommand['run'] = (keys, words, now) => {
  const [key, value] = [first(words), second(words)]
  const options = setOptions(words.slice(2), now)
  if (typeof options === 'string') return errorOf(options)
  const before = keys.get(key, now)
  const isSet = options.only === null || (options.only === 'XX') === (before !== undefined)
  const until = options.until === 'keep' ? (before?.until ?? null) : options.until
  if (isSet) keys.set(key, { value, until })
  return options.get ? (before?.value ?? null) : isSet ? OK : null
}

const add = (keys: Keyspace, key: string, by: bigint, now: number): Reply => {
  const held = keys.get(key, now)
  const value = integerIn(held?.value ?? '0')
  if (value === null) return notAnInteger
  const sum = value + by
  if (!isInRange(sum)) return errorOf('ERR increment or decrement would overflow')
  keys.set(key, { value: sum.toString(), until: held?.until ?? null })
  return integerReply(sum)
}

const addBy =
  (sign: bigint): DataCommand['run'] =>
  (keys, words, now) => {
    const by = integerIn(second(words))
    return by === null ? notAnInteger : add(keys, first(words), sign * by, now)
  }

const append: DataCommand['run'] = (keys, words, now) => {
  const held = keys.get(first(words), now)
  const value = (held?.value ?? '') + second(words)
  if (value.length > longestValue) return errorOf('ERR string exceeds maximum allowed size')
  keys.set(first(words), { value, until: held?.until ?? null })
  return value.length
}

const setAll: DataCommand['run'] = (keys, words) => {
  if (words.length % 2 !== 0) return errorOf("ERR wrong number of arguments for 'mset' command")
  for (let place = 0; place < words.length; place += 2)
    keys.set(words[place] as string, { value: words[place + 1] as string, until: null })
  return OK
}

const expire =
  (option: 'EX' | 'PX', name: string): DataCommand['run'] =>
  (keys, words, now) => {
    const held = keys.get(first(words), now)
    const amount = integerIn(second(words))
    if (amount === null || words.length > 2) return amount === null ? notAnInteger : errorOf(syntaxError)
    if (held === undefined) return 0
    // A time that is over: the key is gone at once.
    const until = amount <= 0n ? now : momentOf(option, second(words), now, name)
    if (typeof until === 'string') return errorOf(until)
    keys.set(first(words), { value: held.value, until })
    return 1
  }

const persist: DataCommand['run'] = (keys, words, now) => {
  const held = keys.get(first(words), now)
  if (held === undefined || held.until === null) return 0
  keys.set(first(words), { value: held.value, until: null })
  return 1
}

const timeToLive =
  (unit: number): DataCommand['run'] =>
  (keys, words, now) => {
    const held = keys.get(first(words), now)
    if (held === undefined) return -2
    return held.until === null ? -1 : Math.ceil((held.until - now) / unit)
  }

/** The cursor is the bucket to go on with. */
const scan: DataCommand['run'] = (keys, words, now) => {
  const start = integerIn(first(words))
  if (start === null || start < 0n) return errorOf('ERR invalid cursor')
  let pattern: string | null = null
  let count = 10n
  for (let place = 1; place < words.length; place += 2) {
    const option = (words[place] as string).toUpperCase()
    const given = words[place + 1]
    if (given === undefined) return errorOf(syntaxError)
    if (option === 'MATCH') pattern = given
    else if (option === 'COUNT') count = integerIn(given) ?? 0n
    else if (option !== 'TYPE') return errorOf(syntaxError)
    else if (given.toLowerCase() !== 'string') count = 0n
    if (count < 1n) return option === 'TYPE' ? ['0', []] : errorOf(syntaxError)
  }
  const found: string[] = []
  let bucket = start < BigInt(bucketCount) ? Number(start) : bucketCount
  for (let met = 0; bucket < bucketCount && BigInt(met) < count; bucket++) {
    const inBucket = keys.keysIn(bucket, now)
    met += inBucket.length
    for (const key of inBucket) if (pattern === null || fits(pattern, key)) found.push(key)
  }
  return [bucket >= bucketCount ? '0' : String(bucket), found]
}

const remove: DataCommand['run'] = (keys, words, now) => words.filter((key) => keys.delete(key, now)).length

/** By name, in capitals. */
export const dataCommands: Readonly<Record<string, DataCommand>> = {
  GET: reads(2, (keys, words, now) => keys.get(first(words), now)?.value ?? null),
  SET: writes(-3, set),
  DEL: writes(-2, remove),
  UNLINK: writes(-2, remove),
  INCR: writes(2, (keys, words, now) => add(keys, first(words), 1n, now)),
  DECR: writes(2, (keys, words, now) => add(keys, first(words), -1n, now)),
  INCRBY: writes(3, addBy(1n)),
  DECRBY: writes(3, addBy(-1n)),
  APPEND: writes(3, append),
  STRLEN: reads(2, (keys, words, now) => keys.get(first(words), now)?.value.length ?? 0),
  EXISTS: reads(-2, (keys, words, now) => words.filter((key) => keys.get(key, now) !== undefined).length),
  MGET: reads(-2, (keys, words, now) => words.map((key) => keys.get(key, now)?.value ?? null)),
  MSET: writes(-3, setAll),
  EXPIRE: writes(-3, expire('EX', 'expire')),
  PEXPIRE: writes(-3, expire('PX', 'pexpire')),
  PERSIST: writes(2, persist),
  TTL: reads(2, timeToLive(1000)),
  PTTL: reads(2, timeToLive(1)),
  TYPE: reads(2, (keys, words, now) => ({ status: keys.get(first(words), now) === undefined ? 'none' : 'string' })),
  SCAN: reads(-2, scan),
  DBSIZE: reads(1, (keys) => keys.size()),
  PING: reads(-1, (_keys, words) => words[0] ?? { status: 'PONG' }),
  ECHO: reads(2, (_keys, words) => first(words))
}

/** Why a command cannot run, whatever the keys are; null if it can. */
export const flawOf = ({ arity }: Pick<DataCommand, 'arity'>, words: Words): string | null =>
  (arity >= 0 ? words.length === arity : words.length >= -arity)
    ? null
    : `ERR wrong number of arguments for '${first(words).toLowerCase()}' command`
