// What is sent otherwise than the Recommendation has it, because a link says that its peer needs it so. Pure.
// Invariants: without a tolerance the value is the same object; what is stored never changes, only what this
// peer gets; extensions that are critical are never left out.

import type { DepartureTolerance, LinkConfiguration } from '../config/index.ts';
import {
  criticalityBits,
  type ExtensionField,
  extensionNameOf,
  isCritical,
  type Report,
  withExplicitType,
  withoutInternalTrace,
} from '../p1/index.ts';
import type { StoredValue } from './stored-value.ts';

export interface Departing {
  readonly value: StoredValue;
  /** The tolerances that changed something. */
  readonly used: readonly DepartureTolerance[];
}

type Fields = readonly ExtensionField[];
type Step = readonly [DepartureTolerance, (fields: Fields) => Fields];

/** Leave-outs come before the form of what is left. */
const steps: readonly Step[] = [
  ['stripInternalTrace', withoutInternalTrace],
  ['stripPrivateExtensions', (fields) => kept(fields, isOfX411OrCritical)],
  ['explicitExtensionTypes', (fields) => fields.map(withExplicitType)],
];

/** The value as this peer gets it. */
export function departing(
  value: StoredValue,
  link: Partial<Pick<LinkConfiguration, 'tolerances'>>,
): Departing {
  const { tolerances } = link;
  if (tolerances === undefined) return { value, used: [] };
  const due = steps.filter(([name]) => tolerances[name]);
  const strips = tolerances.stripBilateralInformation;
  if (due.length === 0 && !strips) return { value, used: [] };
  const used = new Set<DepartureTolerance>();
  const mend = (fields: Fields): Fields => {
    let now = fields;
    for (const [name, step] of due) {
      const next = step(now);
      if (next.length === now.length && next.every((field, index) => field === now[index])) continue;
      used.add(name);
      now = next;
    }
    return now;
  };
  const mended = <T extends { readonly extensions: Fields }>(of: T): T => {
    const extensions = mend(of.extensions);
    return extensions === of.extensions ? of : { ...of, extensions };
  };
  const changed = withExtensions(value, mended);
  if (!strips || changed.kind === 'report') return { value: changed, used: [...used] };
  const { perDomainBilateralInformation, ...envelope } = changed.envelope;
  if (perDomainBilateralInformation === undefined) return { value: changed, used: [...used] };
  used.add('stripBilateralInformation');
  return { value: { kind: changed.kind, envelope } as StoredValue, used: [...used] };
}

type Mended = <T extends { readonly extensions: Fields }>(of: T) => T;

function withExtensions(value: StoredValue, mended: Mended): StoredValue {
  switch (value.kind) {
    case 'message':
      return { kind: 'message', envelope: withPerRecipient(value.envelope, mended) };
    case 'probe':
      return { kind: 'probe', envelope: withPerRecipient(value.envelope, mended) };
    case 'report': {
      const envelope = mended(value.report.envelope);
      const content = withPerRecipient(value.report.content, mended);
      const same = envelope === value.report.envelope && content === value.report.content;
      const report: Report = same ? value.report : { ...value.report, envelope, content };
      return { kind: 'report', report };
    }
  }
}

function withPerRecipient<
  R extends { readonly extensions: Fields },
  T extends { readonly extensions: Fields; readonly perRecipientFields: readonly R[] },
>(of: T, mended: Mended): T {
  const whole = mended(of);
  const perRecipientFields = whole.perRecipientFields.map((fields) => mended(fields));
  const same = perRecipientFields.every((fields, index) => fields === whole.perRecipientFields[index]);
  return same ? whole : { ...whole, perRecipientFields };
}

function kept(fields: Fields, keeps: (field: ExtensionField) => boolean): Fields {
  return fields.every(keeps) ? fields : fields.filter(keeps);
}

function isOfX411OrCritical(field: ExtensionField): boolean {
  if (extensionNameOf(field) !== undefined) return true;
  return (Object.keys(criticalityBits) as (keyof typeof criticalityBits)[]).some((step) =>
    isCritical(field, step),
  );
}
