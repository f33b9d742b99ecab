// Which conversions a message needs before a recipient gets it, in order (X.411 06/1999, 8.2.1.1.1.27 to
// .30): the one that the originator asks for explicitly, then the implicit one that the users of a deliver
// space need. Whether each is permitted, the envelope says. Pure.

import type { ConversionConfiguration } from '../config/index.ts';
import { type ConversionPlan, repertoires, type Repertoire } from '../content/index.ts';
import { hasPerMessageIndicator, type MessageTransferEnvelope, readExtension } from '../p1/index.ts';

export type ExplicitConversion = MessageTransferEnvelope['perRecipientFields'][number]['explicitConversion'];

export interface PlannedConversion {
  readonly kind: 'explicit' | 'implicit';
  readonly plan: ConversionPlan;
}

/** The plans; undefined where an explicit conversion is asked for that is not made here (facsimile…). */
export function conversionPlans(
  envelope: Pick<MessageTransferEnvelope, 'extensions' | 'perMessageIndicators'>,
  explicit: ExplicitConversion,
  configuration: ConversionConfiguration,
): readonly PlannedConversion[] | undefined {
  const { text, others, substitution, nearest, wrap, textSize: text_octets_max } = configuration;
  const lossless = readExtension(envelope.extensions, 'conversion-with-loss-prohibited');
  const withLoss = lossless.ok && lossless.value !== 'conversion-with-loss-prohibited';
  const how = { substitution, nearest, wrap, withLoss, text_octets_max };
  const plans: PlannedConversion[] = [];
  if (explicit !== undefined) {
    const asked = explicitRules(explicit);
    if (asked === undefined) return undefined;
    plans.push({ kind: 'explicit', plan: { ...how, ...asked, permitted: true } });
  }
  if (takesNotAll(configuration)) {
    const permitted = !hasPerMessageIndicator(
      envelope.perMessageIndicators,
      'implicit-conversion-prohibited',
    );
    const accepts = configuration.accepts.length === 0 ? repertoires : configuration.accepts;
    const rules = { accepts: new Set(accepts), text: text === 'none' ? undefined : text, others };
    plans.push({ kind: 'implicit', plan: { ...how, ...rules, permitted } });
  }
  return plans;
}

/** Whether anything is to be looked at. */
export function takesNotAll({ accepts, others }: ConversionConfiguration): boolean {
  return accepts.length > 0 || !others;
}

/** The same for a link: an explicit conversion that is not made here, others may make. */
export function linkPlans(
  envelope: Parameters<typeof conversionPlans>[0],
  explicit: ExplicitConversion,
  configuration: ConversionConfiguration,
): readonly PlannedConversion[] {
  if (!takesNotAll(configuration)) return [];
  const asked = configuration.accepts.length === 0 ? undefined : explicit;
  return (
    conversionPlans(envelope, asked, configuration) ??
    conversionPlans(envelope, undefined, configuration) ??
    []
  );
}

function explicitRules(
  explicit: NonNullable<ExplicitConversion>,
): Pick<ConversionPlan, 'accepts' | 'text'> | undefined {
  switch (explicit) {
    case 'ia5-text-to-teletex':
      return { accepts: allBut('ia5'), text: 't61' };
    case 'teletex-to-ia5-text':
      return { accepts: allBut('t61'), text: 'ia5' };
    default:
      return undefined;
  }
}

function allBut(one: Repertoire): ReadonlySet<Repertoire> {
  return new Set(repertoires.filter((each) => each !== one));
}
