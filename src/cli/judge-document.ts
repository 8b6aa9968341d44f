/** What `quorate judge --json` prints. */
import { match, P } from 'ts-pattern'
import type { Call } from '../consistency/index.ts'
import type { AnyVerdict, Finding } from '../consistency/judges.ts'
import type { Problem } from '../model/problem.ts'
import type { Input } from './judge-input.ts'
import { problemJson } from './problems.ts'

/** What one judge made of the history. */
export interface Judgement {
  readonly name: string
  readonly verdict: AnyVerdict
  readonly seconds: number
}

const indexOf = ({ invocation }: Call<unknown, unknown>): number => invocation.index

const invokedAt = (calls: ReadonlyArray<Call<unknown, unknown>>, number: number): number | null =>
  calls[number]?.invocation.index ?? null

/** Calls and transactions by the index of the record that invoked them. */
const evidenceJson = (finding: Finding, calls: ReadonlyArray<Call<unknown, unknown>>) =>
  match(finding)
    .with({ of: 'order' }, ({ violation: { placed, stuck, key, state, states } }) => ({
      key,
      placed: placed.map(indexOf),
      state,
      states,
      stuck: stuck.map(({ call, wanted }) => ({ call: indexOf(call), wanted }))
    }))
    .with({ of: 'sessions' }, ({ violation }) => ({ ...violation, calls: violation.calls.map(indexOf) }))
    .with({ of: 'convergence' }, ({ divergence: { key, last } }) => ({
      key,
      last: last.map(({ process, value, call }) => ({ process, value, call: indexOf(call) }))
    }))
    .with({ of: 'isolation' }, ({ evidence: { not, alsoNot, anomalies } }) => ({
      not,
      alsoNot,
      anomalies: anomalies.map(({ transactions, steps, ...anomaly }) => ({
        ...anomaly,
        transactions: transactions.map((number) => invokedAt(calls, number)),
        steps: steps.map(({ from, to, ...step }) => ({
          from: invokedAt(calls, from),
          to: invokedAt(calls, to),
          ...step
        }))
      }))
    }))
    .exhaustive()

const verdictJson = ({ name, verdict, seconds }: Judgement, calls: ReadonlyArray<Call<unknown, unknown>>) => {
  const head = { judge: name, verdict: verdict.verdict, seconds }
  return match(verdict)
    .with({ verdict: 'ok', witness: { of: 'order' } }, ({ witness: { orders } }) => ({ ...head, orders }))
    .with({ verdict: 'ok', witness: { of: 'isolation' } }, ({ witness: { witness } }) => ({
      ...head,
      isProof: witness.isProof,
      undeterminedKeys: witness.undeterminedKeys,
      allowed: witness.allowed.map((anomaly) => anomaly.name)
    }))
    .with({ verdict: 'ok', witness: P.nullish }, () => head)
    .with({ verdict: 'unknown' }, ({ why }) => ({ ...head, why }))
    .with({ verdict: 'violation' }, ({ explanation, evidence }) => ({
      ...head,
      explanation,
      evidence: evidenceJson(evidence, calls)
    }))
    .exhaustive()
}

/** @param problems what a judge refused, and what could not be written */
export const judgeDocument = (
  { file, format, history, calls }: Input,
  judgements: ReadonlyArray<Judgement>,
  problems: ReadonlyArray<Problem>,
  timeline: string | null
) => ({
  ok: problems.length === 0 && judgements.every(({ verdict }) => verdict.verdict === 'ok'),
  history: {
    file,
    format,
    records: history.length,
    calls: calls.length,
    processes: new Set(calls.map(({ process }) => process)).size
  },
  verdicts: judgements.map((judgement) => verdictJson(judgement, calls)),
  timeline,
  ...(problems.length > 0 ? { problems: problems.map(problemJson) } : {})
})

/** The document of a run whose input was wrong. */
export const refusedDocument = (problems: ReadonlyArray<Problem>) => ({
  ok: false,
  verdicts: [],
  problems: problems.map(problemJson)
})
