/**
 * Histories of transactions as Elle reads them: `{:type :ok, :f :txn, :value [[:append 3 1] [:r 4 [1 2]]], :process
 * 0}`.
 *
 * Both workloads, list-append and rw-register. `:read` and `:write`, as Knossos' multi-register has them, are read as
 * `:r` and `:w`.
 */
import { either } from 'fp-ts'
import { canonical } from '../../model/data.ts'
import type { MicroOperation, Operations, Value } from '../isolation/transactions.ts'
import { plain } from './edn.ts'
import type { Edn } from './edn.ts'
import { readEdnHistory } from './jepsen.ts'
import type { Dialect } from './jepsen.ts'

type Said<A> = either.Either<string, A>

const itemsOf = (value: Edn): ReadonlyArray<Edn> | null =>
  typeof value === 'object' && value !== null && value.is === 'list' ? value.items : null

const said = (value: Edn): string => canonical(plain(value))

const nameOrNumber = (value: Edn): Said<Value> => {
  const data = plain(value)
  return typeof data === 'string' || typeof data === 'number'
    ? either.right(data)
    : either.left(`${said(value)} is neither a name nor a number`)
}

const reading = (value: Edn): Said<ReadonlyArray<Value> | Value | null> => {
  if (value === null) return either.right(null)
  const items = itemsOf(value)
  return items === null
    ? nameOrNumber(value)
    : either.traverseReadonlyArrayWithIndex((_, item: Edn) => nameOrNumber(item))(items)
}

const functions: Readonly<Record<string, MicroOperation[0]>> = {
  append: 'append',
  r: 'r',
  read: 'r',
  w: 'w',
  write: 'w'
}

const microOperation = (form: Edn): Said<MicroOperation> => {
  const [first, key, value] = itemsOf(form) ?? []
  const f = first === undefined ? undefined : functions[String(plain(first))]
  if (f === undefined || key === undefined || value === undefined)
    return either.left(`${said(form)} is not a micro-operation [:append | :r | :w, key, value]`)
  return either.chain((name: Value) =>
    f === 'r'
      ? either.map((read: ReadonlyArray<Value> | Value | null): MicroOperation => [f, name, read])(reading(value))
      : either.map((written: Value): MicroOperation => [f, name, written])(nameOrNumber(value))
  )(nameOrNumber(key))
}

const operations = (value: Edn): Said<Operations> => {
  const items = itemsOf(value)
  return items === null
    ? either.left(`${said(value)} is not a list of micro-operations`)
    : either.traverseReadonlyArrayWithIndex((_, form: Edn) => microOperation(form))(items)
}

const transactionsDialect: Dialect<Operations, Operations> = {
  operation: ({ value }) => operations(value),
  response: ({ value }) => operations(value)
}

/** A history of transactions; each is answered with its reads filled in. */
export const readElle = readEdnHistory(transactionsDialect)
