/** Checks a bounded model: every reachable global state, each property, the shortest counterexample. */
import { either } from 'fp-ts'
import type { AnySignature } from '../../spec/kernel/index.ts'
import type { Expectation, Model } from '../model/model.ts'
import { Refusal, type Problem } from '../model/problem.ts'
import { validate } from '../model/validate.ts'
import type { ValidModel } from '../model/valid.ts'
import { record } from '../trace/record.ts'
import type { Trace } from '../trace/trace.ts'
import type { Exploration } from './explore.ts'
import { Team } from './engine/team.ts'
import { historyCost } from './history-cost.ts'
import { spendPartitions } from './idle-partitions.ts'
import { Limits } from './limits.ts'
import { explorePasses, type Passes } from './passes.ts'
import { pathTo } from './path.ts'
import { profileOf } from './profile.ts'
import { reducedBy } from './reduced.ts'
import type { CheckOptions, Report, Verdict } from './report.ts'
import { watched } from './watched.ts'

const expectationOf = (expected: Expectation): Report['expected'] =>
  typeof expected === 'string'
    ? { verdict: expected, property: null }
    : 'violates' in expected
      ? { verdict: 'violated', property: expected.violates }
      : { verdict: 'unreachable', property: expected.unreachable }

const traceOf = (
  valid: ValidModel,
  { search, goal, verdict, property }: Exploration,
  options: CheckOptions,
  isReporting: boolean
): Trace | null => {
  if (goal === null || !isReporting) return null
  const recorded = record(
    valid,
    [...pathTo(search, goal), ...(verdict === 'deadlock' ? spendPartitions(valid, search.valid) : [])],
    {
      shows: verdict === 'deadlock' ? 'deadlock' : 'violated',
      property,
      origin: options.origin ?? null,
      fill: true
    }
  )
  if (either.isLeft(recorded)) throw new Error(`the path found does not replay: ${recorded.left.what}`)
  return recorded.right
}

const reportOf = (
  valid: ValidModel,
  { last, passes, reductions, tables }: Passes,
  options: CheckOptions,
  limits: Limits,
  reducerCalls: number,
  team: Team
): Report => {
  const { model } = valid
  const { search, judge, verdict, property, fired } = last
  const { seconds, peakBytes } = limits
  const isReporting = team.rank === 0
  const expected = expectationOf(model.expect ?? 'holds')
  const isComplete: ReadonlyArray<Verdict> = ['holds', 'unreachable']
  return {
    model: model.name,
    protocol: model.protocol.name,
    verdict,
    property,
    assumption: model.timing?.assumes ?? null,
    expected,
    asExpected: verdict === expected.verdict && property === expected.property,
    states: search.states.count,
    transitions: last.transitions,
    depth: search.depth,
    seconds,
    reducerCalls,
    complete: isComplete.includes(verdict),
    limit: last.limit,
    neededBytes: last.neededBytes,
    outside: last.outside.depth + last.outside.node,
    outsideBy: last.outside,
    levels: search.levels.slice(1).map((end, level) => end - search.levels[level]!),
    reductions,
    passes,
    reduced: reducedBy(valid, search, tables),
    rules: {
      fired: model.protocol.rules.filter((rule) => fired.has(rule)),
      never: model.protocol.rules.filter((rule) => !fired.has(rule))
    },
    evaluations: last.evaluations,
    histories: historyCost(valid, search),
    bytesPerState: (search.bytes + judge.bytes) / search.states.count,
    peakBytes,
    threads: team.size,
    profile: options.profile === true && isReporting ? profileOf(valid, last) : null,
    trace: traceOf(valid, last, options, isReporting)
  }
}

/**
 * Checks a model.
 *
 * @returns the report, whatever the verdict; a problem where the model or its protocol is wrong (Q1xx, Q2xx)
 * @example const report = await check(model({ … }))
 */
export const check = async <P extends AnySignature>(
  model: Model<P>,
  options: CheckOptions = {}
): Promise<either.Either<Problem, Report>> => {
  const limits = new Limits(options)
  const validated = validate(model)
  if (either.isLeft(validated)) return validated
  let reducerCalls = 0
  const { team = new Team(), watch = null } = options
  const asked = watched(model as unknown as Model, () => reducerCalls++, watch)
  try {
    // A model that is valid stays so; what it names is looked up in the one that runs.
    const valid = validate(asked)
    if (either.isLeft(valid)) return valid
    const passes = await explorePasses(valid.right, options, limits, team)
    const calls = passes.last.search.gather(reducerCalls).reduce((sum, one) => sum + one)
    return either.right(reportOf(valid.right, passes, options, limits, calls, team))
  } catch (error) {
    if (error instanceof Refusal) return either.left(error.problem)
    throw error
  } finally {
    team.end()
  }
}
