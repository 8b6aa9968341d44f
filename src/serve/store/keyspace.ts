/**
 * Keys and their values, in buckets by a hash of the key. A key never changes its bucket, so a scan that goes from bucket to
 * bucket meets every key that is there from its beginning to its end, whatever is written meanwhile.
 */

export interface Held {
  readonly value: string
  /** When it is gone, in milliseconds since 1970; null for never. */
  readonly until: number | null
}

export const bucketCount = 4096

const { imul } = Math

/** FNV-1a over the bytes of a key. [FNV] */
const bucketOf = (key: string): number => {
  let hash = 0x811c9dc5
  for (let place = 0; place < key.length; place++) hash = imul(hash ^ key.charCodeAt(place), 0x01000193)
  return (hash ^ (hash >>> 16)) & (bucketCount - 1)
}

const isGone = ({ until }: Held, now: number): boolean => until !== null && until <= now

export interface Keyspace {
  /** What is held at `now`. */
  readonly get: (key: string, now: number) => Held | undefined
  readonly set: (key: string, held: Held) => void
  /** Whether it was there. */
  readonly delete: (key: string, now: number) => boolean
  /** The keys of a bucket at `now`. */
  readonly keysIn: (bucket: number, now: number) => ReadonlyArray<string>
  /** Frees the memory of what is gone in one bucket, and in the next one the next time. */
  readonly sweep: (now: number) => void
  /** How many there are, those included that are gone and not swept yet. */
  readonly size: () => number
  readonly entries: () => ReadonlyArray<readonly [key: string, value: string, until: number | null]>
  readonly clear: () => void
}

export const keyspace = (): Keyspace => {
  const buckets = Array.from({ length: bucketCount }, () => new Map<string, Held>())
  let size = 0
  let swept = 0

  const bucketFor = (key: string) => buckets[bucketOf(key)] as Map<string, Held>

  const remove = (bucket: Map<string, Held>, key: string): void => {
    if (bucket.delete(key)) size -= 1
  }

  return {
    get: (key, now) => {
      const held = bucketFor(key).get(key)
      return held === undefined || isGone(held, now) ? undefined : held
    },
    set: (key, held) => {
      const bucket = bucketFor(key)
      const before = bucket.size
      bucket.set(key, held)
      size += bucket.size - before
    },
    delete: (key, now) => {
      const bucket = bucketFor(key)
      const held = bucket.get(key)
      remove(bucket, key)
      return held !== undefined && !isGone(held, now)
    },
    keysIn: (bucket, now) => [...(buckets[bucket] ?? [])].filter(([, held]) => !isGone(held, now)).map(([key]) => key),
    sweep: (now) => {
      swept = (swept + 1) % bucketCount
      const bucket = buckets[swept] as Map<string, Held>
      for (const [key, held] of bucket) if (isGone(held, now)) remove(bucket, key)
    },
    size: () => size,
    entries: () =>
      buckets.flatMap((bucket) => [...bucket].map(([key, { value, until }]) => [key, value, until] as const)),
    clear: () => {
      for (const bucket of buckets) bucket.clear()
      size = 0
    }
  }
}
