/** Why a read must have seen a write, step by step, in words. */
import { describeProcess } from '../describe.ts'
import type { Access, Accesses } from './accesses.ts'
import { hasBit } from './bits.ts'
import type { Guarantee, Visibility } from './visibility.ts'

/** `the write x=1 (record 4)`, `the read y=2 of process "A" (record 7)`. */
export const nameOf = ({ kind, key, value, call }: Access): string => {
  const what = key === 'null' ? value : `${key}=${value}`
  return `the ${kind} ${what} of ${describeProcess(call.process)} (record ${call.invocation.index})`
}

/**
 * The chain of reasons, from the access itself to the write.
 *
 * @param access a read that must have seen `write`, or a write that brings it along
 */
export const whySeen = (
  accesses: Accesses,
  { seen }: Visibility,
  asked: ReadonlySet<Guarantee>,
  access: Access,
  write: Access
): ReadonlyArray<string> => {
  const { sessions, writes, writeNumber, readFrom } = accesses
  const goal = writeNumber[write.number]!
  const sees = (one: Access): boolean => hasBit(seen[one.number]!, goal)
  const go = (one: Access): ReadonlyArray<string> => {
    if (one === write) return []
    const from = writes[readFrom[one.number]!]
    if (from === write) return [`${nameOf(one)} read from ${nameOf(write)}`]
    const earlier = sessions[one.session]!.filter(({ number }) => number < one.number)
    const earlierOf = (kind: Access['kind'], guarantee: Guarantee): Access | undefined =>
      asked.has(guarantee) ? earlier.find((other) => other.kind === kind && sees(other)) : undefined
    const steps: ReadonlyArray<readonly [Guarantee, Access['kind']]> =
      one.kind === 'read'
        ? [
            ['read-your-writes', 'write'],
            ['monotonic-reads', 'read']
          ]
        : [
            ['monotonic-writes', 'write'],
            ['writes-follow-reads', 'read']
          ]
    for (const [guarantee, kind] of steps) {
      const other = earlierOf(kind, guarantee)
      if (other !== undefined)
        return [`${nameOf(one)} comes after ${nameOf(other)} in its session: ${guarantee}`, ...go(other)]
    }
    return from === undefined ? [] : [`${nameOf(one)} read from ${nameOf(from)}`, ...go(from)]
  }
  return go(access)
}
