// Conversion on the way to local delivery: whoever delivers gets the content as the recipient can take it, or
// as the originator explicitly asked, and the copy in the queue stays as it came. Nothing is converted that
// needs none. What cannot or must not be converted is the verdict on those recipients, with its diagnostic,
// the original kept in a dump.

import type { ConversionConfiguration } from '../config/index.ts';
import { type FailedConversion, lostCharacters } from '../content/index.ts';
import type { Emit } from '../events/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import { byExplicitConversion, conversionCause, convertible } from './conversion-verdict.ts';
import { conversionPlans, type ExplicitConversion } from './conversion-plans.ts';
import { convertCopy, type Conversions, type ConversionsParts, type Message } from './conversions.ts';
import { keepOriginal } from './kept-original.ts';
import type { LocalDelivery, RecipientDelivery } from './local-delivery.ts';
import type { Dumps } from './poison-ports.ts';
import type { StoredValue } from './stored-value.ts';

export interface ConvertingDeliveryParts extends ConversionsParts {
  readonly delivery: LocalDelivery;
  readonly conversion: ConversionConfiguration;
  readonly dumps: Dumps | undefined;
  readonly emit: Emit;
}

export class ConvertingDelivery implements LocalDelivery {
  readonly #parts: ConvertingDeliveryParts;
  readonly #stopping = new AbortController();

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

  /** What takes long is broken off, to be done again after the next start. */
  stop(): void {
    this.#stopping.abort('the MTA stops');
  }

  async #deliverTo(
    copy: QueuedCopy,
    value: Message,
    explicit: ExplicitConversion,
  ): Promise<readonly RecipientDelivery[]> {
    const made = await this.#converted(copy, value, explicit);
    switch (made.kind) {
      case 'unneeded':
        return this.#parts.delivery.deliver(copy, value);
      case 'failed':
        return this.#refused(copy, made);
      case 'no-room':
      case 'broken': {
        const noRoom = made.kind === 'no-room';
        const { detail } = made;
        const failure = { lasting: 'temporary', code: 'conversion', detail, noRoom } as const;
        return copy.recipients.map(({ number }) => ({ kind: 'failed', recipient: number, failure }));
      }
      case 'converted': {
        const { said, types } = made;
        try {
          const outcomes = await this.#parts.delivery.deliver(made.copy, made.value, made.reader);
          return outcomes.map((each) =>
            each.kind === 'delivered' ? { ...each, converted: { said, types } } : each,
          );
        } finally {
          await made.discard();
        }
      }
    }
  }

  async #converted(copy: QueuedCopy, value: Message, explicit: ExplicitConversion): Promise<Conversions> {
    const { conversion } = this.#parts;
    const plans = conversionPlans(value.envelope, explicit, conversion);
    if (plans === undefined) {
      const explanation = `explicit conversion ${explicit} is not made here`;
      return { kind: 'failed', why: 'impractical', explanation };
    }
    if (plans.length === 0) return { kind: 'unneeded' };
    const { signal } = this.#stopping;
    return convertCopy(this.#parts, { copy, value }, { plans, time_ms: conversion.time, signal });
  }

  async #refused(copy: QueuedCopy, failed: FailedConversion): Promise<readonly RecipientDelivery[]> {
    const { store, dumps, emit } = this.#parts;
    const dump = await keepOriginal(copy, failed.explanation, { store, dumps });
    const { mtsIdentifier, recipients } = copy;
    const cause = conversionCause(failed);
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
}
