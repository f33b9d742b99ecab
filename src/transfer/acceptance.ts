// Taking responsibility: from a complete APDU, or a submission, to a committed transition. Only after it
// stands is anybody answered (design law 4). What cannot be read is refused to the peer; what cannot be
// stored now is refused for the time being.

import type { Clock, Instant } from '../base/time.ts';
import type { Emit } from '../events/index.ts';
import { decodeMTSAPDU, type MTSAPDU } from '../p1/index.ts';
import type { CommitResult, Transition } from '../store/index.ts';
import type { Arriving } from './arriving.ts';
import type { Arrival } from './called-association.ts';
import { describe } from './describe.ts';
import type { Judgement } from './draft.ts';
import type { Hops } from './hops.ts';
import type { Ledger } from './ledger.ts';
import { refusalText } from './refusal-text.ts';
import type { StoredValue } from './stored-value.ts';
import type { TakenIn } from './taken-in.ts';
import type { AcceptVerdict } from './transfer-in.ts';

export interface AcceptanceParts {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly hops: Hops;
  readonly judge: (arriving: Arriving, now: Instant) => Judgement;
}

/** What changes with it of that which is remembered for resumptions. */
type Remembered = Pick<Transition, 'saveRecovery' | 'dropRecovery'>;

export class Acceptance {
  readonly #parts: AcceptanceParts;

  constructor(parts: AcceptanceParts) {
    this.#parts = parts;
  }

  /** What a peer has transferred. Resolves when it is on stable storage, or says why it is not taken. */
  async transferred(
    taken: TakenIn,
    { octets, remembered }: { readonly octets: number; readonly remembered?: Remembered },
    from: Arrival,
  ): Promise<AcceptVerdict> {
    const startedAt = this.#parts.clock.now();
    const read = readTaken(taken);
    const common = { link: from.link.name, peer: from.link.peer.mta, remote: from.remote };
    const association = from.association;
    if (read.kind === 'failed') {
      this.#parts.emit('transfer-in-failed', { ...common, association, octets, detail: read.detail });
      return { ok: false, transient: true, detail: read.detail };
    }
    if (read.kind === 'malformed') {
      const { path, offset, expected, got } = read;
      this.#parts.emit('apdu-malformed', { ...common, association, path, offset, expected, got, octets });
      return { ok: false, transient: false, detail: `${path}: expected ${expected}, got ${got}` };
    }
    const { link, remote } = from;
    const arriving = { ...read.arriving, link, remote };
    const result = await this.accept(arriving, read.discard, remembered);
    if (!result.ok) return { ok: false, transient: true, detail: refusalText(result.refusal) };
    const { mtsIdentifier, kind, recipients } = describe(arriving.value);
    const duration = this.#parts.clock.now() - startedAt;
    const size = { octets, recipients: recipients.length, duration };
    this.#parts.emit('transfer-in', { ...common, association, mtsIdentifier, kind, ...size });
    return { ok: true };
  }

  /**
   * Judges and commits; hands the copies to those who serve their hops; tells the events. `discard` removes content
   * that was spooled for the arrival, where in the end nothing names it.
   */
  async accept(
    arriving: Arriving,
    discard?: () => Promise<void>,
    remembered?: Remembered,
  ): Promise<CommitResult> {
    const judgement = this.#parts.judge(arriving, this.#parts.clock.now());
    const result = await this.commit(judgement, remembered);
    // Where every recipient has ended here, there may be a report, but no message that needs the content.
    const named = result.ok && judgement.create.some((message) => message.content === arriving.content);
    if (!named) await discard?.();
    return result;
  }

  /** Commits a judgement whole and tells of it. */
  async commit(judgement: Judgement, remembered?: Remembered): Promise<CommitResult> {
    const { create, tracking } = judgement;
    const result = await this.#parts.ledger.commit({ create, tracking, ...remembered });
    if (!result.ok) return result;
    this.#parts.hops.created(create, result.created);
    for (const [name, fields] of judgement.events) this.#parts.emit(name, fields);
    return result;
  }
}

type Read =
  | Extract<TakenIn, { kind: 'malformed' | 'failed' }>
  | { readonly kind: 'arriving'; readonly arriving: Arriving; readonly discard?: () => Promise<void> };

function readTaken(taken: TakenIn): Read {
  switch (taken.kind) {
    case 'malformed':
    case 'failed':
      return taken;
    case 'spooled': {
      const { envelope, spool, contentLength, discard } = taken;
      const value: StoredValue = { kind: 'message', envelope };
      const content =
        spool === undefined
          ? ({ kind: 'none' } as const)
          : ({ kind: 'spooled', spool, octets_count: contentLength } as const);
      return { kind: 'arriving', arriving: { value, content, contentLength }, discard };
    }
    case 'whole': {
      const apdu = decodeMTSAPDU(taken.octets);
      if (!apdu.ok) return { kind: 'malformed', ...apdu.error };
      return { kind: 'arriving', arriving: arrivingOf(apdu.value) };
    }
  }
}

function arrivingOf(apdu: MTSAPDU): Arriving {
  switch (apdu.kind) {
    case 'message': {
      const { envelope, content: octets } = apdu.value;
      const value: StoredValue = { kind: 'message', envelope };
      return { value, content: { kind: 'inline', octets }, contentLength: octets.length };
    }
    case 'probe': {
      const value: StoredValue = { kind: 'probe', envelope: apdu.value };
      return { value, content: { kind: 'none' }, contentLength: apdu.value.contentLength ?? 0 };
    }
    case 'report':
      return { value: { kind: 'report', report: apdu.value }, content: { kind: 'none' }, contentLength: 0 };
  }
}
