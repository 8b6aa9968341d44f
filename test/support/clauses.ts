/** Tables of clauses, and the test that a reducer is total: for protocols of any signature. */
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { AnySignature, Event, NodeId, Protocol, Self, Step } from '../../spec/kernel/index.ts'

export const send = (to: NodeId, message: unknown) => ({ type: 'send', to, message })
export const arm = (timer: string) => ({ type: 'start-timer', timer })
export const disarm = (timer: string) => ({ type: 'stop-timer', timer })
export const deliver = (from: NodeId, message: unknown) => ({ type: 'deliver', from, message })
export const timeout = (timer: string) => ({ type: 'timeout', timer })

/** State, event, rule, next state, effects. */
export type Clause = readonly [string, unknown, unknown, string, unknown, ReadonlyArray<unknown>]

export const clauses = <P extends AnySignature>(protocol: Protocol<P>, self: Self<P>, table: ReadonlyArray<Clause>) =>
  test.each(table)('%s', (_clause, state, event, rule, after, effects) =>
    expect(protocol.step(self, state as never, event as never)).toEqual({ rule, state: after, effects })
  )

/** A step, which must be as the protocol declares: by one of its rules, and with data that decodes. */
export const declaredStep = <P extends AnySignature>(
  protocol: Protocol<P>,
  self: Self<P>,
  state: P['state'],
  event: Event<P>
): Step<P> => {
  const { rules, codecs } = protocol
  const taken = protocol.step(self, state, event)
  expect(rules).toContain(taken.rule)
  expect(codecs.durable.is(protocol.durable(taken.state))).toBe(true)
  for (const effect of taken.effects as ReadonlyArray<any>) {
    if (effect.type === 'send') expect(codecs.message.is(effect.message)).toBe(true)
    if (effect.type === 'reply') expect(codecs.response?.is(effect.response)).toBe(true)
  }
  return taken
}

/** Steps a node from its start through any events: never a rule or a message that is not declared. */
export const isTotal = <P extends AnySignature>(
  protocol: Protocol<P>,
  self: Self<P>,
  events: ReadonlyArray<unknown>,
  judge: (before: P['state'], after: P['state']) => void = () => undefined
): void =>
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...events), { maxLength: 12 }), (happenings) => {
      happenings.reduce<P['state']>((state, event) => {
        const moved = declaredStep(protocol, self, state, event as never)
        const disk: unknown = protocol.durable(moved.state)
        expect(protocol.durable(protocol.recover(self, disk as never).state)).toEqual(disk)
        judge(state, moved.state)
        return moved.state
      }, protocol.initial(self).state)
    })
  )
