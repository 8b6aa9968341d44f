/** What one transaction shows by itself: reads that contradict its own reads and writes. */
import { report } from './anomalies.ts'
import type { Findings } from './anomalies.ts'
import { directAnomaly, showName, showReading } from './explain.ts'
import { elementsOf, isName } from './transactions.ts'
import type { Key, MicroOperation, Reading, Value } from './transactions.ts'
import type { Workload } from './workload.ts'

/** Whether `list` ends in these micro-operations' values, from `at` on. */
const endsIn = (list: ReadonlyArray<Value>, at: number, own: ReadonlyArray<MicroOperation>): boolean =>
  at >= 0 && own.every(([, , value], place) => list[at + place] === value)

/**
 * What a read of a list contradicts, if anything: the last read of the key before it and the appends since then, or the
 * appends alone where it is the first read.
 */
const listContradiction = (
  operations: ReadonlyArray<MicroOperation>,
  key: Key,
  at: number,
  seen: ReadonlyArray<Value>
): string | null => {
  const own: Array<MicroOperation> = []
  let place = at - 1
  for (; place >= 0; place -= 1) {
    const operation = operations[place]!
    if (operation[1] !== key) continue
    if (operation[0] === 'r') break
    own.unshift(operation)
  }
  if (place < 0 && endsIn(seen, seen.length - own.length, own)) return null
  const before = place < 0 ? [] : elementsOf(operations[place]![2])
  const sameLength = seen.length === before.length + own.length
  if (
    place >= 0 &&
    sameLength &&
    before.every((value, index) => value === seen[index]) &&
    endsIn(seen, before.length, own)
  )
    return null
  const appended = own.length === 0 ? '' : `appended ${showReading(own.map(([, , value]) => value).filter(isName))}`
  if (place < 0) return `it had ${appended} before, in this order`
  return `it had read ${showReading(before)} before${appended === '' ? '' : ` and then ${appended}`}`
}

const registerContradiction = (
  operations: ReadonlyArray<MicroOperation>,
  key: Key,
  at: number,
  seen: Value | null
): string | null => {
  for (let place = at - 1; place >= 0; place -= 1) {
    const [name, named, value] = operations[place]!
    if (named !== key) continue
    return value === seen ? null : `it had ${name === 'r' ? 'read' : 'written'} ${showReading(value)} before`
  }
  return null
}

/** Whether this read shows what the micro-operation `later` of the same transaction writes. */
const foresees = (load: Workload, reading: Reading, [name, key, value]: MicroOperation, readKey: Key): boolean =>
  name !== 'r' &&
  key === readKey &&
  (load.kind === 'list-append' ? isName(value) && elementsOf(reading).includes(value) : reading === value)

/** Finds the internal contradictions and the future reads of one committed transaction. */
export const withinTransaction = (load: Workload, found: Findings, number: number): void => {
  const { operations } = load.transactions[number]!
  if (operations.length < 2) return
  operations.forEach(([name, key, reading], at) => {
    if (name !== 'r') return
    const future = operations.find((later, place) => place > at && foresees(load, reading, later, key))
    if (future !== undefined) {
      const says = (nameOf: (number: number) => string): string =>
        `${nameOf(number)} read ${showName(key)} = ${showReading(reading)}, but wrote ${showReading(future[2])} only later`
      report(found, 'future-read', () => directAnomaly(load, 'future-read', [number], key, says))
      return
    }
    const contradiction =
      load.kind === 'list-append'
        ? listContradiction(operations, key, at, elementsOf(reading))
        : registerContradiction(operations, key, at, isName(reading) ? reading : null)
    if (contradiction === null) return
    const says = (nameOf: (number: number) => string): string =>
      `${nameOf(number)} read ${showName(key)} = ${showReading(reading)}, though ${contradiction}`
    report(found, 'internal', () => directAnomaly(load, 'internal', [number], key, says))
  })
}
