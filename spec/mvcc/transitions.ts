/** The reducer: a store answers, a session asks. */
import { fired, type NodeId, type Self } from '../kernel/index.ts'
import type { Happening, Move, Mvcc, Rule } from './rules.ts'
import { sessionStep } from './session.ts'
import type { Durable, State } from './state.ts'
import { replayLog, startStore, storeStep } from './store.ts'

const idle = (rule: Rule, store: NodeId): Move => fired(rule, { role: 'session', store, running: null })

export const initial = ({ id, config: { store, isolation } }: Self<Mvcc>): Move =>
  id === store ? startStore(isolation) : idle('start-session', store)

export const step = (_self: Self<Mvcc>, state: State, event: Happening): Move =>
  state.role === 'store' ? storeStep(state, event) : sessionStep(state, event)

/** A session that crashed has forgotten what it ran. Its host ends the transaction for it, as when a connection breaks. */
export const recover = ({ config: { store, isolation } }: Self<Mvcc>, disk: Durable): Move =>
  disk.role === 'store' ? replayLog(isolation, disk) : idle('forget-transaction', store)
