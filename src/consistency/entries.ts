/**
 * Maps as plain records with one canonical form: an entry that holds what an absent one means is not there, so that
 * equal maps are equal data.
 */
import { canonical } from '../model/data.ts'

export type Entries<A> = Readonly<Record<string, A>>

/** What the map holds at `name`; `absent` where there is no entry. */
export const entryAt = <A>(entries: Entries<A>, name: string, absent: A): A =>
  Object.hasOwn(entries, name) ? entries[name]! : absent

/** The map with `value` at `name`. The same map where that changes nothing. */
export const withEntry = <A>(entries: Entries<A>, name: string, value: A, absent: A): Entries<A> => {
  const text = canonical(value)
  if (text === canonical(entryAt(entries, name, absent))) return entries
  if (text !== canonical(absent)) return { ...entries, [name]: value }
  return Object.fromEntries(Object.entries(entries).filter(([other]) => other !== name))
}
