/** What is wrong with single reads of registers. */
import { report } from './anomalies.ts'
import type { AnomalyName, Findings } from './anomalies.ts'
import { directAnomaly, showName, showReading } from './explain.ts'
import type { Externals, Workload } from './workload.ts'

/** Reports aborted, intermediate and garbage reads. */
export const registerAnomalies = (load: Workload, { final }: Externals, found: Findings): void => {
  load.operations.forEach(([name, key, value], read) => {
    const reader = load.owner[read]!
    if (name !== 'r' || value === null || load.transactions[reader]!.status !== 'ok') return
    const write = load.writes[load.key[read]!]!.get(value)
    const reportRead = (anomaly: AnomalyName, others: ReadonlyArray<number>, why: (other: string) => string): void =>
      report(found, anomaly, () =>
        directAnomaly(load, anomaly, [reader, ...others], key, (nameOf) => {
          const other = others.map(nameOf).join()
          return `${nameOf(reader)} read ${showName(key)} = ${showReading(value)}, but ${why(other)}`
        })
      )
    if (write === undefined) {
      reportRead('garbage-read', [], () => 'nobody wrote that')
      return
    }
    const writer = load.owner[write]!
    if (writer === reader) return
    if (load.transactions[writer]!.status === 'fail')
      reportRead('G1a', [writer], (other) => `${other}, which wrote it, was aborted`)
    else if (final[write] === 0) reportRead('G1b', [writer], (other) => `${other} overwrote that itself`)
  })
}
