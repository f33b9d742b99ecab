// The operations of the HTTP API on a running MTA: snapshots of its links and queues, and commands for it.
// Decides nothing: submission makes the message, transfer takes responsibility, routing explains.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { err, ok, type Result } from '../base/result.ts';
import type { Clock, Instant } from '../base/time.ts';
import { formatConfigurationError } from '../config/index.ts';
import type { Emit } from '../events/index.ts';
import type {
  CopyId,
  CopyQuery,
  QueueCount,
  StoredContent,
  StoreRefusal,
  TrackingQuery,
} from '../store/index.ts';
import {
  type LocalIdentifierSource,
  submit,
  type Submission,
  type SubmissionError,
  type SubmissionRequest,
} from '../submission/index.ts';
import {
  type Arriving,
  type LinkCommand,
  type LinkRunner,
  type MessageTransferAgent,
  encodeStored,
  outgoingApdu,
} from '../transfer/index.ts';
import { ArchiveOperations } from './archive-operations.ts';
import { LoopWatch } from './loop-watch.ts';
import type {
  ArchiveExport,
  ArchiveImport,
  CopyCommand,
  CopyCommandOutcome,
  HealthSnapshot,
  LinkSnapshot,
  OpenAssociation,
  MetricsSnapshot,
  OperationError,
  Operations,
  RouteAccount,
} from './operations.ts';
import { type RouteQuestionJson, routeQuestion } from './route-question.ts';
import { takeContent } from './submitted-content.ts';

/** Messages of one request that are secured at a time. */
const SUBMITTED_AT_ONCE = 64;
/** Octets of content read at a time for an export. */
const EXPORT_PIECE_OCTETS = 256 * 1024;
/** How often the delay of the event loop is sampled. */
const LOOP_SAMPLE_MS = 10;

export interface AgentOperationsParts {
  readonly agent: MessageTransferAgent;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly identifiers: LocalIdentifierSource;
  readonly version: string;
  readonly stopping: () => boolean;
  /** What the net room counts. */
  readonly net: { readonly timers: () => number; readonly lateEvents: () => number };
}

export class AgentOperations implements Operations {
  readonly #parts: AgentOperationsParts;
  readonly #startedAt: Instant;
  readonly #archives: ArchiveOperations;
  readonly #delay: ReturnType<typeof monitorEventLoopDelay>;
  readonly #loop: LoopWatch;

  constructor(parts: AgentOperationsParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock.now();
    this.#archives = new ArchiveOperations(parts.agent, parts.clock);
    this.#delay = monitorEventLoopDelay({ resolution: LOOP_SAMPLE_MS });
    this.#delay.enable();
    const { agent, clock, emit } = parts;
    this.#loop = new LoopWatch({ clock, emit, limit: () => agent.configuration.alarms.loopDelay });
  }

  async submit(
    asked: SubmissionRequest,
    count: number,
    pieces?: AsyncIterable<Uint8Array>,
  ): Promise<Result<readonly string[], OperationError>> {
    const content = pieces === undefined ? ok(asked.content) : await this.#contentOf(pieces, count);
    if (!content.ok) return content;
    const request = content.value === undefined ? asked : { ...asked, content: content.value };
    const identifiers: string[] = [];
    while (identifiers.length < count) {
      const now = Math.min(SUBMITTED_AT_ONCE, count - identifiers.length);
      const batch = await Promise.all(Array.from({ length: now }, () => this.#submitOne(request)));
      for (const each of batch) {
        if (!each.ok) return each;
        identifiers.push(each.value);
      }
    }
    return ok(identifiers);
  }

  queue(query: CopyQuery): ReturnType<Operations['queue']> {
    return this.#store.list(query);
  }

  async command(copies: readonly CopyId[], command: CopyCommand): Promise<readonly CopyCommandOutcome[]> {
    const outcomes: CopyCommandOutcome[] = [];
    for (const copy of copies) outcomes.push(await this.#parts.agent.commands.perform(copy, command));
    return outcomes;
  }

  async exportCopy(id: CopyId): Promise<Result<AsyncIterable<Uint8Array>, OperationError>> {
    const copy = await this.#store.show(id);
    if (copy === undefined) return err({ kind: 'not-found', message: `no copy ${id} in the queue` });
    const apdu = outgoingApdu(copy, { sameDomain: true, mode: 'normal' });
    if (apdu.kind !== 'apdu') {
      const message = apdu.kind === 'unreadable' ? apdu.detail : 'it has no form';
      return err({ kind: 'failed', message });
    }
    return ok(this.#pieces(apdu.head, copy.message, copy.content));
  }

  exportArchive(order: ArchiveExport): AsyncIterable<Uint8Array> {
    return this.#archives.export(order);
  }

  removeExported(archive: string, copies: readonly CopyId[]): ReturnType<Operations['removeExported']> {
    return this.#archives.remove(archive, copies);
  }

  importArchive(
    octets: AsyncIterable<Uint8Array>,
    order: ArchiveImport,
  ): ReturnType<Operations['importArchive']> {
    return this.#archives.import(octets, order);
  }

  async links(): Promise<readonly LinkSnapshot[]> {
    const counts = await this.#store.counts();
    return [...this.#parts.agent.hops.links.values()].map((runner) => this.#snapshot(runner, counts));
  }

  async commandLink(name: string, command: LinkCommand): Promise<Result<LinkSnapshot, OperationError>> {
    const wrong = this.#parts.agent.hops.links.get(name)?.link.faults;
    if (wrong !== undefined && (command.kind === 'enable' || command.kind === 'connect')) {
      const errors = wrong.map(formatConfigurationError).join('\n');
      const message = `link ${name} is disabled by errors in its entry; mend it and send SIGHUP:\n${errors}`;
      return err({ kind: 'conflict', message });
    }
    return this.#withLink(name, (runner) => runner.command(command, 'command'));
  }

  track(query: TrackingQuery): ReturnType<Operations['track']> {
    return this.#store.track(query);
  }

  async explainRoute(json: RouteQuestionJson): Promise<Result<RouteAccount, OperationError>> {
    const question = routeQuestion(json);
    if (!question.ok) return err({ kind: 'invalid', message: question.error });
    const explanation = this.#parts.agent.explain(question.value);
    return ok({ ...explanation.json, text: explanation.text });
  }

  health(): HealthSnapshot {
    const { agent, clock, stopping, version } = this.#parts;
    const links = [...agent.hops.links.values()];
    const degraded =
      agent.ledger.waiting > 0 ||
      agent.quota?.refusal !== undefined ||
      agent.configuration.setAside !== undefined ||
      links.some(({ health }) => health === 'unhealthy');
    return {
      status: stopping() ? 'stopping' : degraded ? 'degraded' : 'ok',
      mta: agent.configuration.mta.name,
      version,
      startedAt: this.#startedAt,
      uptime_ms: clock.now() - this.#startedAt,
    };
  }

  async metrics(): Promise<MetricsSnapshot> {
    const queues = await this.#store.counts();
    const links = [...this.#parts.agent.hops.links.values()].map((runner) => this.#snapshot(runner, queues));
    // The histogram has the time from one sample to the next, of which the interval is no delay.
    const eventLoopDelayP99_ms = Math.max(0, this.#delay.percentile(99) / 1e6 - LOOP_SAMPLE_MS);
    this.#delay.reset();
    const tolerances = this.#parts.agent.tolerances.counts();
    const { agent, net } = this.#parts;
    const late = [...agent.hops.links.values()].map((runner) => runner.snapshot().lateInputs);
    const lateEvents = late.reduce((sum, each) => sum + each, net.lateEvents());
    const { quota } = agent;
    const store = { freeOctets: quota?.freeOctets, accepting: quota?.refusal === undefined };
    return { queues, links, eventLoopDelayP99_ms, store, tolerances, lateEvents, timers: net.timers() };
  }

  /** Ends the measuring of the event loop. */
  close(): void {
    this.#delay.disable();
    this.#loop.stop();
  }

  get #store(): MessageTransferAgent['ledger']['store'] {
    return this.#parts.agent.ledger.store;
  }

  async #submitOne(request: SubmissionRequest): Promise<Result<string, OperationError>> {
    const { agent, clock, identifiers, emit } = this.#parts;
    const { mta, store } = agent.configuration;
    const submitting = {
      name: mta.name,
      domain: mta.domain,
      identifiers,
      content_octets_max: mta.limits.messageSize,
      recipients_max: mta.limits.recipients,
    };
    const made = submit(request, submitting, clock.now());
    if (!made.ok) {
      if (request.content !== undefined && 'spool' in request.content) await request.content.spool.discard();
      emit('submission-refused', { originator: request.from, detail: made.error.map(errorText).join('; ') });
      return err({ kind: 'invalid', message: made.error.map(errorText).join('\n'), errors: made.error });
    }
    const arriving = await this.#arriving(made.value, store.inlineOctetsMax);
    if (!arriving.ok) return arriving;
    const { discard, ...arrived } = arriving.value;
    const result = await agent.submit(arrived, discard);
    if (!result.ok) return err(refusedBy(result.refusal));
    const { envelope, mtsIdentifier, kind } = made.value;
    const octets = arriving.value.contentLength;
    const recipients = envelope.perRecipientFields.length;
    const { from: originator, priority } = request;
    emit('submitted', { mtsIdentifier, kind, originator, recipients, octets, priority });
    return ok(mtsIdentifier);
  }

  async #contentOf(
    pieces: AsyncIterable<Uint8Array>,
    count: number,
  ): Promise<Result<SubmissionRequest['content'], OperationError>> {
    const { mta, store } = this.#parts.agent.configuration;
    const contentOctetsMax = mta.limits.messageSize;
    const limits = { inlineOctetsMax: store.inlineOctetsMax, contentOctetsMax, count };
    const taken = await takeContent(this.#store, pieces, limits);
    if (taken.ok) return taken;
    if (taken.error.kind === 'refused') return err(refusedBy(taken.error.refusal));
    const { problem } = taken.error;
    return err({ kind: 'invalid', message: `content: ${problem}`, errors: [{ field: 'content', problem }] });
  }

  async #arriving(
    submission: Submission,
    inlineOctetsMax: number,
  ): Promise<Result<Arriving & { readonly discard?: () => Promise<void> }, OperationError>> {
    if (submission.kind === 'probe') {
      const { envelope } = submission;
      const contentLength = envelope.contentLength ?? 0;
      return ok({ value: { kind: 'probe', envelope }, content: { kind: 'none' }, contentLength });
    }
    const { envelope, content: octets } = submission;
    const value = { kind: 'message', envelope } as const;
    const contentLength = octets.length;
    const isSpooled = 'spool' in octets;
    if (!isSpooled && contentLength <= inlineOctetsMax) {
      return ok({ value, content: { kind: 'inline', octets }, contentLength });
    }
    const spool = isSpooled ? octets.spool : await this.#store.openSpool();
    const written = isSpooled ? { ok: true as const } : await spool.write(octets);
    const sealed = written.ok ? await spool.seal(encodeStored(value)) : written;
    if (!sealed.ok) {
      await spool.discard();
      return err(refusedBy(sealed.refusal));
    }
    return ok({
      value,
      discard: () => spool.discard(),
      content: { kind: 'spooled', spool: spool.name, octets_count: contentLength },
      contentLength,
    });
  }

  async #withLink(
    name: string,
    act: (runner: LinkRunner) => void,
  ): Promise<Result<LinkSnapshot, OperationError>> {
    const runner = this.#parts.agent.hops.links.get(name);
    if (runner === undefined) return err({ kind: 'not-found', message: `no link ${name}` });
    act(runner);
    return ok(this.#snapshot(runner, await this.#store.counts()));
  }

  #snapshot(runner: LinkRunner, counts: readonly QueueCount[]): LinkSnapshot {
    const { setAside = [] } = this.#parts.agent.configuration;
    const wrong = setAside.find(({ kind, name }) => kind === 'link' && name === runner.link.name);
    return {
      ...linkSnapshot(runner, counts),
      configurationErrors: wrong?.errors.map(formatConfigurationError),
    };
  }

  async *#pieces(head: Uint8Array, message: number, content: StoredContent): AsyncIterable<Uint8Array> {
    yield head;
    if (content.kind === 'inline') yield content.octets;
    if (content.kind !== 'spooled') return;
    for (let offset = 0; ; ) {
      const piece = await this.#store.readContent(message, offset, EXPORT_PIECE_OCTETS);
      if (piece === undefined || piece.length === 0) return;
      offset += piece.length;
      yield piece;
    }
  }
}

const states: Readonly<Record<ReturnType<LinkRunner['snapshot']>['state'], LinkSnapshot['state']>> = {
  idle: 'idle',
  opening: 'connecting',
  open: 'open',
  retrying: 'retrying',
  disabled: 'disabled',
  stopping: 'disabled',
  'answering-only': 'idle',
};

function linkSnapshot(
  runner: LinkRunner,
  counts: readonly QueueCount[],
): Omit<LinkSnapshot, 'configurationErrors'> {
  const { link, hop } = runner;
  const own = counts.filter((count) => count.nextHop === hop);
  const { state, healthy, associations, lastError, ...snapshot } = runner.snapshot();
  const { nextOpenAt, openFailures, hours, waitsFor, lastFailure, limit } = snapshot;
  const { opening, idle, turnless, transferring, closing } = associations;
  const oldest = own.reduce<Instant | undefined>(
    (least, count) =>
      least === undefined || count.oldestAcceptedAt < least ? count.oldestAcceptedAt : least,
    undefined,
  );
  return {
    name: link.name,
    peer: { mta: link.peer.mta, address: link.peer.address, port: link.peer.port },
    mode: link.mode,
    state: runner.inbound.size > 0 && state === 'idle' ? 'open' : states[state],
    healthy,
    associations: {
      outbound: opening + idle + turnless + transferring + closing,
      inbound: runner.inbound.size,
    },
    open: runner.views.filter(({ open }) => open).map(openAssociation),
    queued: own.reduce((sum, count) => sum + count.copies, 0),
    queuedOctets: own.reduce((sum, count) => sum + count.octets, 0),
    oldestAcceptedAt: oldest,
    lastError,
    lastErrorAt: runner.lastErrorAt,
    lastFailure,
    lastTransferInAt: runner.lastTransferInAt,
    lastTransferOutAt: runner.lastTransferOutAt,
    nextAttemptAt: nextOpenAt,
    openAttempts: openFailures,
    openRetries: link.retry.openRetries,
    transferRetries: link.retry.transferRetries,
    enabled: { out: runner.sends, in: runner.answers },
    limit,
    schedule: { style: link.schedule.style, callsFor: hours.permission, changesAt: hours.changesAt },
    waitsFor,
  };
}

function openAssociation({ id, mode, turn, ...view }: LinkRunner['views'][number]): OpenAssociation {
  const { direction, remote, transferring } = view;
  const whose = turn === 'ours' ? 'ours' : "the peer's";
  return { association: id, direction, remote, dialogue: mode, turn: whose, transferring };
}

function errorText(error: SubmissionError): string {
  const where = error.index === undefined ? error.field : `${error.field}[${error.index}]`;
  return `${where}: ${error.problem}`;
}

function refusedBy(refusal: StoreRefusal): OperationError {
  const message =
    'detail' in refusal ? `the store: ${refusal.kind}: ${refusal.detail}` : `the store: ${refusal.kind}`;
  return { kind: 'unavailable', message };
}
