// Conversion on the way to local delivery: whoever delivers gets the content as the recipient can take it, or
// as the originator explicitly asked, and the copy in the queue stays as it came. Nothing is converted that
// needs none. What cannot or must not be converted is the verdict on those recipients, with its diagnostic,
// the original kept in a dump. A content is converted whole, so its size has a limit.

import { concat } from '../base/octets.ts';
import type { ConversionConfiguration } from '../config/index.ts';
import {
  acceptsTypes,
  type Conversion,
  convertContent,
  contentTypeOid,
  lostCharacters,
  oidOfP2,
  oidOfP22,
} from '../content/index.ts';
import type { Emit } from '../events/index.ts';
import type { NonDeliveryCause } from '../report/index.ts';
import type { QueuedCopy, Store } from '../store/index.ts';
import { conversionPlans, type ExplicitConversion, type PlannedConversion } from './conversion-plans.ts';
import { keepOriginal } from './kept-original.ts';
import type { LocalDelivery, RecipientDelivery } from './local-delivery.ts';
import type { Dumps } from './poison-ports.ts';
import type { StoredValue } from './stored-value.ts';

/** The longest content that is converted, in octets. Default 1 MiB: it is in memory a few times meanwhile. */
export const conversion_octets_max = 1024 * 1024;

export interface ConvertingDeliveryParts {
  readonly delivery: LocalDelivery;
  readonly conversion: ConversionConfiguration;
  readonly store: Pick<Store, 'readContent'>;
  readonly dumps: Dumps | undefined;
  readonly emit: Emit;
}

type Message = Extract<StoredValue, { kind: 'message' }>;
type Failed = Extract<Conversion, { kind: 'failed' }>;
type Ready =
  | { readonly kind: 'ready'; readonly copy: QueuedCopy; readonly value: Message; readonly said?: string }
  | Failed;

const causes: Readonly<Record<Failed['why'], NonDeliveryCause>> = {
  prohibited: 'implicit-conversion-prohibited',
  'with-loss-prohibited': 'conversion-with-loss-prohibited',
  unsupported: 'eits-unsupported',
  impractical: 'conversion-impractical',
};

export class ConvertingDelivery implements LocalDelivery {
  readonly #parts: ConvertingDeliveryParts;

  constructor(parts: ConvertingDeliveryParts) {
    this.#parts = parts;
  }

  async deliver(copy: QueuedCopy, value: StoredValue): Promise<readonly RecipientDelivery[]> {
    const { delivery } = this.#parts;
    if (value.kind !== 'message' || !convertible(value)) return delivery.deliver(copy, value);
    const outcomes: RecipientDelivery[] = [];
    for (const [explicit, recipients] of byExplicitConversion(copy, value)) {
      outcomes.push(...(await this.#deliverTo({ ...copy, recipients }, value, explicit)));
    }
    return outcomes;
  }

  async #deliverTo(
    copy: QueuedCopy,
    value: Message,
    explicit: ExplicitConversion,
  ): Promise<readonly RecipientDelivery[]> {
    const ready = await this.#ready(copy, value, explicit);
    if (ready.kind === 'failed') return this.#refused(copy, ready);
    const outcomes = await this.#parts.delivery.deliver(ready.copy, ready.value);
    const { said } = ready;
    if (said === undefined) return outcomes;
    return outcomes.map((each) => (each.kind === 'delivered' ? { ...each, converted: said } : each));
  }

  async #ready(copy: QueuedCopy, value: Message, explicit: ExplicitConversion): Promise<Ready> {
    const plans = conversionPlans(value.envelope, explicit, this.#parts.conversion);
    if (plans === undefined) {
      const explanation = `explicit conversion ${explicit} is not made here`;
      return { kind: 'failed', why: 'impractical', explanation };
    }
    if (plans.length === 0) return { kind: 'ready', copy, value };
    if (copy.contentLength > conversion_octets_max) {
      // Of a content that is not read, its encoded information types say what it holds.
      const { originalEncodedInformationTypes: types } = value.envelope;
      const all = plans.every(({ kind, plan }) => kind === 'implicit' && acceptsTypes(types, plan.accepts));
      if (all) return { kind: 'ready', copy, value };
      const explanation = `contents of more than ${conversion_octets_max} octets are not converted`;
      return { kind: 'failed', why: 'impractical', explanation };
    }
    const content = await this.#contentOf(copy);
    // Whoever delivers finds out what is wrong with the content, and says so.
    return content === undefined
      ? { kind: 'ready', copy, value }
      : converted({ copy, value }, content, plans);
  }

  async #refused(copy: QueuedCopy, failed: Failed): Promise<readonly RecipientDelivery[]> {
    const { store, dumps, emit } = this.#parts;
    const dump = await keepOriginal(copy, failed.explanation, { store, dumps });
    const { mtsIdentifier, recipients } = copy;
    const cause = causes[failed.why];
    const lost = failed.loss && lostCharacters(failed.loss);
    emit('conversion-failed', {
      mtsIdentifier,
      recipients: recipients.map(({ address }) => address),
      cause,
      detail: failed.explanation,
      lost,
      dump,
    });
    const failure = { lasting: 'permanent', code: 'conversion', detail: failed.explanation, cause } as const;
    return recipients.map(({ number }) => ({ kind: 'failed', recipient: number, failure }));
  }

  async #contentOf(copy: QueuedCopy): Promise<Uint8Array | undefined> {
    if (copy.content.kind === 'inline') return copy.content.octets;
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < copy.contentLength; ) {
      const { store } = this.#parts;
      const piece = await store.readContent(copy.message, at, copy.contentLength - at).catch(() => undefined);
      if (piece === undefined || piece.length === 0) return undefined;
      pieces.push(piece);
      at += piece.length;
    }
    return concat(pieces);
  }
}

/** P2 and P22 are what is read here; other contents are delivered as they are. */
function convertible({ envelope }: Message): boolean {
  const oid = contentTypeOid(envelope.contentType);
  return oid === oidOfP2 || oid === oidOfP22;
}

function byExplicitConversion(
  copy: QueuedCopy,
  { envelope }: Message,
): ReadonlyMap<ExplicitConversion, QueuedCopy['recipients']> {
  const groups = new Map<ExplicitConversion, QueuedCopy['recipients'][number][]>();
  for (const recipient of copy.recipients) {
    const explicit = envelope.perRecipientFields[recipient.number]?.explicitConversion;
    const group = groups.get(explicit);
    if (group === undefined) groups.set(explicit, [recipient]);
    else group.push(recipient);
  }
  return groups;
}

function converted(
  { copy, value }: { readonly copy: QueuedCopy; readonly value: Message },
  content: Uint8Array,
  plans: readonly PlannedConversion[],
): Ready {
  let octets = content;
  let { envelope } = value;
  const said: string[] = [];
  for (const { kind, plan } of plans) {
    const made = convertContent(octets, plan);
    if (made.kind === 'failed') return made;
    if (made.kind === 'unneeded') continue;
    octets = made.content;
    if (made.needsP22) envelope = { ...envelope, contentType: p22 };
    const lost = lostCharacters(made.loss);
    said.push(`${kind}: ${made.parts_count} texts to ${plan.text}, ${lost} characters lost`);
  }
  if (said.length === 0) return { kind: 'ready', copy, value };
  const changed = { ...copy, contentLength: octets.length, content: { kind: 'inline', octets } } as const;
  return { kind: 'ready', copy: changed, value: { kind: 'message', envelope }, said: said.join('; ') };
}

const p22 = { kind: 'builtIn', value: 'interpersonal-messaging-1988' } as const;
