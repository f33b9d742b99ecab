// The Message Transfer Agent: everybody who serves a next hop, the judgement over what comes in, and the
// ledger below them, put together. It owns no socket and no file: associations, delivery, the store and the
// clock are ports. Invariant: whatever is answered for is in the ledger first; a hop's trouble stays that
// hop's.

import { after, type Instant, millis } from '../base/time.ts';
import type {
  Configuration,
  DeliverConfiguration,
  LinkConfiguration,
  ListConfiguration,
} from '../config/index.ts';
import { explain, nextHopKey, type RouteExplanation } from '../routing/index.ts';
import type { AssociationOptions } from '../stack/association/service.ts';
import type { CommitResult, CopyId, NextHopKey, QueueCount } from '../store/index.ts';
import { Acceptance } from './acceptance.ts';
import type { AgentParts } from './agent-parts.ts';
import type { Arriving } from './arriving.ts';
import { Callers } from './callers.ts';
import { configuredMembers } from './configured-members.ts';
import { CopyEnds } from './copy-ends.ts';
import { conversionsOn, type ConversionsParts } from './conversions.ts';
import { ConvertingDelivery } from './converting-delivery.ts';
import { Duplicates } from './duplicates.ts';
import { DeliveryRunner } from './delivery-runner.ts';
import { DiskQuota } from './disk-quota.ts';
import { Hops } from './hops.ts';
import { InboundRecovery } from './inbound-recovery.ts';
import { Judging } from './judging.ts';
import { Ledger } from './ledger.ts';
import { LinkRunner } from './link-runner.ts';
import { ListRunner } from './list-runner.ts';
import type { AssociationHandle, AssociationUser } from './ports.ts';
import { MalformedDumps } from './malformed-dumps.ts';
import { QueueCommands } from './queue-commands.ts';
import { QueueWatch } from './queue-watch.ts';
import { withoutRepeatsOfPeers } from './repeated-trouble.ts';
import {
  type ReconfigurationParts,
  replaceLinks,
  replaceLocal,
  sameRoutes,
  tableMeanwhile,
} from './reconfiguration.ts';
import { Rerouting } from './rerouting.ts';
import { Strikes } from './strikes.ts';
import { Sweep } from './sweep.ts';
import { TrackingRetention } from './tracking-retention.ts';
import { ToleranceUse } from './tolerance-use.ts';
import { unawaited } from './unawaited.ts';
import { within } from './within.ts';

/** How long callers of a link that is gone may go on with what is under way, in milliseconds. */
const RETIRE_MS = 60_000;
/** How long a start serves those alone that the last process may have died of, in milliseconds. */
const SUSPECTS_MS = 10_000;

export class MessageTransferAgent {
  readonly ledger: Ledger;
  readonly hops: Hops;
  readonly commands: QueueCommands;
  readonly acceptance: Acceptance;
  readonly tolerances: ToleranceUse;
  /** Absent where nobody knows the disk. */
  readonly quota: DiskQuota | undefined;
  readonly #parts: AgentParts;
  readonly #callers: Callers;
  readonly #ends: CopyEnds;
  readonly #strikes: Strikes;
  readonly #rerouting: Rerouting;
  readonly #recovery: InboundRecovery;
  readonly #duplicates: Duplicates;
  readonly #retention: TrackingRetention;
  readonly #judging: Judging;
  readonly #conversions: ConversionsParts;
  #sweep: Sweep | undefined;
  #watch: QueueWatch | undefined;
  #stopping = false;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    const { store, clock, emit, owner } = parts;
    const { directory, inlineOctetsMax } = parts.configuration.store;
    this.ledger = new Ledger({ store, clock, emit, owner, directory });
    this.hops = new Hops(this.ledger);
    const { ledger, hops } = this;
    this.#judging = new Judging({ hops, identifier: parts.identifier }, parts.configuration);
    this.#conversions = conversionsOn(ledger, parts, () => this.quota?.refusal);
    this.tolerances = new ToleranceUse(emit, clock);
    this.#duplicates = new Duplicates(() => this.configuration.mta.duplicates);
    this.#retention = new TrackingRetention({ ...parts, keep: () => this.configuration.tracking.keep });
    const { inHand, dumps, free } = parts;
    const strikes = new Strikes({ ledger, clock, emit, inHand, dumps });
    this.#strikes = strikes;
    const returnedOctetsMax = this.#returnedOctetsMax;
    const common = { ledger, clock, emit, hops, strikes, returnedOctetsMax, judging: this.#judging };
    const marks = (): { lowWater: number; highWater: number } => {
      const { low: lowWater, high: highWater } = this.configuration.store.space;
      return { lowWater, highWater };
    };
    this.quota = free === undefined ? undefined : new DiskQuota({ free, marks, clock, emit, directory });
    const contentOctetsMax = parts.configuration.mta.limits.messageSize;
    this.#recovery = new InboundRecovery({
      ledger,
      clock,
      intake: { store: ledger.spools, inlineOctetsMax, contentOctetsMax },
    });
    this.#ends = new CopyEnds({
      ...common,
      dumps,
      judge: (ended, now) => this.#judging.ended(ended, now),
    });
    this.#rerouting = new Rerouting({
      ...common,
      route: (value, copy, at) => this.#judging.again(value, copy, at),
    });
    const emitOfPeers = withoutRepeatsOfPeers(emit, clock);
    this.acceptance = new Acceptance({
      ...common,
      emit: emitOfPeers,
      judge: (arriving, now) => this.#judging.arrival(arriving, now),
      tolerated: this.tolerances.note,
      duplicates: this.#duplicates,
      malformed: new MalformedDumps(parts.malformed, clock),
    });
    this.#callers = new Callers({
      configuration: () => this.configuration,
      ledger,
      clock,
      hops,
      strikes,
      emit: emitOfPeers,
      recovery: this.#recovery,
      acceptance: this.acceptance,
      tolerated: this.tolerances.note,
      refuses: () => this.quota?.refusal,
    });
    this.commands = new QueueCommands({ ...common, ends: this.#ends, rerouting: this.#rerouting });
  }

  get configuration(): Configuration {
    return this.#judging.configuration;
  }

  /** Takes up the queue as it stands. Resolves to the number of copies in it. */
  async start(): Promise<number> {
    await this.quota?.start();
    const remembered = this.#recovery.load(this.configuration.links);
    for (const link of this.configuration.links) this.#startLink(link);
    for (const deliver of this.configuration.deliver) this.#addDelivery(deliver);
    const deliveries = [...this.hops.delivers.values()];
    await this.#serveSuspects(deliveries, await this.#strikes.recall());
    for (const runner of deliveries) runner.start();
    for (const list of this.configuration.lists) this.#startList(list);
    this.#sweep = new Sweep({
      ...this.#parts,
      every_ms: this.#parts.expirySweep_ms,
      hops: this.hops,
      expired: () => this.#endExpired(),
    });
    this.#sweep.start();
    this.#retention.start();
    this.#watch = new QueueWatch({ ...this.#parts, limits: () => this.configuration.alarms.queue });
    this.#watch.start();
    await Promise.all([remembered, this.#duplicates.load(this.ledger.store, this.#parts.clock.now())]);
    await Promise.all([...this.hops.links.values()].map((runner) => runner.restart()));
    await this.#ends.endExpiredAtStart();
    const counts = await this.#announceWaiting();
    this.#rerouteUnserved(counts);
    return counts.reduce((sum, { copies }) => sum + copies, 0);
  }

  /** Copies that the last process may have died of, one after the other; not for ever, where a disk hangs. */
  async #serveSuspects(deliveries: readonly DeliveryRunner[], copies: readonly CopyId[]): Promise<void> {
    const served = (async () => {
      for (const runner of deliveries) await runner.serveAlone(copies);
    })();
    await within(this.#parts, after(this.#parts.clock.now(), millis(SUSPECTS_MS)), served);
  }

  /** Options for the next association that a caller opens; undefined refuses the connection. */
  admit(remote: string): AssociationOptions | undefined {
    return this.#stopping ? undefined : this.#callers.admit(remote);
  }

  /** A caller is connected: who uses its association. */
  called(handle: AssociationHandle): AssociationUser {
    return this.#callers.called(handle);
  }

  /** Takes responsibility for something that a local user submitted; `discard` as in Acceptance. */
  async submit(arriving: Arriving, discard?: () => Promise<void>): Promise<CommitResult> {
    const detail = this.quota?.refusal;
    if (detail === undefined) return this.acceptance.accept(arriving, discard);
    await discard?.();
    return { ok: false, refusal: { kind: 'no-space', detail } };
  }

  /** What would become of a recipient, and why. */
  explain(request: Parameters<typeof explain>[1]): RouteExplanation {
    const { table, health, opensAt } = this.#judging;
    return explain(table, { ...request, health, opensAt });
  }

  /** Takes over a new configuration: links and spaces that changed are stopped and started anew. */
  async reconfigure(configuration: Configuration): Promise<void> {
    const before = this.configuration;
    const { hops } = this;
    const { clock, emit } = this.#parts;
    const table = await tableMeanwhile(configuration, clock);
    this.#judging.configuration = configuration;
    this.#judging.table = table;
    const parts: ReconfigurationParts = {
      hops,
      clock,
      startLink: (link) => {
        this.#startLink(link);
        unawaited(emit, this.#announceWaiting(nextHopKey({ kind: 'link', name: link.name })));
      },
      startDelivery: (deliver) => this.#startDelivery(deliver),
      startList: (list) => this.#startList(list),
      unserved: (hop) => unawaited(emit, this.#rerouting.tryAlternates(hop, 'all')),
    };
    await Promise.all([
      this.#callers.retire(after(clock.now(), millis(RETIRE_MS))),
      replaceLinks(parts, before.links, configuration.links),
      replaceLocal(parts, before, configuration),
    ]);
    for (const runner of hops.links.values()) runner.watchTheClock();
    this.#rerouteUnserved(await this.ledger.store.counts());
    for (const { health, hop } of hops.links.values()) {
      if (health !== 'healthy') unawaited(emit, this.#rerouting.tryAlternates(hop, 'all'));
    }
    const rerouted = !sameRoutes(before, configuration);
    if (rerouted) unawaited(emit, this.#rerouting.recalculate());
  }

  /** Takes nothing new, lets transfers end until `until`, then breaks them off. */
  async stop(until: Instant): Promise<void> {
    this.#stopping = true;
    this.#sweep?.stop();
    this.quota?.stop();
    this.#rerouting.stop();
    this.#retention.stop();
    this.#watch?.stop();
    const links = [...this.hops.links.values()].map((runner) => runner.stop(until));
    const deliveries = [...this.hops.delivers.values()].map((runner) => runner.stop(until));
    const lists = [...this.hops.lists.values()].map((runner) => runner.stop(until));
    await Promise.all([...links, ...deliveries, ...lists, this.#callers.end(until)]);
    this.#strikes.close();
    this.ledger.stop();
  }

  /** Associations that callers have open now. */
  get inboundAssociations(): number {
    return this.#callers.associations;
  }

  #startLink(link: LinkConfiguration): void {
    const { clock, network, emit, random } = this.#parts;
    const { mta } = this.configuration;
    const runner = new LinkRunner({
      link,
      mtaName: mta.name,
      clock,
      ledger: this.ledger,
      network,
      emit,
      random,
      tsduOctetsMax: mta.limits.tsduSize,
      incoming: (handle) => this.#callers.incoming(handle),
      tolerated: this.tolerances.note,
      outgoing: this.#strikes.outgoing,
      conversions: this.#conversions,
      endCopy: async (copy, cause) => {
        await this.#ends.end(copy, cause, 'holder');
      },
      tryAlternates: (hop, copies) => this.#rerouting.tryAlternates(hop, copies),
    });
    this.hops.links.set(link.name, runner);
    // Callers whose associations outlive a reconfiguration count on.
    for (const association of this.#callers.of(link.name)) runner.peerOpened(association);
  }

  /** Tells links what waits for them in the store: every one, or one that has just started. */
  async #announceWaiting(only?: NextHopKey): Promise<readonly QueueCount[]> {
    const counts = await this.ledger.store.counts();
    for (const { nextHop, priority, state, copies } of counts) {
      if (state !== 'queued' || (only !== undefined && nextHop !== only)) continue;
      this.hops.linkOf(nextHop)?.tell({ kind: 'copies-waiting', priority, copies });
    }
    return counts;
  }

  /** What waits for a hop that nobody serves is rerouted. */
  #rerouteUnserved(counts: readonly QueueCount[]): void {
    const waiting = new Set(counts.filter(({ state }) => state === 'queued').map(({ nextHop }) => nextHop));
    for (const hop of waiting) {
      if (this.hops.serves(hop)) continue;
      unawaited(this.#parts.emit, this.#rerouting.tryAlternates(hop, 'all'));
    }
  }

  #startDelivery(deliver: DeliverConfiguration): void {
    this.#addDelivery(deliver).start();
  }

  #addDelivery(deliver: DeliverConfiguration): DeliveryRunner {
    const { clock, emit, dumps } = this.#parts;
    const { conversion } = deliver;
    const delivery = this.#parts.delivery(deliver);
    const runner = new DeliveryRunner({
      sweep_ms: this.#parts.hopSweep_ms,
      deliver,
      delivery: new ConvertingDelivery({ ...this.#conversions, delivery, conversion, dumps, emit }),
      ledger: this.ledger,
      strikes: this.#strikes,
      clock,
      emit,
      returnedOctetsMax: this.#returnedOctetsMax,
      judge: (subject, outcomes, now) => this.#judging.delivered({ subject, outcomes, now }),
      created: (judgement, ids) => {
        this.hops.created(judgement.create, ids);
        for (const [name, fields] of judgement.events) emit(name, fields);
      },
      deadLetter: async (copy, detail) => {
        await this.#ends.deadLetter(copy, detail, 'holder');
      },
      unreadable: async (copy, detail) => {
        await this.#ends.end(copy, { kind: 'unreadable', detail }, 'holder');
      },
    });
    this.hops.delivers.set(deliver.name, runner);
    return runner;
  }

  readonly #returnedOctetsMax = (): number => this.configuration.mta.limits.returnedContent;

  #startList(list: ListConfiguration): void {
    const { clock, emit, members = configuredMembers } = this.#parts;
    const runner = new ListRunner({
      sweep_ms: this.#parts.hopSweep_ms,
      list,
      lists: () => this.configuration.lists,
      members,
      ledger: this.ledger,
      strikes: this.#strikes,
      clock,
      emit,
      judgeParts: () => this.#judging.parts,
      returnedOctetsMax: this.#returnedOctetsMax,
      created: (judgement, ids) => this.hops.created(judgement.create, ids),
      unreadable: async (copy, detail) => {
        await this.#ends.end(copy, { kind: 'unreadable', detail }, 'holder');
      },
    });
    this.hops.lists.set(list.name, runner);
    runner.start();
  }

  #endExpired(): Promise<unknown> {
    return Promise.all([this.#ends.endExpired(), this.#recovery.sweep(this.configuration.links)]);
  }
}
