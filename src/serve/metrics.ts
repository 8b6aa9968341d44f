/** Counts, and says them in the text format of Prometheus. [Prometheus] */
import type { Metrics } from '../runtime/index.ts'

type Labels = Readonly<Record<string, string>>

interface Series {
  readonly labels: Labels | undefined
  value: number
}

interface Histogram {
  readonly labels: Labels | undefined
  /** Up to each bound, not counting those before; the last is all that is above. */
  readonly counts: number[]
  sum: number
}

/** Upper ends, in seconds, and for what counts events, in events. */
const secondBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const eventBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096]

const boundsOf = (name: string) => (name.endsWith('_events') ? eventBounds : secondBounds)

const keyOf = (labels: Labels | undefined): string => {
  if (labels === undefined) return ''
  let key = ''
  for (const name in labels) key += `${labels[name]}\n`
  return key
}

const escaped = (value: string) => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

const written = (labels: Labels = {}): string => {
  const all = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return all.length === 0 ? '' : `{${all.join(',')}}`
}

const seriesIn = <S>(all: Map<string, Map<string, S>>, name: string, labels: Labels | undefined, make: () => S): S => {
  let family = all.get(name)
  if (family === undefined) all.set(name, (family = new Map<string, S>()))
  const key = keyOf(labels)
  let series = family.get(key)
  if (series === undefined) family.set(key, (series = make()))
  return series
}

export interface Registry extends Metrics {
  readonly text: () => string
}

export const registry = (): Registry => {
  const counters = new Map<string, Map<string, Series>>()
  const gauges = new Map<string, Map<string, Series>>()
  const histograms = new Map<string, Map<string, Histogram>>()

  const simple = (all: typeof counters, type: string) =>
    [...all].flatMap(([name, family]) => [
      `# TYPE ${name} ${type}`,
      ...[...family.values()].map(({ labels, value }) => `${name}${written(labels)} ${value}`)
    ])

  const histogramText = (name: string, { labels, counts, sum }: Histogram): ReadonlyArray<string> => {
    let total = 0
    const ends = [...boundsOf(name).map(String), '+Inf']
    const buckets = ends.map((le, place) => {
      total += counts[place] ?? 0
      return `${name}_bucket${written({ ...labels, le })} ${total}`
    })
    return [...buckets, `${name}_sum${written(labels)} ${sum}`, `${name}_count${written(labels)} ${total}`]
  }

  return {
    count: (name, by = 1, labels) => {
      seriesIn(counters, name, labels, () => ({ labels, value: 0 })).value += by
    },
    gauge: (name, value, labels) => {
      seriesIn(gauges, name, labels, () => ({ labels, value })).value = value
    },
    observe: (name, value, labels) => {
      const bounds = boundsOf(name)
      const histogram = seriesIn(histograms, name, labels, () => ({
        labels,
        counts: [...bounds, Infinity].map(() => 0),
        sum: 0
      }))
      let place = 0
      while (place < bounds.length && value > (bounds[place] as number)) place += 1
      histogram.counts[place] = (histogram.counts[place] ?? 0) + 1
      histogram.sum += value
    },
    text: () =>
      [
        ...simple(counters, 'counter'),
        ...simple(gauges, 'gauge'),
        ...[...histograms].flatMap(([name, family]) => [
          `# TYPE ${name} histogram`,
          ...[...family.values()].flatMap((histogram) => histogramText(name, histogram))
        ]),
        ''
      ].join('\n')
  }
}
