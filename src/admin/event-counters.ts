// Counts events for the metrics: every event by name and link, and transfers by direction with their
// octets. Derived from the events alone, so that a counter and the log never disagree. Invariant: as many
// series as there are pairs of event and link, because labels come from the catalogue and the
// configuration, never from a peer.

import { catalogue, type EventFields, type EventName } from '../events/index.ts';
import { TransitTimes } from './transit-times.ts';

export interface CounterSample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const directions: Partial<Record<EventName, string>> = { 'transfer-in': 'in', 'transfer-out': 'out' };

export class EventCounters {
  readonly #events = new Map<string, { labels: Record<string, string>; value: number }>();
  readonly #octets = new Map<string, { labels: Record<string, string>; value: number }>();

  /** How long what each link transferred was here. */
  readonly transit = new TransitTimes();

  /** Takes note of one event. */
  count(name: EventName, fields: EventFields): void {
    const link = typeof fields.link === 'string' ? fields.link : '';
    const { number, severity } = catalogue[name];
    add(this.#events, { event: String(number), name, severity, link }, 1);
    if (name === 'transfer-out' && typeof fields.transit === 'number')
      this.transit.note(link, fields.transit);
    const direction = directions[name];
    if (direction === undefined) return;
    add(this.#octets, { link, direction }, typeof fields.octets === 'number' ? fields.octets : 0);
  }

  events(): readonly CounterSample[] {
    return [...this.#events.values()];
  }

  transferredOctets(): readonly CounterSample[] {
    return [...this.#octets.values()];
  }
}

type Series = Map<string, { labels: Record<string, string>; value: number }>;

function add(series: Series, labels: Record<string, string>, value: number): void {
  const key = Object.values(labels).join('\0');
  const present = series.get(key);
  if (present === undefined) series.set(key, { labels, value });
  else present.value += value;
}
