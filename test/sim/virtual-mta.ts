// One whole MTA of a simulated world: the agent on a virtual clock, network and disk, with a local delivery
// that keeps what it was given. It can die at any moment and live again on the same disk.

import { createHash } from 'node:crypto';
import { seededRandom, type Random } from '../../src/base/random.ts';
import { after, type Clock, type Instant, isoTime, millis } from '../../src/base/time.ts';
import { type Configuration, parseConfiguration } from '../../src/config/index.ts';
import type { EventFields, EventName } from '../../src/events/index.ts';
import type { AssociationHandle, AssociationUser } from '../../src/transfer/ports.ts';
import type { AssociationView } from '../../src/transfer/sending-association.ts';
import {
  type AgentParts,
  type LocalDelivery,
  MessageTransferAgent,
  type RecipientDelivery,
} from '../../src/transfer/index.ts';
import {
  type CommitResult,
  type CopyId,
  memoryDisk,
  type QueuedCopy,
  type Store,
  type Transition,
} from '../../src/store/index.ts';
import type { MemoryDisk } from '../../src/store/memory/store.ts';
import { localIdentifierSource, submit, type SubmissionRequest } from '../../src/submission/index.ts';
import { DumpsInMemory } from '../support/in-hand.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { VirtualNetwork } from './virtual-network.ts';
import { type DiskWeather, virtualStore } from './virtual-store.ts';

export type Sweeps = Pick<AgentParts, 'expirySweep_ms' | 'hopSweep_ms'>;

export interface VirtualMtaParts {
  readonly host: string;
  readonly yaml: string;
  readonly clock: VirtualClock;
  readonly network: VirtualNetwork;
  readonly random: Random;
  readonly inlineOctetsMax: number;
  /** How often it looks for what has expired or was lost sight of; the agent's own where not given. */
  readonly sweeps?: Sweeps;
}

/** Sees every transition that an MTA asked for, and how it ended. */
export type Observer = (mta: VirtualMta, transition: Transition, result: CommitResult) => void;

export interface Delivered {
  readonly at: Instant;
  readonly kind: QueuedCopy['kind'];
  readonly mtsIdentifier: string;
  readonly recipient: string;
  readonly content: string;
  readonly copy: QueuedCopy;
}

export interface Told {
  readonly at: Instant;
  readonly name: EventName;
  readonly fields: EventFields;
}

interface Life {
  readonly clock: Clock;
  readonly agent: MessageTransferAgent;
  readonly store: Store;
}

export class VirtualMta {
  readonly host: string;
  readonly disk: MemoryDisk = memoryDisk();
  readonly diskWeather: DiskWeather = { delay: [0, 3], refusalChance: 0 };
  readonly delivered: Delivered[] = [];
  readonly told: Told[] = [];
  /** Dumps of what could not be read. */
  readonly malformed = new DumpsInMemory();
  /** Dumps of what was returned, or set aside. */
  readonly dumps = new DumpsInMemory();
  readonly breaches: string[] = [];
  /** Attempts that were broken off, and deaths under a transfer: how often each message may come again. */
  readonly mayRepeat = new Map<string, number>();
  deliveryFailureChance = 0;
  /** Octets free on its disk, which it watches from its next start on; undefined: it does not know. */
  freeOctets: number | undefined;
  /** Users whose mailbox takes nothing, and never will. */
  readonly refusing = new Set<string>();
  /**
   * A planted bug, which the checkers must find: peers are told that a message is secured as soon as it has
   * come.
   */
  confirmsAtOnce = false;
  /**
   * Planted: as a responder it forgets the turn that it is given; or, once an association on which it had
   * asked is gone, never asks again.
   */
  losesTurns: 'given' | 'asked' | undefined;
  #hasAsked = false;
  observer: Observer | undefined;
  /** Planted: what stands between the MTA and its store, from its next start on. */
  plantedStore: ((store: Store, clock: Clock) => Store) | undefined;
  /** When it died. */
  readonly deathAt: Instant[] = [];
  readonly #parts: VirtualMtaParts;
  readonly #configuration: Configuration;
  #life: Life | undefined;
  /** Arrivals that are in the ledger, and confirmations given to peers. */
  #arrivalsSecured = 0;
  #confirmed = 0;

  constructor(parts: VirtualMtaParts) {
    this.host = parts.host;
    this.#parts = parts;
    const configuration = parseConfiguration(parts.yaml, parts.host);
    if (!configuration.ok) throw new Error(JSON.stringify(configuration.error));
    this.#configuration = configuration.value;
  }

  get alive(): boolean {
    return this.#life !== undefined;
  }

  get agent(): MessageTransferAgent {
    if (this.#life === undefined) throw new Error(`${this.host} is dead`);
    return this.#life.agent;
  }

  get configuration(): Configuration {
    return this.#configuration;
  }

  /** Timers that the present life waits for. */
  get timers(): number {
    return this.#life === undefined ? 0 : this.#parts.clock.pending(this.#life);
  }

  start(): void {
    const life = {} as { -readonly [K in keyof Life]: Life[K] };
    const { clock: world, network, random, host, inlineOctetsMax } = this.#parts;
    const clock = world.of(life);
    const alive = (): boolean => this.#life === life;
    const disk = virtualStore({
      disk: this.disk,
      clock,
      random,
      weather: this.diskWeather,
      inlineOctetsMax,
      alive,
      committed: (transition, result) => {
        for (const { copy, error } of transition.attempts ?? []) this.#noteRepeat(copy, error);
        this.observer?.(this, transition, result);
        if (!result.ok) return;
        for (const { act, detail } of transition.tracking ?? []) {
          // What was secured before is confirmed again without being stored again.
          const again = act === 'discarded' && detail.cause === 'duplicate';
          if (act === 'transferred-in' || again) this.#arrivalsSecured += 1;
        }
      },
    });
    const store = this.plantedStore?.(disk, clock) ?? disk;
    const identifiers = localIdentifierSource(random.octets(5));
    const agent: MessageTransferAgent = new MessageTransferAgent({
      configuration: { ...this.#configuration, store: { ...this.#configuration.store, inlineOctetsMax } },
      store,
      clock,
      network: network.of(host, clock),
      malformed: this.malformed,
      dumps: this.dumps,
      ...(this.freeOctets !== undefined && { free: async () => this.freeOctets }),
      random: seededRandom(random.uint32()),
      ...this.#parts.sweeps,
      owner: `${host}/${this.deathAt.length}`,
      emit: (name, fields) => {
        if (alive()) this.told.push({ at: clock.now(), name, fields });
      },
      identifier: (now) => ({
        globalDomainIdentifier: this.#configuration.mta.domain,
        localIdentifier: identifiers.next(now),
      }),
      delivery: () => this.#delivery(clock, store),
    });
    Object.assign(life, { clock, agent, store });
    this.#life = life;
    network.listen(host, {
      clock,
      admit: (remote) => agent.admit(remote),
      called: (handle) => this.#bugged(this.#watched(handle), (watched) => agent.called(watched)),
    });
    void agent.start();
  }

  /** Dies at once. What was not on the disk is gone. */
  kill(): void {
    const life = this.#life;
    if (life === undefined) return;
    this.deathAt.push(this.#parts.clock.now());
    for (const { message } of this.disk.copies.values()) this.#allow(message.fields.mtsIdentifier);
    this.#life = undefined;
    this.#parts.clock.drop(life);
    this.#parts.network.kill(this.host);
  }

  /**
   * Submits for a local user; resolves to the identifier once it is secured, or undefined if it is not taken.
   */
  async submit(request: Partial<SubmissionRequest> & { to: readonly string[] }): Promise<string | undefined> {
    const { mta } = this.#configuration;
    const now = this.#parts.clock.now();
    const made = submit(
      {
        from: `/S=Sender/P=${mta.domain.privateDomainIdentifier?.value ?? ''}/A= /C=GB/`,
        priority: 'normal',
        report: 'non-delivery-report',
        ...request,
      },
      {
        name: mta.name,
        domain: mta.domain,
        identifiers: { next: () => this.#nextIdentifier() },
        content_octets_max: mta.limits.messageSize,
        recipients_max: mta.limits.recipients,
      },
      now,
    );
    if (!made.ok) throw new Error(JSON.stringify(made.error));
    const { value: submission } = made;
    const { mtsIdentifier } = submission;
    // A world of the simulation submits what lies in memory.
    if (submission.kind === 'message' && !(submission.content instanceof Uint8Array)) return undefined;
    const result =
      submission.kind === 'probe'
        ? await this.agent.submit({
            value: { kind: 'probe', envelope: submission.envelope },
            content: { kind: 'none' },
            contentLength: submission.envelope.contentLength ?? 0,
          })
        : await this.agent.submit({
            value: { kind: 'message', envelope: submission.envelope },
            content: { kind: 'inline', octets: submission.content as Uint8Array },
            contentLength: submission.content.length,
          });
    return result.ok ? mtsIdentifier : undefined;
  }

  /** An association as it sees it; undefined where it knows none of that number. */
  viewOf(association: number): AssociationView | undefined {
    if (this.#life === undefined) return undefined;
    const views = [...this.agent.hops.links.values()].flatMap((runner) => runner.views);
    return views.find(({ id }) => id === association);
  }

  /** Events of a name. */
  events(name: EventName): readonly Told[] {
    return this.told.filter((told) => told.name === name);
  }

  #submitted = 0;
  #nextIdentifier(): string {
    this.#submitted += 1;
    return `${this.host}.${isoTime(this.#parts.clock.now()).slice(0, 10)}.${this.#submitted}`;
  }

  /** No confirmation may be given before what it confirms is in the ledger. */
  #watched(handle: AssociationHandle): AssociationHandle {
    return {
      id: handle.id,
      peerAddress: handle.peerAddress,
      setReading: (on) => handle.setReading(on),
      congested: () => handle.congested(),
      destroy: (detail) => handle.destroy(detail),
      request: (primitive) => {
        if (primitive.kind === 'RTTPreq' && this.losesTurns === 'asked') {
          if (this.#hasAsked) return;
          this.#hasAsked = true;
        }
        if (primitive.kind === 'RTTRrsp+') {
          this.#confirmed += 1;
          if (this.#confirmed > this.#arrivalsSecured) {
            this.breaches.push(`${this.host} confirmed ${this.#confirmed}, secured ${this.#arrivalsSecured}`);
          }
        }
        handle.request(primitive);
      },
    };
  }

  #bugged(
    handle: AssociationHandle,
    called: (handle: AssociationHandle) => AssociationUser,
  ): AssociationUser {
    const user = called(handle);
    if (!this.confirmsAtOnce && this.losesTurns !== 'given') return user;
    return {
      onIndication: (primitive) => {
        if (primitive.kind === 'RTTGind' && this.losesTurns === 'given') return;
        if (primitive.kind === 'RTTRind' && this.confirmsAtOnce) handle.request({ kind: 'RTTRrsp+' });
        user.onIndication(primitive);
      },
      onViolation: (violation) => user.onViolation(violation),
      onWritable: () => user.onWritable(),
      onClosed: (detail) => user.onClosed(detail),
    };
  }

  #noteRepeat(copy: CopyId, error: string): void {
    const found = this.disk.copies.get(copy);
    if (found !== undefined && error !== '') this.#allow(found.message.fields.mtsIdentifier);
  }

  #allow(mtsIdentifier: string): void {
    this.mayRepeat.set(mtsIdentifier, (this.mayRepeat.get(mtsIdentifier) ?? 0) + 1);
  }

  #delivery(clock: Clock, store: Store): LocalDelivery {
    const { random } = this.#parts;
    return {
      deliver: async (copy, value, reader = store): Promise<readonly RecipientDelivery[]> => {
        await new Promise<void>((resolve) => {
          clock.schedule(after(clock.now(), millis(random.between(0, 5))), resolve);
        });
        if (random.chance(this.deliveryFailureChance)) {
          const failure = { lasting: 'temporary', code: 'EIO', detail: 'the simulated disk failed' } as const;
          return copy.recipients.map(({ number }) => ({ kind: 'failed', recipient: number, failure }));
        }
        const content = await contentOf(copy, reader);
        return copy.recipients.map(({ number: recipient, address }): RecipientDelivery => {
          const at = clock.now();
          if (this.refusing.has(address)) {
            const failure = { lasting: 'permanent', code: 'EDQUOT', detail: 'the mailbox is full' } as const;
            return { kind: 'failed', recipient, failure };
          }
          if (value.kind === 'probe') return { kind: 'deliverable', recipient, at };
          const { kind, mtsIdentifier } = copy;
          this.delivered.push({ at, kind, mtsIdentifier, recipient: address, content, copy });
          return { kind: 'delivered', recipient, at };
        });
      },
    };
  }
}

async function contentOf(copy: QueuedCopy, store: Pick<Store, 'readContent'>): Promise<string> {
  const { content } = copy;
  if (content.kind === 'none') return '';
  if (content.kind === 'inline') return digest(content.octets);
  const octets = await store.readContent(copy.message, 0, copy.contentLength);
  return octets === undefined ? 'unreadable' : digest(octets);
}

/** A short name for octets, to compare them by. */
export function digest(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex').slice(0, 16);
}
