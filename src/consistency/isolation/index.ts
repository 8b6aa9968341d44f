/** Isolation of transactions: `judge(history, level)` and what it stands on. */
export { analyse, judge, verdictOn } from './judge.ts'
export type { Analysis, IsolationOptions, IsolationVerdict } from './judge.ts'
export { boundary, impossible, levelNamed, levels, orderOf } from './levels.ts'
export type { Boundary, Level } from './levels.ts'
export { cycleKinds, cycleSuffixes, directAnomalies } from './anomalies.ts'
export type { Anomaly, AnomalyName, CycleAnomaly, Step } from './anomalies.ts'
export { transactions } from './transactions.ts'
export type { Key, MicroOperation, Operations, Transaction, TransactionHistory, Value } from './transactions.ts'
