/**
 * `quorate/runtime/prometheus`: what a node counts, in a registry of prom-client. [Prometheus]
 *
 * A module of its own, since the library takes a tenth of a second to load.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Metrics } from './ports.ts'

/** What is counted under which name: the text that Prometheus shows beside it. */
export const metricHelp: Readonly<Record<string, string>> = {
  quorate_up: '1 while the node runs',
  quorate_steps_total: 'Steps, by the rule that fired',
  quorate_turn_events: 'Events that share a turn, and so a commit',
  quorate_commit_seconds: 'What the storage takes to make a turn durable',
  quorate_requests_total: 'Requests of clients, by what became of them',
  quorate_unclaimed_replies_total: 'Answers that nobody waited for any more',
  quorate_dropped_total: 'Messages that were not taken in, by why',
  quorate_loop_lag_seconds: 'How late the event loop is',
  quorate_transport_messages_sent_total: 'Frames sent to peers, by lane',
  quorate_transport_messages_received_total: 'Frames received of peers, by lane',
  quorate_transport_bytes_sent_total: 'Bytes sent to peers, by lane',
  quorate_transport_bytes_received_total: 'Bytes received of peers, by lane',
  quorate_transport_links: 'Connections to peers that stand',
  quorate_transport_refused_total: 'Connections and frames that were refused, by direction and reason',
  quorate_transport_lost_total: 'Messages that were not sent, by why',
  quorate_faults_lost_total: 'Messages that a fault made for a test took',
  quorate_commands_total: 'Commands of clients, by name',
  quorate_command_seconds: 'From reading commands that travel together to their answer, by whether they write'
}

/** Upper ends of buckets, in seconds. */
const secondBuckets = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
/** The same for what counts events. */
const eventBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096]

type Labels = Readonly<Record<string, string>>

interface Settings {
  readonly name: string
  readonly help: string
  readonly labelNames: ReadonlyArray<string>
  readonly registers: Registry[]
}

/** Makes what a name stands for when it is first used, with the labels it then has. */
const byName = <M>(into: Registry, make: (settings: Settings) => M) => {
  const all = new Map<string, M>()
  return (name: string, labels: Labels): M => {
    const known = all.get(name)
    if (known !== undefined) return known
    const made = make({ name, help: metricHelp[name] ?? name, labelNames: Object.keys(labels), registers: [into] })
    all.set(name, made)
    return made
  }
}

const none: Labels = {}

/** Names that are new here become metrics of the registry; of `_events`, and of seconds, histograms have their buckets. */
export const prometheusMetrics = (into: Registry): Metrics => {
  const counter = byName(into, (settings) => new Counter(settings))
  const gauge = byName(into, (settings) => new Gauge(settings))
  const histogram = byName(into, (settings) => {
    const buckets = settings.name.endsWith('_events') ? eventBuckets : secondBuckets
    return new Histogram({ ...settings, buckets })
  })
  return {
    count: (name, by = 1, labels = none) => counter(name, labels).inc(labels, by),
    gauge: (name, value, labels = none) => gauge(name, labels).set(labels, value),
    observe: (name, value, labels = none) => histogram(name, labels).observe(labels, value)
  }
}
