/**
 * Equal logs of different nodes as the same objects. Each node has read its entries from a message of its own, so nodes that
 * agree share nothing, and comparing their logs would take as long as they are. Here equal entries become one entry, and
 * equal complete nodes of logs (spec/kernel/log.ts) one node, so that `firstDifference` passes over what they agree on.
 */
import { isLog, type Log } from '../../../spec/kernel/index.ts'
import { canonical } from '../../model/data.ts'

type Fields = Readonly<Record<string, unknown>>

const { isArray } = Array
const { entries, fromEntries } = Object

/** What was not asked for since this many others were is forgotten: what is equal to it then is another object. */
const kept = 100_000

/** A state with its logs shared with all that went through it before. Logs that are the ones of `before` are left alone. */
export const sharingLogs = (): ((state: unknown, before: unknown) => unknown) => {
  let young = new Map<string, object>()
  let old = new Map<string, object>()
  /** Of what is shared already. */
  const numbers = new WeakMap<object, number>()
  let count = 0

  const sharedBy = <A extends object>(key: string, value: A): A => {
    const known = (young.get(key) ?? old.get(key)) as A | undefined
    const one = known ?? value
    if (young.size >= kept) {
      old = young
      young = new Map()
    }
    young.set(key, one)
    if (known === undefined) numbers.set(one, (count += 1))
    return one
  }
  const keyOf = (value: unknown): string =>
    typeof value === 'object' && value !== null ? `#${numbers.get(value)}` : canonical(value)

  /** A node of a log: an entry at height 0, and a list of nodes above. */
  const sharedNode = (node: unknown, height: number): unknown => {
    if (typeof node !== 'object' || node === null || numbers.has(node)) return node
    if (height === 0 || !isArray(node)) return sharedBy(canonical(node), node)
    const children = node.map((child) => sharedNode(child, height - 1))
    return sharedBy(`${height} ${children.map(keyOf).join()}`, children)
  }
  const sharedLog = (log: Log<unknown>): unknown => ({
    ...log,
    levels: log.levels.map((level, height) => level.map((node) => sharedNode(node, height)))
  })

  return (state, before) => {
    if (typeof state !== 'object' || state === null || isArray(state)) return state
    const isNew = ([name, value]: readonly [string, unknown]) =>
      isLog(value) && (before as Fields | undefined)?.[name] !== value
    const fields = entries(state)
    return fields.some(isNew)
      ? fromEntries(fields.map((field) => [field[0], isNew(field) ? sharedLog(field[1] as Log<unknown>) : field[1]]))
      : state
  }
}
