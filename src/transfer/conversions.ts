// Carries out the conversions that a copy needs, in order, for whoever delivers it or transfers it: short
// contents at once, others by the converter, within their time. The copy in the queue stays as it came; what
// is made is for this delivery or transfer alone. Invariant: nothing that was written outlives what was made.

import { after, type Clock, type Millis } from '../base/time.ts';
import {
  convertContent,
  type ConvertedInto,
  type FailedConversion,
  lostCharacters,
  oidOfP22,
} from '../content/index.ts';
import type { EncodedInformationTypes } from '../p1/index.ts';
import type { QueuedCopy, Store } from '../store/index.ts';
import { type ContentConverter, ConverterInSteps } from './content-converter.ts';
import type { PlannedConversion } from './conversion-plans.ts';
import type { Ledger } from './ledger.ts';
import { MadeContent, type OctetSource, type Room, type SpoolStore, WrittenContent } from './made-content.ts';
import type { StoredValue } from './stored-value.ts';

/** Contents up to here are converted at once, in octets: a step of a millisecond or two. */
const at_once_octets_max = 8 * 1024;
/** What is made and is no longer than this is in memory. */
const inline_octets_max = 64 * 1024;

export type Message = Extract<StoredValue, { kind: 'message' }>;

export interface ConversionsParts {
  readonly converter: ContentConverter;
  readonly store: Pick<Store, 'readContent'>;
  readonly spools: SpoolStore;
  /** Whether spools may be begun at present. */
  readonly room: Room;
  readonly clock: Clock;
}

/** As an MTA does it: by the converter that it was given, or in steps on the event loop. */
export function conversionsOn(
  ledger: Pick<Ledger, 'store' | 'spools'>,
  { clock, converter }: { readonly clock: Clock; readonly converter?: ContentConverter },
  room: Room = () => undefined,
): ConversionsParts {
  const { store, spools } = ledger;
  return { converter: converter ?? new ConverterInSteps(clock), store, spools, room, clock };
}

/** What is to be done, and for how long. */
export interface ConversionTask {
  readonly plans: readonly PlannedConversion[];
  readonly time_ms: Millis;
  readonly signal?: AbortSignal | undefined;
}

export interface ConvertedCopy {
  readonly kind: 'converted';
  /** With the content as it became, its type and length; its envelope as it came. */
  readonly copy: QueuedCopy;
  readonly value: Message;
  /** Reads the content, where it is not in the copy. */
  readonly reader: Pick<Store, 'readContent'>;
  readonly types: EncodedInformationTypes;
  /** For the log. */
  readonly said: string;
  /** Tells what was made of one content from what is made of another. */
  readonly digest: string;
  /** It is not needed any more. */
  discard(): Promise<void>;
}

export type Conversions = ConvertedCopy | { readonly kind: 'unneeded' } | FailedConversion | Broken | NoRoom;
type Broken = { readonly kind: 'broken'; readonly detail: string };
/** It would need a spool, and the disk of the store has no room for one: not now. */
export type NoRoom = { readonly kind: 'no-room'; readonly detail: string };

/** A content on its way through the plans. */
interface Stage {
  readonly source: OctetSource;
  readonly octets_count: number;
  readonly inline: Uint8Array | undefined;
  readonly digest: string;
}

type Step =
  | { readonly stage: Stage; readonly made: ConvertedInto }
  | 'unneeded'
  | FailedConversion
  | Broken
  | NoRoom;

/** Converts the content of a copy. The world's failures are `broken`; it never rejects for them. */
export async function convertCopy(
  parts: ConversionsParts,
  { copy, value }: { readonly copy: QueuedCopy; readonly value: Message },
  task: ConversionTask,
): Promise<Conversions> {
  const written: WrittenContent[] = [];
  const discard = async (): Promise<void> => {
    await Promise.all(written.map((each) => each.discard()));
  };
  const time = timed(parts.clock, task);
  try {
    const result = await inOrder({ parts, task, written, signal: time.signal }, copy);
    if (result.kind === 'converted') return convertedCopy({ copy, value }, { ...result, discard });
    await discard();
    if (result.kind !== 'broken' || !time.late()) return result;
    const explanation = `it took longer than ${Math.round(task.time_ms / 1000)} s`;
    return { kind: 'failed', why: 'impractical', explanation };
  } catch (error) {
    await discard();
    throw error;
  } finally {
    time.cancel();
  }
}

interface Work {
  readonly parts: ConversionsParts;
  readonly task: ConversionTask;
  /** All that was written, to be discarded at the end. */
  readonly written: WrittenContent[];
  readonly signal: AbortSignal;
}

interface Done {
  readonly kind: 'converted';
  readonly stage: Stage;
  readonly types: EncodedInformationTypes;
  readonly needsP22: boolean;
  readonly said: string;
}

async function inOrder(
  work: Work,
  copy: QueuedCopy,
): Promise<Done | { readonly kind: 'unneeded' } | FailedConversion | Broken | NoRoom> {
  let stage = stageOf(copy, work.parts.store);
  let types: EncodedInformationTypes | undefined;
  let needsP22 = false;
  const said: string[] = [];
  for (const { kind, plan } of work.task.plans) {
    const step = await converted(work, stage, plan);
    if (step === 'unneeded') continue;
    if ('kind' in step) return step;
    ({ stage } = step);
    types = step.made.encodedInformationTypes;
    needsP22 ||= step.made.needsP22;
    const { parts_count, loss } = step.made;
    const broken = loss.line === 0 ? '' : `, ${loss.line} lines broken`;
    const lost = `${lostCharacters(loss)} characters lost${broken}`;
    said.push(`${kind}: ${parts_count} texts to ${plan.text}, ${lost}`);
  }
  if (types === undefined) return { kind: 'unneeded' };
  if (stage.inline === undefined && stage.octets_count <= inline_octets_max) {
    const inline = await stage.source.read(0, stage.octets_count);
    if (inline === undefined) return { kind: 'broken', detail: 'what was converted cannot be read' };
    stage = { ...stage, inline };
  }
  return { kind: 'converted', stage, types, needsP22, said: said.join('; ') };
}

function stageOf(copy: QueuedCopy, store: Pick<Store, 'readContent'>): Stage {
  const { contentLength: octets_count, content, message } = copy;
  const inline = content.kind === 'inline' ? content.octets : undefined;
  const source =
    inline === undefined
      ? { read: (at: number, octets_max: number) => store.readContent(message, at, octets_max) }
      : inMemory(inline);
  return { source, octets_count, inline, digest: '' };
}

function inMemory(octets: Uint8Array): OctetSource {
  return { read: async (at, octets_max) => octets.subarray(at, at + octets_max) };
}

async function converted(
  { parts, written, signal }: Work,
  stage: Stage,
  plan: PlannedConversion['plan'],
): Promise<Step> {
  if (stage.inline !== undefined && stage.inline.length <= at_once_octets_max) {
    const made = convertContent(stage.inline, plan);
    if (made.kind === 'unneeded') return 'unneeded';
    if (made.kind === 'failed') return made;
    const { content } = made;
    return {
      stage: { source: inMemory(content), octets_count: content.length, inline: content, digest: '' },
      made,
    };
  }
  const out = new WrittenContent(parts.spools, parts.room);
  written.push(out);
  const io = {
    read: (at: number, octets_max: number) => stage.source.read(at, octets_max),
    write: (octets: Uint8Array) => out.write(octets),
  };
  const made = await parts.converter.convert({ octets_count: stage.octets_count, plan }, io, signal);
  if (out.noRoom !== undefined) return { kind: 'no-room', detail: `conversion: ${out.noRoom}` };
  if (made.kind === 'unneeded') return 'unneeded';
  if (made.kind !== 'converted') return made;
  const detail = await out.end();
  if (detail !== undefined) return { kind: 'broken', detail };
  const content = new MadeContent(made.pieces, { kept: stage.source, written: out });
  const { octets_count } = content;
  return {
    stage: { source: content, octets_count, inline: undefined, digest: `${stage.digest}${out.digest}` },
    made,
  };
}

function convertedCopy(
  { copy, value }: { readonly copy: QueuedCopy; readonly value: Message },
  { stage, types, needsP22, said, discard }: Done & Pick<ConvertedCopy, 'discard'>,
): ConvertedCopy {
  const { source, inline, octets_count, digest } = stage;
  const envelope = needsP22 ? { ...value.envelope, contentType: p22 } : value.envelope;
  const content =
    inline === undefined
      ? ({ kind: 'spooled', spool: '', octets_count } as const)
      : ({ kind: 'inline', octets: inline } as const);
  const became: Message = { kind: 'message', envelope };
  return {
    kind: 'converted',
    copy: {
      ...copy,
      contentLength: octets_count,
      content,
      ...(needsP22 && { contentType: oidOfP22 }),
    },
    value: became,
    reader: { readContent: (_, at, octets_max) => source.read(at, octets_max) },
    types,
    said,
    digest,
    discard,
  };
}

const p22 = { kind: 'builtIn', value: 'interpersonal-messaging-1988' } as const;

/** Ends with the time that a conversion has, or with its caller. */
function timed(clock: Clock, { time_ms, signal: outer }: ConversionTask) {
  const inner = new AbortController();
  let isLate = false;
  const cancel = clock.schedule(after(clock.now(), time_ms), () => {
    isLate = true;
    inner.abort('its time is over');
  });
  const signal = outer === undefined ? inner.signal : AbortSignal.any([inner.signal, outer]);
  return { signal, cancel, late: () => isLate };
}
