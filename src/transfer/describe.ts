// Messages in words: the fields by which the queue, the tracking records and the log name a stored value.

import { printGlobalDomainIdentifier, printMTSIdentifier, printORAddress } from '../address/index.ts';
import { mapInSteps, atOnce, type Steps } from '../base/steps.ts';
import { contentTypeName, contentTypeOid } from '../content/index.ts';
import type { ContentType } from '../p1/index.ts';
import type { MessageKind, Priority } from '../store/index.ts';
import type { StoredValue } from './stored-value.ts';

export interface Description {
  readonly kind: MessageKind;
  readonly mtsIdentifier: string;
  readonly priority: Priority;
  /** Of a report, the domain that made it. */
  readonly originator: string;
  /** O/R addresses by their index in the envelope; of a report, the one that it goes to. */
  readonly recipients: readonly string[];
  readonly contentType?: string;
}

/**
 * The fields of a value. Reports travel like urgent messages (X.411 14.3.1: they have no priority of their
 * own).
 */
export function describe(value: StoredValue): Description {
  return atOnce(describeInSteps(value));
}

/** The same in steps, for values with many recipients. */
export function* describeInSteps(value: StoredValue): Steps<Description> {
  switch (value.kind) {
    case 'message': {
      const priority = priorityOf(value.envelope.priority);
      return { ...(yield* described(value.envelope)), kind: 'message', priority };
    }
    case 'probe': {
      const { probeIdentifier: messageIdentifier, ...rest } = value.envelope;
      return { ...(yield* described({ ...rest, messageIdentifier })), kind: 'probe', priority: 'normal' };
    }
    case 'report':
      return {
        kind: 'report',
        mtsIdentifier: printMTSIdentifier(value.report.envelope.reportIdentifier),
        priority: 'urgent',
        originator: printGlobalDomainIdentifier(
          value.report.envelope.reportIdentifier.globalDomainIdentifier,
        ),
        recipients: [printORAddress(value.report.envelope.reportDestinationName)],
      };
  }
}

/** The MTS identifier of a value in text form. */
export function identifierOf(value: StoredValue): string {
  switch (value.kind) {
    case 'message':
      return printMTSIdentifier(value.envelope.messageIdentifier);
    case 'probe':
      return printMTSIdentifier(value.envelope.probeIdentifier);
    case 'report':
      return printMTSIdentifier(value.report.envelope.reportIdentifier);
  }
}

function* described(envelope: {
  readonly messageIdentifier: Parameters<typeof printMTSIdentifier>[0];
  readonly originatorName: Parameters<typeof printORAddress>[0];
  readonly contentType: ContentType;
  readonly perRecipientFields: readonly { readonly recipientName: Parameters<typeof printORAddress>[0] }[];
}): Steps<Omit<Description, 'kind' | 'priority'>> {
  return {
    mtsIdentifier: printMTSIdentifier(envelope.messageIdentifier),
    originator: printORAddress(envelope.originatorName),
    recipients: yield* mapInSteps(envelope.perRecipientFields, ({ recipientName }) =>
      printORAddress(recipientName),
    ),
    contentType: contentTypeOid(envelope.contentType) ?? contentTypeName(envelope.contentType),
  };
}

function priorityOf(priority: string | number): Priority {
  return priority === 'urgent' || priority === 'non-urgent' ? priority : 'normal';
}
