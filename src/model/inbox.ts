/** The messages on their way to one node, under each of the three networks. */
import { match } from 'ts-pattern'
import type { NodeId } from '../../spec/kernel/index.ts'
import { canonical } from './data.ts'
import type { Network } from './model.ts'

/** A message and its sender. */
export interface Letter {
  readonly from: NodeId
  readonly message: unknown
}

/**
 * Asynchronous: a set. Unordered: a multiset. Both sorted by canonical text. Fifo: a queue per sender, oldest first,
 * the queues sorted by sender.
 */
export type Inbox = ReadonlyArray<Letter>

type Kind = Network['kind']

const sameLetter = (one: Letter, other: Letter): boolean => canonical(one) === canonical(other)

const position = (inbox: Inbox, letter: Letter): number => inbox.findIndex((other) => sameLetter(other, letter))

const byText = (one: Letter, other: Letter): number => {
  const [a, b] = [canonical(one), canonical(other)]
  return a < b ? -1 : a > b ? 1 : 0
}

const bySender = (one: Letter, other: Letter): number => (one.from < other.from ? -1 : one.from > other.from ? 1 : 0)

/** A letter is sent. */
export const post = (kind: Kind, inbox: Inbox, letter: Letter): Inbox =>
  match(kind)
    .with('asynchronous', () => (position(inbox, letter) >= 0 ? inbox : [...inbox, letter].toSorted(byText)))
    .with('unordered', () => [...inbox, letter].toSorted(byText))
    .with('fifo', () => [...inbox, letter].toSorted(bySender))
    .exhaustive()

/** The letters that may be delivered next, or lost, or duplicated: each once. */
export const foremost = (kind: Kind, inbox: Inbox): ReadonlyArray<Letter> =>
  kind === 'fifo'
    ? inbox.filter((letter, index) => inbox.findIndex(({ from }) => from === letter.from) === index)
    : inbox.filter((letter, index) => position(inbox, letter) === index)

/** One of the foremost letters goes. */
export const take = (inbox: Inbox, letter: Letter): Inbox => inbox.toSpliced(position(inbox, letter), 1)

/** One of the foremost letters is there once more, right behind itself. */
export const double = (inbox: Inbox, letter: Letter): Inbox => inbox.toSpliced(position(inbox, letter), 0, letter)

/** What a delivery leaves: on the asynchronous network, all. */
export const delivered = (kind: Kind, inbox: Inbox, letter: Letter): Inbox =>
  kind === 'asynchronous' ? inbox : take(inbox, letter)
