// The names of all metrics, a table: the only place where one is defined. Counters count from the start of
// the process; gauges are asked of the store and the links when someone looks.

export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

export const metricNames = {
  chappe_events_total: {
    kind: 'counter',
    help: 'Events since the start, by the number and name of the catalogue and by link.',
    labels: ['event', 'name', 'severity', 'link'],
  },
  chappe_transferred_octets_total: {
    kind: 'counter',
    help: 'Octets of MTS-APDUs transferred in or out.',
    labels: ['link', 'direction'],
  },
  chappe_link_transit_seconds: {
    kind: 'histogram',
    help: 'Time from acceptance here to the confirmation of the peer, with all waiting and deferral.',
    labels: ['link'],
  },
  chappe_tolerance_used_total: {
    kind: 'counter',
    help: 'Uses of the tolerances of a link, by the name of the key.',
    labels: ['link', 'name'],
  },
  chappe_queue_copies: {
    kind: 'gauge',
    help: 'Copies in the queue.',
    labels: ['next_hop', 'priority', 'state'],
  },
  chappe_queue_octets: {
    kind: 'gauge',
    help: 'Octets of content in the queue.',
    labels: ['next_hop', 'priority', 'state'],
  },
  chappe_queue_oldest_seconds: {
    kind: 'gauge',
    help: 'Age of the oldest copy in the queue.',
    labels: ['next_hop', 'priority', 'state'],
  },
  chappe_link_healthy: {
    kind: 'gauge',
    help: '1 while the link is enabled and healthy, else 0.',
    labels: ['link'],
  },
  chappe_link_associations: {
    kind: 'gauge',
    help: 'Associations open now.',
    labels: ['link', 'direction'],
  },
  chappe_link_open_attempts: {
    kind: 'gauge',
    help: 'Failed opens since the last success.',
    labels: ['link'],
  },
  chappe_late_events_total: {
    kind: 'counter',
    help: 'What was said of associations and transfers after their end, and ignored.',
    labels: [],
  },
  chappe_store_free_octets: {
    kind: 'gauge',
    help: 'Octets free on the disk of the store, at the last look.',
    labels: [],
  },
  chappe_store_accepting: {
    kind: 'gauge',
    help: '1 while new messages are accepted; 0 below the low-water mark of the disk.',
    labels: [],
  },
  chappe_timers: {
    kind: 'gauge',
    help: 'Timers armed now: of links, associations and connections.',
    labels: [],
  },
  chappe_event_loop_delay_seconds: {
    kind: 'gauge',
    help: 'The 99th percentile of the event loop’s delay since the last look.',
    labels: [],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricNames;
