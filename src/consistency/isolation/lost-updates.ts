/**
 * Lost updates: two committed transactions that read the same version of a key and both write it. Whatever the order of
 * their versions, one of them did not see the other. [Adya99], H_lost-update.
 */
import { report } from './anomalies.ts'
import type { Findings } from './anomalies.ts'
import { directAnomaly, showName, showReading } from './explain.ts'
import { elementsOf, isList } from './transactions.ts'
import type { Reading, Value } from './transactions.ts'
import type { Externals, Workload } from './workload.ts'

const { stringify } = JSON

/** What tells one version of a key from another: for a list its length where the read fits the trace, else its text. */
const versionOf = (reading: Reading, isPrefix: boolean): Value | null => {
  if (!isList(reading)) return reading
  return isPrefix ? reading.length : stringify(reading)
}

/**
 * Reports every version that several committed transactions read and overwrote.
 *
 * @param compatible by micro-operation: 1 for a read that is a prefix of the longest read of its list
 */
export const lostUpdates = (
  load: Workload,
  { readBefore }: Externals,
  compatible: Uint8Array,
  found: Findings
): void => {
  const lists = load.kind === 'list-append'
  const seen = load.keys.map(() => new Map<Value | null, number>())
  const several = new Map<number, Array<number>>()
  for (let write = 0; write < load.operations.length; write += 1) {
    const read = readBefore[write]!
    if (read < 0 || load.transactions[load.owner[write]!]!.status !== 'ok') continue
    const reading = load.operations[read]![2]
    const version = versionOf(lists ? elementsOf(reading) : reading, compatible[read] === 1)
    const known = seen[load.key[write]!]!
    const other = known.get(version)
    if (other === undefined) known.set(version, read)
    else several.set(other, [...(several.get(other) ?? [other]), read])
  }
  for (const reads of several.values()) {
    const key = load.keys[load.key[reads[0]!]!]!
    const version = showReading(load.operations[reads[0]!]![2])
    const numbers = reads.map((read) => load.owner[read]!)
    const says = (nameOf: (number: number) => string): string =>
      `${numbers.map(nameOf).join(', ')} all read ${showName(key)} = ${version} and then wrote ${showName(key)}`
    report(found, 'lost-update', () => directAnomaly(load, 'lost-update', numbers, key, says))
  }
}
