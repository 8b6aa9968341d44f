/** What the commands of a connection can turn to. */
import type { Budget } from './budget.ts'
import type { Clients } from './clients.ts'
import type { Executor } from './executor.ts'
import type { Reply } from './resp/reply.ts'

export interface Services {
  readonly executor: Executor
  readonly clients: Clients
  /** Of what connections hold in memory. */
  readonly budget: Budget
  /** `INFO`: sections by name, lines by field. */
  readonly info: () => Readonly<Record<string, Readonly<Record<string, string | number>>>>
  /** `QUORATE …`: what operators ask. */
  readonly operate: (words: ReadonlyArray<string>) => Promise<Reply>
  readonly count: (command: string) => void
  readonly version: string
}
