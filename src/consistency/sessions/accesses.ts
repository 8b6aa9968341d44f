/**
 * Reads and writes of registers, and which write each read read from.
 *
 * The judges of sessions and causality need no specification but registers, and to know what every read saw. So each
 * value is written to a key at most once, and never the value it starts with ([Bouajjani17] calls such histories
 * differentiated).
 */
import * as t from 'io-ts'
import { either } from 'fp-ts'
import { canonical } from '../../model/data.ts'
import { problem } from '../../model/problem.ts'
import type { Problem } from '../../model/problem.ts'
import { calls } from '../history.ts'
import type { Call, History } from '../history.ts'

/** A read that was answered, or a write that took effect or may have. */
export interface Access {
  /** Its place among the accesses, in the order of invocation. */
  readonly number: number
  readonly call: Call<unknown, unknown>
  /** The number of its session: a process is a session. */
  readonly session: number
  readonly kind: 'read' | 'write'
  /** The key and the value as canonical text. */
  readonly key: string
  readonly value: string
}

export interface Accesses {
  readonly all: ReadonlyArray<Access>
  /** By session: its accesses in order. */
  readonly sessions: ReadonlyArray<ReadonlyArray<Access>>
  readonly writes: ReadonlyArray<Access>
  /** By access: the place of a write in `writes`; -1 for a read. */
  readonly writeNumber: Int32Array
  /**
   * By access: the place in `writes` of the write that a read read from; -1 for a write, and for a read of the
   * initial value.
   */
  readonly readFrom: Int32Array
  /** Reads of a value that no write wrote, and of one whose write failed. */
  readonly thinAir: ReadonlyArray<Access>
  readonly aborted: ReadonlyArray<Access>
}

interface Asked {
  readonly kind: 'read' | 'write'
  readonly key: unknown
  readonly value: unknown
}

/** `read`, `write`, either within a keyed operation, `get` and `put`; null for anything else. */
const askedOf = (operation: unknown): Asked | null => {
  if (!t.UnknownRecord.is(operation)) return null
  const { type, key = null, value, operation: inner } = operation
  if (type === undefined && inner !== undefined) {
    const asked = askedOf(inner)
    return asked === null ? null : { ...asked, key }
  }
  if (type === 'read' || type === 'get') return { kind: 'read', key, value: null }
  return (type === 'write' || type === 'put') && value !== undefined ? { kind: 'write', key, value } : null
}

type AskedCall = Asked & { readonly call: Call<unknown, unknown> }

const asked = (call: Call<unknown, unknown>): either.Either<Problem, AskedCall> => {
  const found = askedOf(call.operation)
  if (found !== null) return either.right({ ...found, call })
  const what = `${canonical(call.operation)} is neither a read nor a write of a register`
  return either.left(problem('Q607', what, [`record ${call.invocation.index}`]))
}

const isEffective = ({ kind, call: { completion } }: AskedCall): boolean =>
  completion?.type === 'ok' || (kind === 'write' && completion?.type !== 'fail')

const bySession = (all: ReadonlyArray<Access>): ReadonlyArray<ReadonlyArray<Access>> => {
  const sessions: Array<Array<Access>> = []
  for (const access of all) (sessions[access.session] ??= []).push(access)
  return sessions
}

const named = ({ key, value }: Access): string => `${key}=${value}`

const linked = (
  all: ReadonlyArray<Access>,
  failed: ReadonlySet<string>,
  initial: string
): either.Either<Problem, Accesses> => {
  const writes = all.filter(({ kind }) => kind === 'write')
  const writeNumber = new Int32Array(all.length).fill(-1)
  const written = new Map<string, number>()
  for (const [place, write] of writes.entries()) {
    writeNumber[write.number] = place
    const name = named(write)
    if (written.has(name) || write.value === initial) {
      const what = `${name} is ${write.value === initial ? 'the initial value' : 'written twice'}, so reads of it are ambiguous`
      return either.left(problem('Q652', what, [`record ${write.call.invocation.index}`]))
    }
    written.set(name, place)
  }
  const readFrom = Int32Array.from(all, (access) => (access.kind === 'read' ? (written.get(named(access)) ?? -1) : -1))
  const unwritten = all.filter(
    ({ kind, number, value }) => kind === 'read' && readFrom[number] === -1 && value !== initial
  )
  return either.right({
    all,
    sessions: bySession(all),
    writes,
    writeNumber,
    readFrom,
    thinAir: unwritten.filter((read) => !failed.has(named(read))),
    aborted: unwritten.filter((read) => failed.has(named(read)))
  })
}

/**
 * The reads and writes of a history of registers (`read` and `write`, keyed or not) or of a map (`get` and `put`).
 *
 * @param initial what a register that was never written holds
 * @returns Q601 to Q603 for records that do not pair up, Q607 for any other operation, Q652 for a value written twice
 */
export const accessesOf = (history: History<unknown, unknown>, initial: unknown): either.Either<Problem, Accesses> =>
  either.chain((paired: ReadonlyArray<Call<unknown, unknown>>) =>
    either.chain((found: ReadonlyArray<AskedCall>) => {
      const sessions = new Map<unknown, number>()
      const sessionOf = ({ process }: Call<unknown, unknown>): number => {
        const known = sessions.get(process) ?? sessions.size
        sessions.set(process, known)
        return known
      }
      const effective = found.filter(isEffective).map(({ kind, key, value, call }, number): Access => {
        const held = kind === 'read' && call.completion?.type === 'ok' ? call.completion.response : value
        return { number, call, session: sessionOf(call), kind, key: canonical(key), value: canonical(held) }
      })
      const failed = found.flatMap(({ kind, key, value, call: { completion } }) =>
        kind === 'write' && completion?.type === 'fail' ? [`${canonical(key)}=${canonical(value)}`] : []
      )
      return linked(effective, new Set(failed), canonical(initial))
    })(either.traverseReadonlyArrayWithIndex((_, call: Call<unknown, unknown>) => asked(call))(paired))
  )(calls(history))
