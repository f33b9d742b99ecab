// One of several that use the store at the same time, each with messages, points and strikes of its own:
// makes up transitions, says what they must come to, and marks them.

import { instant } from '../../src/base/time.ts';
import type { Random } from '../../src/base/random.ts';
import { at, hop, noon, octetsOf } from '../../src/store/compliance-fixtures.ts';
import type {
  CopyId,
  NewMessage,
  Priority,
  QueuedCopy,
  RecoveryPoint,
  SpoolWriter,
  Store,
  StoredContent,
  TrackingRecord,
  Transition,
} from '../../src/store/index.ts';
import {
  type CopyModel,
  copyName,
  copyText,
  digestOf,
  type Effects,
  hops,
  link,
  pointText,
} from './entities.ts';
import type { LogMarks } from './shim-log.ts';

const longAgo = at(-86_400);

interface Held extends CopyModel {
  readonly copy: CopyId;
}
interface Growing {
  readonly key: string;
  readonly spool: string;
  readonly octets: Uint8Array;
}
export interface CallerParts {
  readonly store: Store;
  readonly marks: LogMarks;
  readonly random: Random;
  /** The next serial number; undefined when it is enough. */
  readonly next: () => number | undefined;
  readonly name: string;
  /** Tracking of long ago, which one alone adds to and removes. */
  readonly old?: readonly string[];
}

export class Caller {
  readonly #parts: CallerParts;
  #held: Held[] = [];
  #old: readonly string[];
  /** Points of an earlier process, to be taken up or given up. */
  readonly #orphaned: RecoveryPoint[] = [];

  constructor(parts: CallerParts) {
    this.#parts = parts;
    this.#old = parts.old ?? [];
  }

  adopt(copy: QueuedCopy): void {
    const recipients = copy.recipients.map(({ number }) => number);
    const model = { recipients, lastError: copy.lastError ?? '-', envelope: digestOf(copy.envelope) };
    // Its content is not read again: the mark of what was seen has it.
    this.#held.push({ ...copy, ...model, content: '' });
  }

  adoptPoint(point: RecoveryPoint): void {
    this.#orphaned.push(point);
  }

  async run(): Promise<void> {
    const { random } = this.#parts;
    for (let going = true; going; ) {
      const point = this.#orphaned.pop();
      if (point !== undefined)
        going = await this.#commit({ dropRecovery: [point.key] }, { [`point ${point.key}`]: null });
      else if (this.#parts.old !== undefined && random.chance(0.2)) going = await this.#trackOrPrune();
      else if (this.#held.length < 3 || random.chance(0.35)) going = await this.#secure();
      else if (random.chance(0.2)) going = await this.#grow();
      else going = await this.#change(random.between(0, this.#held.length - 1));
    }
  }

  /** Marks, commits, marks again. False when it is enough. */
  async #commit(
    transition: Transition,
    effects: Effects,
    ids?: (result: readonly CopyId[]) => void,
  ): Promise<boolean> {
    const { store, marks, next } = this.#parts;
    const serial = next();
    if (serial === undefined) return false;
    const subject = `t;${serial}`;
    const all = { ...effects, [`track ${subject} ${serial}`]: 'kept' };
    marks.put({ mark: 'begin', serial, effects: all });
    const result = await store.commit({ ...transition, tracking: [trackOf(subject, serial)] });
    if (!result.ok) throw new Error(JSON.stringify(result.refusal));
    const made = [...result.created.flatMap(({ copies }) => copies), ...result.splitInto.flat()];
    marks.put({ mark: 'done', serial, ids: [...result.created.map(({ message }) => message), ...made] });
    ids?.(made);
    return true;
  }

  async #trackOrPrune(): Promise<boolean> {
    const { store, marks, next } = this.#parts;
    const serial = next();
    if (serial === undefined) return false;
    const subject = `old;${serial}`;
    const name = `track ${subject} ${serial}`;
    const isPruning = this.#old.length > 3;
    const effects = isPruning ? this.#old.map((each) => [each, null]) : [[name, 'kept']];
    marks.put({ mark: 'begin', serial, effects: Object.fromEntries(effects), piecewise: isPruning });
    if (isPruning) await store.prune(longAgo);
    else {
      const result = await store.commit({ tracking: [{ ...trackOf(subject, serial), at: at(-90_000) }] });
      if (!result.ok) throw new Error(JSON.stringify(result.refusal));
    }
    this.#old = isPruning ? [] : [...this.#old, name];
    marks.put({ mark: 'done', serial, ids: [] });
    return true;
  }

  async #secure(): Promise<boolean> {
    const { random } = this.#parts;
    const messages: NewMessage[] = [];
    const models: CopyModel[] = [];
    for (let count = random.pick([1, 1, 2]); count > 0; count -= 1) {
      const length = random.pick([10, 700, 2900, 5000, 70_000]);
      const octets = repeated(random, length);
      const isStreamed = length > 3000 && random.chance(0.5);
      const content: StoredContent = isStreamed ? await this.#streamed(octets) : { kind: 'inline', octets };
      const { message, copies } = this.#message(content, octets);
      messages.push(message);
      models.push(...copies);
    }
    return this.#create({ create: messages }, models, {});
  }

  async #create(transition: Transition, models: readonly CopyModel[], also: Effects): Promise<boolean> {
    const effects = { ...also, ...Object.fromEntries(models.map((each) => [nameOf(each), copyText(each)])) };
    return this.#commit(transition, effects, (ids) => {
      for (const [index, model] of models.entries()) this.#held.push({ ...model, copy: ids[index] });
    });
  }

  #message(content: StoredContent, octets: Uint8Array): { message: NewMessage; copies: CopyModel[] } {
    const { random, name } = this.#parts;
    const mtsIdentifier = `/P=A/A= /C=GB/;${name}-${random.uint32()}`;
    const envelope = octetsOf(`envelope of ${mtsIdentifier}`.padEnd(random.between(40, 900), '.'));
    const recipients = ['/S=One/P=B/', '/S=Two/P=B/', '/S=Three/P=C/'];
    const priority = random.pick<Priority>(['urgent', 'normal', 'non-urgent']);
    const parts = random.chance(0.4) ? [[0, 1], [2]] : [[0, 1, 2]];
    const held = random.chance(0.2);
    const copies = parts.map((numbers): CopyModel => {
      const state = held ? 'held' : 'queued';
      const rest = { attempts: 0, lastError: '-', envelope: digestOf(envelope), content: digestOf(octets) };
      return { mtsIdentifier, recipients: numbers, nextHop: hop, state, priority, ...rest };
    });
    const message: NewMessage = {
      kind: 'message',
      mtsIdentifier,
      priority,
      originator: '/S=From/P=A/',
      recipients,
      contentLength: octets.length,
      acceptedAt: noon,
      expiresAt: at(86_400),
      envelope,
      content,
      copies: parts.map((numbers) => ({ nextHop: hop, recipients: numbers, held })),
    };
    return { message, copies };
  }

  async #streamed(octets: Uint8Array): Promise<StoredContent> {
    const spool = await this.#parts.store.openSpool();
    for (let from = 0; from < octets.length; from += 16_000) {
      await insisted(spool.write(octets.subarray(from, from + 16_000)));
    }
    await insisted(spool.seal(octetsOf('header')));
    return { kind: 'spooled', spool: spool.name, octets_count: octets.length };
  }

  /** One change of a copy that is held. */
  async #change(index: number): Promise<boolean> {
    const { random } = this.#parts;
    const [held] = this.#held.splice(index, 1);
    const { copy } = held;
    const act =
      held.content === ''
        ? 'finish'
        : random.pick(['finish', 'finish', 'attempt', 'place', 'split', 'strike']);
    if (act === 'finish') return this.#commit({ finish: [copy] }, { [nameOf(held)]: null });
    if (act === 'attempt') {
      const after = { ...held, attempts: held.attempts + 1, lastError: `error${random.between(0, 9)}` };
      const attempt = { copy, at: noon, error: after.lastError, notBefore: at(60), counts: true };
      return this.#changed({ attempts: [attempt] }, after);
    }
    if (act === 'place') {
      const after = { ...held, nextHop: random.pick(hops), state: random.pick(['queued', 'held'] as const) };
      return this.#changed({ place: [{ copy, nextHop: after.nextHop, state: after.state }] }, after);
    }
    if (act === 'split' && held.recipients.length > 1) return this.#split(held);
    this.#held.push(held);
    const key = `stage/${random.between(0, 3)}/${this.#parts.name}`;
    if (random.chance(0.3)) return this.#commit({ dropStrikes: [key] }, { [`strike ${key}`]: null });
    const count = random.between(1, 9);
    return this.#commit(
      { strikes: [{ key, count, at: noon, detail: 'x' }] },
      { [`strike ${key}`]: String(count) },
    );
  }

  #changed(transition: Transition, after: Held): Promise<boolean> {
    return this.#commit(transition, { [nameOf(after)]: copyText(after) }, () => this.#held.push(after));
  }

  #split(held: Held): Promise<boolean> {
    const [first, ...rest] = held.recipients;
    // What is split off is new: it has not been tried.
    const parts = [[first], rest].map((recipients, index): CopyModel => {
      const nextHop = hops[index];
      return { ...held, recipients, nextHop, state: 'queued', attempts: 0, lastError: '-' };
    });
    const into = parts.map(({ nextHop, recipients }) => ({ nextHop, recipients }));
    const effects = Object.fromEntries(parts.map((part) => [nameOf(part), copyText(part)]));
    return this.#commit(
      { split: [{ copy: held.copy, into }] },
      { ...effects, [nameOf(held)]: null },
      (ids) => {
        for (const [index, part] of parts.entries()) this.#held.push({ ...part, copy: ids[index] });
      },
    );
  }

  /** A transfer that comes in by pieces, is interrupted, goes on, and is secured or given up. */
  async #grow(): Promise<boolean> {
    const { store, random, name } = this.#parts;
    const key = `in/${name}/${random.uint32()}`;
    let writer: SpoolWriter = await store.openSpool();
    let growing: Growing = { key, spool: writer.name, octets: new Uint8Array() };
    for (let pieces = random.between(1, 4); pieces > 0; pieces -= 1) {
      const piece = repeated(random, random.pick([100, 9000, 66_000]));
      growing = { ...growing, octets: Buffer.concat([growing.octets, piece]) };
      await insisted(writer.write(piece));
      await insisted(writer.sync());
      if (!(await this.#point(growing))) return this.#left(writer);
      if (!random.chance(0.4)) continue;
      // What comes after the point is lost with the connection.
      await insisted(writer.write(repeated(random, 3000)));
      await writer.release();
      const again = await store.reopenSpool(growing.spool, growing.octets.length);
      if (again === undefined) throw new Error(`${growing.spool} cannot be gone on with`);
      writer = again;
    }
    if (random.chance(0.3)) {
      const going = await this.#commit({ dropRecovery: [key] }, { [`point ${key}`]: null });
      return going ? writer.discard().then(() => true) : this.#left(writer);
    }
    await insisted(writer.seal(octetsOf('header')));
    const content = { kind: 'spooled', spool: growing.spool, octets_count: growing.octets.length } as const;
    const { message, copies } = this.#message(content, growing.octets);
    return this.#create({ create: [message], dropRecovery: [key] }, copies, { [`point ${key}`]: null });
  }

  #point({ key, spool, octets }: Growing): Promise<boolean> {
    const data = octetsOf(String(octets.length));
    const point: RecoveryPoint = { key, link, direction: 'in', savedAt: instant(noon), data, spool };
    return this.#commit(
      { saveRecovery: [point] },
      { [`point ${key}`]: pointText(octets.length, digestOf(octets)) },
    );
  }

  async #left(writer: SpoolWriter): Promise<false> {
    await writer.release();
    return false;
  }
}

function nameOf({ mtsIdentifier, recipients }: CopyModel): string {
  return copyName(mtsIdentifier, recipients);
}

function trackOf(mtsIdentifier: string, serial: number): TrackingRecord {
  const what = { act: 'held', kind: 'message', originator: '', recipients: [] } as const;
  return { at: noon, mtsIdentifier, ...what, detail: { serial } };
}

/** Octets that differ in every sector, made quickly. */
function repeated(random: Random, length: number): Uint8Array {
  const octets = new Uint8Array(length).fill(random.between(1, 255));
  for (let from = 0; from < length; from += 500)
    new DataView(octets.buffer).setUint8(from, random.between(0, 255));
  return octets;
}

async function insisted(step: ReturnType<SpoolWriter['sync']>): Promise<void> {
  const result = await step;
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
}
