/**
 * What clients see, judged against what a replicated type is to mean: the value read is a function of the updates that
 * are visible to the read, and of which of them followed which. [Burckhardt14]
 *
 * Replies name updates and say what they followed, so this needs nothing but what clients were told.
 */
import { match } from 'ts-pattern'
import { history, setOf, type ClientRecord, type RequestId } from '../kernel/index.ts'
import type { Increment } from './counter.ts'
import type { Response } from './messages.ts'
import type { Values, Write } from './registers.ts'
import type { Change, Elements } from './set.ts'
import type { PeerToPeer } from './transitions.ts'
import {
  compareDots,
  covers,
  includes,
  join,
  nothing,
  sizeOf,
  type Dot,
  type VersionVector
} from './version-vectors.ts'

/** An update that was acknowledged, with what its client was told. */
interface Known<Operation> {
  readonly operation: Operation
  readonly dot: Dot
  /** What it follows, and itself. */
  readonly seen: VersionVector
}

/** An answered read: what it shows, and the updates that are visible to it. */
interface Reading<Operation, Value> {
  readonly value: Value
  readonly seen: VersionVector
  readonly visible: ReadonlyArray<Known<Operation>>
}

interface Account<Operation> {
  /** Updates without an acknowledgement, sorted by request. */
  readonly open: ReadonlyArray<{ readonly id: RequestId; readonly operation: Operation }>
  /** Sorted by dot. */
  readonly known: ReadonlyArray<Known<Operation>>
  readonly isRight: boolean
}

/** Whether `later` was made where `earlier` had been seen. */
const follows = (later: Known<unknown>, earlier: Known<unknown>): boolean =>
  compareDots(later.dot, earlier.dot) !== 0 && covers(later.seen, earlier.dot)

const byId = ({ id: a }: { readonly id: RequestId }, { id: b }: { readonly id: RequestId }): number => (a < b ? -1 : 1)

/**
 * Every read is right. A read that shows an update whose client got no answer is not judged: nobody was told what that
 * one follows.
 */
const everyRead = <Content, Operation, Value>(
  name: string,
  isRight: (reading: Reading<Operation, Value>) => boolean
) => {
  const onReply = (account: Account<Operation>, id: RequestId, response: Response<Value>): Account<Operation> =>
    match<Response<Value>>(response)
      .returnType<Account<Operation>>()
      .with({ type: 'updated' }, ({ dot, seen }) => ({
        ...account,
        open: account.open.filter((update) => update.id !== id),
        known: account.open
          .flatMap((update) => (update.id === id ? [{ operation: update.operation, dot, seen }] : []))
          .concat(account.known)
          .toSorted((a, b) => compareDots(a.dot, b.dot))
      }))
      .with({ type: 'shown' }, ({ value, seen }) => {
        const visible = account.known.filter(({ dot }) => covers(seen, dot))
        return visible.length === sizeOf(seen) && !isRight({ value, seen, visible })
          ? { ...account, isRight: false }
          : account
      })
      .with({ type: 'behind' }, () => account)
      .exhaustive()

  return history<PeerToPeer<Content, Operation, Value>, Account<Operation>>(name, {
    initial: { open: [], known: [], isRight: true },
    next: (account, record: ClientRecord<PeerToPeer<Content, Operation, Value>>) => {
      if (record.type === 'reply') return onReply(account, record.id, record.response)
      const { id, request } = record
      return request.type === 'update'
        ? { ...account, open: [...account.open, { id, operation: request.operation }].toSorted(byId) }
        : account
    },
    holds: (account) => account.isRight
  })
}

// Registers ----------------------------------------------------------------------------------------------------------

/** The values that nothing visible was written over. Of concurrent writes, all of them. */
const currentValues = (visible: ReadonlyArray<Known<Write>>): Values =>
  setOf(
    visible.filter((write) => !visible.some((other) => follows(other, write))).map(({ operation: { value } }) => value)
  )

/** A read shows every acknowledged write it has seen, but those that were written over by who had seen them. */
export const noAcknowledgedWriteIsLost = <Content>() =>
  everyRead<Content, Write, Values>('no-acknowledged-write-is-lost', ({ value, visible }) =>
    currentValues(visible).every((current) => value.includes(current))
  )

/**
 * Who sees an update sees all that it follows, and no value that was written over: nobody reads an answer without the
 * question. [Ahamad95], for a client that stays with its node.
 */
export const causalConsistency = <Content>() =>
  everyRead<Content, Write, Values>(
    'causal-consistency',
    ({ value, seen, visible }) =>
      visible.every((update) => includes(seen, update.seen)) &&
      value.every((shown) => currentValues(visible).includes(shown))
  )

// Counter and set ----------------------------------------------------------------------------------------------------

/** A read shows the sum of the increments it has seen, each counted once. */
export const everyIncrementCountsOnce = <Content>() =>
  everyRead<Content, Increment, number>(
    'every-increment-counts-once',
    ({ value, visible }) => value === visible.reduce((sum, { operation: { by } }) => sum + by, 0)
  )

/** The elements with an add that no visible remove of them follows. */
const presentElements = (visible: ReadonlyArray<Known<Change>>): Elements =>
  setOf(
    visible
      .filter(
        (add) =>
          add.operation.type === 'add' &&
          !visible.some(
            (remove) =>
              remove.operation.type === 'remove' &&
              remove.operation.element === add.operation.element &&
              follows(remove, add)
          )
      )
      .map(({ operation: { element } }) => element)
  )

/** An element is there that was added, unless somebody who had seen the add removed it. [Shapiro11] §3.3.5 */
export const addsWin = <Content>() =>
  everyRead<Content, Change, Elements>('adds-win', ({ value, visible }) =>
    presentElements(visible).every((element) => value.includes(element))
  )

/** An element that was removed stays away until it is added again. */
export const removedStaysAway = <Content>() =>
  everyRead<Content, Change, Elements>('removed-stays-away', ({ value, visible }) =>
    value.every((element) => presentElements(visible).includes(element))
  )

// Sessions -----------------------------------------------------------------------------------------------------------

/**
 * Where all requests are one client's: a read shows all that the client made or was shown before. [Terry94], "read
 * your writes" and "monotonic reads".
 */
export const sessionNeverGoesBack = <Content, Operation, Value>() =>
  history<PeerToPeer<Content, Operation, Value>, { readonly told: VersionVector; readonly wentBack: boolean }>(
    'session-never-goes-back',
    {
      initial: { told: nothing, wentBack: false },
      next: ({ told, wentBack }, record: ClientRecord<PeerToPeer<Content, Operation, Value>>) =>
        record.type === 'reply' && record.response.type !== 'behind'
          ? {
              told: join(told, record.response.seen),
              wentBack: wentBack || !includes(record.response.seen, told)
            }
          : { told, wentBack },
      holds: ({ wentBack }) => !wentBack
    }
  )
