// Whether what a probe asks about would have to be converted for a recipient, and whether it could be (X.411
// 06/1999, 14.3.5 and 14.3.9): judged like the message that may follow, by the same configuration, as far as
// its encoded information types tell. Of messages nothing is said here: their contents are looked into when
// they go out or are delivered. Pure.

import type { Configuration } from '../config/index.ts';
import type { TypesConversion } from '../content/index.ts';
import { parseNextHopKey, type RouteDecision } from '../routing/index.ts';
import { conversionPlans, linkPlans } from './conversion-plans.ts';
import { convertible } from './conversion-verdict.ts';
import { convertTypesBy } from './convert-types-by.ts';
import type { Subject } from './replaced-recipients.ts';

/** Judges recipients by where they go. */
export function probeConversion(
  { deliver, links }: Pick<Configuration, 'deliver' | 'links'>,
  value: Subject,
  contentLength: number,
): (recipient: number, decision: RouteDecision) => TypesConversion {
  const unneeded: TypesConversion = { kind: 'unneeded' };
  if (value.kind !== 'probe' || !convertible(value)) return () => unneeded;
  return (recipient, decision) => {
    if (decision.kind !== 'deliver' && decision.kind !== 'link') return unneeded;
    const hop = parseNextHopKey(decision.nextHop);
    const among = hop?.kind === 'link' ? links : hop?.kind === 'deliver' ? deliver : [];
    const conversion = among.find(({ name }) => name === hop?.name)?.conversion;
    if (conversion === undefined) return unneeded;
    const explicit = value.envelope.perRecipientFields[recipient]?.explicitConversion;
    const make = hop?.kind === 'link' ? linkPlans : conversionPlans;
    const plans = make(value.envelope, explicit, conversion);
    if (plans !== undefined) return convertTypesBy(value, contentLength, plans);
    return {
      kind: 'failed',
      why: 'impractical',
      explanation: `explicit conversion ${explicit} is not made here`,
    };
  };
}
