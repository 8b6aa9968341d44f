/** A mutual exclusion lock. */
import * as t from 'io-ts'
import { match } from 'ts-pattern'
import { closed } from '../../../spec/kernel/codecs.ts'
import type { Specification } from '../specification.ts'

export const MutexOperation = t.union(
  [closed('acquire', { type: t.literal('acquire') }), closed('release', { type: t.literal('release') })],
  'acquire or release'
)
export type MutexOperation = t.TypeOf<typeof MutexOperation>

/**
 * Both answer null. `acquire` takes place only while the lock is free, `release` only while it is held, by whomever.
 */
export const mutex: Specification<MutexOperation, null, 'free' | 'held'> = {
  name: 'mutex',
  operation: MutexOperation,
  initial: 'free',
  apply: (state, operation) =>
    match([state, operation] as const)
      .with(['free', { type: 'acquire' }], () => ({ state: 'held' as const, response: null }))
      .with(['held', { type: 'release' }], () => ({ state: 'free' as const, response: null }))
      .with(['held', { type: 'acquire' }], ['free', { type: 'release' }], () => null)
      .exhaustive()
}
