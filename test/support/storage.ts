/** Storages under test: workloads, what they must keep, and the calls of a run with the commits that had resolved. */
import fc from 'fast-check'
import type { Change, Stored } from '../../src/runtime/ports.ts'
import { writeAheadLog } from '../../src/runtime/storage/write-ahead-log.ts'
import type { WriteAheadLogOptions } from '../../src/runtime/storage/write-ahead-log.ts'
import { simulatedDisk } from '../../src/runtime/storage/simulated-disk.ts'
import type { Image, Operation } from '../../src/runtime/storage/simulated-disk.ts'

const { entries } = Object
const { stringify } = JSON

type Commit = ReadonlyArray<Change>

/** One form of what is stored, whatever the order of its fields. */
export const formOf = (stored: Stored | null): string =>
  stored === null ? 'nothing' : stringify(entries(stored).toSorted(([a], [b]) => (a < b ? -1 : 1)))

interface PlainLog {
  readonly first: number
  readonly entries: ReadonlyArray<unknown>
}

/** What a change means, said once more with nothing but lists. */
const changed = (stored: Stored, change: Change): Stored => {
  const { [change.field]: before, ...others } = stored
  const log = (before ?? { first: 1, entries: [] }) as PlainLog
  switch (change.type) {
    case 'set':
      return { ...others, [change.field]: change.value }
    case 'unset':
      return others
    case 'append': {
      const kept = log.entries.slice(0, change.from - log.first)
      return { ...others, [change.field]: { first: log.first, entries: [...kept, ...change.entries] } }
    }
    default: {
      const first = Math.max(change.first, log.first)
      return { ...others, [change.field]: { first, entries: log.entries.slice(first - log.first) } }
    }
  }
}

/** What is stored after none of the commits, after the first, and so on. */
export const statesOf = (commits: ReadonlyArray<Commit>, start: Stored | null = null): ReadonlyArray<Stored | null> => {
  const states: (Stored | null)[] = [start]
  for (const commit of commits) states.push(commit.reduce(changed, states.at(-1) ?? {}))
  return states
}

const small = fc.oneof(fc.string({ maxLength: 12 }), fc.integer(), fc.constant(null))

/** What a random commit is made from: changes that a host could make are made of it with {@link sensible}. */
const draft = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('set'), field: fc.constantFrom('term', 'vote'), value: small })
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('unset'), field: fc.constantFrom('term', 'vote') }) },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('append'),
      field: fc.constantFrom('log', 'queue'),
      cut: fc.nat({ max: 9 }),
      entries: fc.array(small, { maxLength: 5 })
    })
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('compact'),
      field: fc.constantFrom('log', 'queue'),
      cut: fc.nat({ max: 9 })
    })
  }
)

type Draft = typeof draft extends fc.Arbitrary<infer A> ? A : never

/** A change that fits what is stored: cuts of a log become indices in it, mostly at its end. */
const sensible = (stored: Stored, made: Draft): Change => {
  if (made.type === 'set' || made.type === 'unset') return made
  const { first, entries: kept } = (stored[made.field] ?? { first: 1, entries: [] }) as PlainLog
  const { cut } = made as { readonly cut: number }
  if (made.type === 'compact')
    return { type: 'compact', field: made.field, first: first + Math.max(0, kept.length + 2 - cut) }
  const from = first + (cut > 5 ? Math.max(0, kept.length - cut + 5) : kept.length)
  return {
    type: 'append',
    field: made.field,
    from,
    entries: (made as { readonly entries: ReadonlyArray<unknown> }).entries
  }
}

/** Random commits that a host could make, on a storage that holds nothing. */
export const someCommits = (most: number): fc.Arbitrary<ReadonlyArray<Commit>> =>
  fc.array(fc.array(draft, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: most }).map((drafts) => {
    let stored: Stored = {}
    return drafts.map((commit) =>
      commit.map((made) => {
        const change = sensible(stored, made)
        stored = changed(stored, change)
        return change
      })
    )
  })

type Sizes = Pick<WriteAheadLogOptions, 'segmentBytes' | 'checkpointBytes' | 'commitBytes'>

/** A log on a simulated disk. */
export const onDisk = (disk: ReturnType<typeof simulatedDisk>, sizes: Sizes = {}, warn?: (text: string) => void) =>
  writeAheadLog({
    folder: '/simulated',
    disk: disk.disk,
    ...sizes,
    ...(warn === undefined
      ? {}
      : { log: { debug: () => {}, info: () => {}, warn: (_fields, text) => warn(text), error: () => {} } })
  })

/** What a run did to the disk, and when. */
export interface Run {
  readonly start: Image
  readonly operations: ReadonlyArray<Operation>
  /** How many calls had been made when the storage was open, and then when each commit had resolved. */
  readonly resolved: ReadonlyArray<number>
  readonly image: Image
  readonly opened: Stored | null
}

export interface RunOptions {
  readonly start?: Image
  readonly commits: ReadonlyArray<Commit>
  readonly sizes?: Sizes
  readonly closes?: boolean
  /** How many turns of what goes on in the background come between two commits. */
  readonly pause?: number
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve()
}

/** Opens a log, makes the commits, and closes it where it is told to. */
export const runOn = async ({
  start = new Map(),
  commits,
  sizes = {},
  closes = true,
  pause = 0
}: RunOptions): Promise<Run> => {
  const disk = simulatedDisk({ image: start })
  const storage = onDisk(disk, sizes)
  const opened = await storage.open()
  const resolved = [disk.operations.length]
  for (const commit of commits) {
    await storage.commit(commit)
    resolved.push(disk.operations.length)
    await turns(pause)
  }
  if (closes) await storage.close()
  return { start, operations: [...disk.operations], resolved, image: disk.image(), opened }
}

/** One form of an image, to tell those that were seen. */
export const imageKey = (image: Image): string =>
  [...image]
    .map(([name, bytes]) => `${name}:${Buffer.from(bytes).toString('latin1')}`)
    .toSorted()
    .join('\n')
