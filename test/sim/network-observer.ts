// Looks at every transition of every MTA of a simulated network as it is committed, and judges what can be
// judged at once: trace grows by the elements that are due and by no others (X.411 12.2.1.1.1), a loop ends
// at its first proof, nothing expires early, and nothing urgent is passed over for long.

import type { GlobalDomainIdentifier } from '../../src/address/index.ts';
import type { Instant } from '../../src/base/time.ts';
import { readInternalTrace } from '../../src/p1/index.ts';
import { deadLetterHop, parseNextHopKey } from '../../src/routing/index.ts';
import type {
  CommitResult,
  MessageId,
  NewMessage,
  TrackingRecord,
  Transition,
} from '../../src/store/index.ts';
import { decodeStored } from '../../src/transfer/index.ts';
import type { VirtualMta } from './virtual-mta.ts';

/** How often something urgent may see something else of its queue go before it. */
const PASSED_OVER_MAX = 20;

interface Trace {
  readonly external: readonly string[];
  readonly internal: readonly string[];
}

export class NetworkObserver {
  readonly breaches: string[] = [];
  readonly counts = { arrivals: 0, loops: 0, expired: 0, reports: 0, rerouted: 0 };
  /** The traces that an MTA has secured something with, by host and identifier. */
  readonly #traces = new Map<string, Trace[]>();
  readonly #expiresAt = new Map<string, Instant>();
  readonly #passedOver = new Map<string, number>();
  readonly #hostOf: (mtaName: string) => VirtualMta | undefined;

  constructor(hostOf: (mtaName: string) => VirtualMta | undefined) {
    this.#hostOf = hostOf;
  }

  see(mta: VirtualMta, transition: Transition, result: CommitResult): void {
    if (!result.ok) return;
    for (const [at, message] of (transition.create ?? []).entries()) {
      this.#expiresAt.set(`${mta.host} ${result.created[at].message}`, message.expiresAt);
      this.#created(mta, message);
    }
    for (const record of transition.tracking ?? []) this.#tracked(mta, record);
  }

  #created(mta: VirtualMta, message: NewMessage): void {
    const { mtsIdentifier, arrivedBy } = message;
    const trace = traceOf(message);
    if (trace === undefined) {
      this.breaches.push(`${mta.host}: ${mtsIdentifier} is stored and cannot be read`);
      return;
    }
    const key = `${mta.host} ${mtsIdentifier}`;
    if (arrivedBy !== undefined) this.#arrived(mta, message, trace);
    this.#traces.set(key, [...(this.#traces.get(key) ?? []), trace]);
  }

  #arrived(mta: VirtualMta, message: NewMessage, trace: Trace): void {
    this.counts.arrivals += 1;
    const { mtsIdentifier, copies } = message;
    const link = linkOf(mta, message.arrivedBy ?? '');
    const from = link && this.#hostOf(link.peer.mta);
    if (link === undefined || from === undefined) return;
    const own = domainText(mta.configuration.mta.domain);
    const before = this.#traces.get(`${from.host} ${mtsIdentifier}`) ?? [];
    const expected = before.map((each) => (link.sameDomain ? each.external : [...each.external, own]));
    const where = `${mtsIdentifier} from ${from.host} to ${mta.host}`;
    if (!expected.some((each) => same(each, trace.external))) {
      this.breaches.push(`${where}: trace ${trace.external}, expected ${expected.join(' or ')}`);
    }
    if (link.sameDomain && !before.some((each) => same([...each.internal, mta.host], trace.internal))) {
      this.breaches.push(`${where}: internal trace ${trace.internal} after ${before.map((e) => e.internal)}`);
    }
    if (!hasBeenHere(trace, own, mta.host)) return;
    const going = copies.filter(({ nextHop }) => nextHop !== deadLetterHop);
    if (going.length > 0) this.breaches.push(`${where}: a loop goes on, trace ${trace.external}`);
  }

  #tracked(mta: VirtualMta, record: TrackingRecord): void {
    const { act, at, message, mtsIdentifier } = record;
    if (act === 'report-generated') this.counts.reports += 1;
    if (act === 'rerouted') this.counts.rerouted += 1;
    if (act === 'reported' && String(record.detail.diagnostic).includes('loop')) this.counts.loops += 1;
    if (act === 'expired') {
      this.counts.expired += 1;
      const expiresAt = this.#expiresOf(mta, message);
      if (expiresAt === undefined || at < expiresAt) {
        this.breaches.push(`${mta.host}: ${mtsIdentifier} expired at ${at}, due at ${expiresAt}`);
      }
    }
    if (act === 'transferred-out' && record.priority !== 'urgent' && record.kind !== 'report') {
      this.#passed(mta, record);
    }
  }

  #expiresOf(mta: VirtualMta, message: MessageId | undefined): Instant | undefined {
    return this.#expiresAt.get(`${mta.host} ${message}`);
  }

  /** Something that is not urgent was sent: what is urgent, was due and waits for the same peer counts it. */
  #passed(mta: VirtualMta, { at, detail }: TrackingRecord): void {
    for (const { id, nextHop, state, priority, notBefore, message } of mta.disk.copies.values()) {
      if (nextHop !== `link/${detail.link}` || state !== 'queued' || priority !== 'urgent') continue;
      if (message.fields.acceptedAt >= at || (notBefore !== undefined && notBefore > at)) continue;
      const key = `${mta.host} ${id}`;
      const passed = (this.#passedOver.get(key) ?? 0) + 1;
      this.#passedOver.set(key, passed);
      if (passed === PASSED_OVER_MAX) {
        this.breaches.push(
          `${mta.host}: urgent ${message.fields.mtsIdentifier} is passed over ${passed} times`,
        );
      }
    }
  }
}

/** Our domain with another one after it, or our MTA before the last element of the internal trace. */
function hasBeenHere({ external, internal }: Trace, domain: string, host: string): boolean {
  const before = external.slice(0, external.findLastIndex((each) => each !== domain) + 1);
  return before.includes(domain) || internal.slice(0, -1).includes(host);
}

function linkOf(mta: VirtualMta, hop: string) {
  const name = parseNextHopKey(hop)?.name;
  return mta.configuration.links.find((link) => link.name === name);
}

function traceOf(message: NewMessage): Trace | undefined {
  const stored = decodeStored(message);
  if (!stored.ok) return undefined;
  const { value } = stored;
  const envelope = value.kind === 'report' ? value.report.envelope : value.envelope;
  const internal = readInternalTrace(envelope.extensions);
  return {
    external: envelope.traceInformation.map((each) => domainText(each.globalDomainIdentifier)),
    internal: internal.ok ? internal.value.map(({ mtaName }) => mtaName.replace(/^MTA-/, '')) : [],
  };
}

function domainText(domain: GlobalDomainIdentifier): string {
  return domain.privateDomainIdentifier?.value ?? '';
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each, at) => each === other[at]);
}
