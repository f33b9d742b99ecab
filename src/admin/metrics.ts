// The /metrics page in Prometheus text form: the process's own figures, counters made from the events, and
// gauges asked of the store and the links at that moment, so that they cannot drift.

import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

import { type MetricName, metricNames } from '../events/index.ts';
import type { CounterSample, EventCounters } from './event-counters.ts';
import type { LinkSnapshot, MetricsSnapshot } from './operations.ts';

export interface MetricsSource {
  readonly counters: EventCounters;
  snapshot(): Promise<MetricsSnapshot>;
  now(): number;
}

/** Gives the page. One for each server, because the process's figures are watched from its making on. */
export function metricsPage(source: MetricsSource): () => Promise<string> {
  const process = new Registry();
  collectDefaultMetrics({ register: process });
  return async () => {
    const snapshot = await source.snapshot();
    const page = new Registry();
    count(page, 'chappe_events_total', source.counters.events());
    count(page, 'chappe_transferred_octets_total', source.counters.transferredOctets());
    const uses = snapshot.tolerances.map(({ link, name, uses: value }) => ({
      labels: { link, name },
      value,
    }));
    count(page, 'chappe_tolerance_used_total', uses);
    queueGauges(page, snapshot, source.now());
    linkGauges(page, snapshot.links);
    count(page, 'chappe_late_events_total', [{ labels: {}, value: snapshot.lateEvents }]);
    const { freeOctets, accepting } = snapshot.store;
    if (freeOctets !== undefined) gauge(page, 'chappe_store_free_octets').set(freeOctets);
    gauge(page, 'chappe_store_accepting').set(accepting ? 1 : 0);
    gauge(page, 'chappe_timers').set(snapshot.timers);
    gauge(page, 'chappe_event_loop_delay_seconds').set(snapshot.eventLoopDelayP99_ms / 1000);
    const transit = source.counters.transit.page();
    return `${await page.metrics()}\n${transit}${await process.metrics()}`;
  };
}

function count(page: Registry, name: MetricName, samples: readonly CounterSample[]): void {
  const { help, labels } = metricNames[name];
  const counter = new Counter({ name, help, labelNames: [...labels], registers: [page] });
  for (const sample of samples) counter.inc(sample.labels, sample.value);
}

function gauge(page: Registry, name: MetricName): Gauge<string> {
  const { help, labels } = metricNames[name];
  return new Gauge<string>({ name, help, labelNames: [...labels], registers: [page] });
}

function queueGauges(page: Registry, snapshot: MetricsSnapshot, now: number): void {
  const copies = gauge(page, 'chappe_queue_copies');
  const octets = gauge(page, 'chappe_queue_octets');
  const oldest = gauge(page, 'chappe_queue_oldest_seconds');
  for (const queue of snapshot.queues) {
    const labels = { next_hop: queue.nextHop, priority: queue.priority, state: queue.state };
    copies.set(labels, queue.copies);
    octets.set(labels, queue.octets);
    oldest.set(labels, Math.max(0, (now - queue.oldestAcceptedAt) / 1000));
  }
}

function linkGauges(page: Registry, links: readonly LinkSnapshot[]): void {
  const healthy = gauge(page, 'chappe_link_healthy');
  const associations = gauge(page, 'chappe_link_associations');
  const attempts = gauge(page, 'chappe_link_open_attempts');
  for (const link of links) {
    healthy.set({ link: link.name }, link.healthy && link.state !== 'disabled' ? 1 : 0);
    associations.set({ link: link.name, direction: 'in' }, link.associations.inbound);
    associations.set({ link: link.name, direction: 'out' }, link.associations.outbound);
    attempts.set({ link: link.name }, link.openAttempts);
  }
}
