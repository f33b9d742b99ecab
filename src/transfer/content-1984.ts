// The content on its way to a peer of 1984 whose link asks for P2 (contentDowngrade: p2): P22 becomes P2
// (RFC 1328 5; X.420 06/1999), and what cannot become it is the verdict on the message, never on the link.
// The only place of the MTA where a content that passes is made anew: links that do not ask, links of 1988
// and contents of other types are never touched. A content is made anew whole, so its size has a limit; one
// that is longer is reported, with the limit. Pure; the same copy gives the same octets every time, so that a
// broken transfer can go on.

import { hasBit } from '../asn1/index.ts';
import { err, ok, type Result } from '../base/result.ts';
import type { LinkConfiguration } from '../config/index.ts';
import { downgradeContent, oidOfP22 } from '../content/index.ts';
import { type MessageTransferEnvelope, perMessageIndicatorBits } from '../p1/index.ts';
import type { NonDeliveryCause } from '../report/index.ts';
import type { QueuedCopy } from '../store/index.ts';
import { withConvertedTypes } from './converted-trace.ts';
import { speaks1984 } from './peer-protocol.ts';

/**
 * The longest content that is made anew, in octets. Default 1 MiB: it is in memory twice while it is made,
 * and takes the event loop for some milliseconds.
 */
export const content_downgrade_octets_max = 1024 * 1024;

export interface Message1984 {
  /** Of the content that goes out. */
  readonly envelope: MessageTransferEnvelope;
  readonly content: Uint8Array;
}

export interface ContentFailure {
  readonly cause: Extract<NonDeliveryCause, 'unable-to-downgrade' | 'implicit-conversion-prohibited'>;
  readonly explanation: string;
}

/** Whether the content of this copy goes out by this link as another one. */
export function becomesP2(
  copy: Pick<QueuedCopy, 'kind' | 'contentType'>,
  link: Pick<LinkConfiguration, 'mode'> & Partial<Pick<LinkConfiguration, 'contentDowngrade'>>,
): boolean {
  const asked = speaks1984(link.mode) && link.contentDowngrade === 'p2';
  return asked && copy.kind === 'message' && copy.contentType === oidOfP22;
}

/** The message with a P2 content, or why there is none. */
export function messageWithP2(
  envelope: MessageTransferEnvelope,
  content: QueuedCopy['content'],
): Result<Message1984, ContentFailure> {
  if (content.kind !== 'inline') {
    const said = `P22 contents of more than ${content_downgrade_octets_max} octets are not made P2 here`;
    return err({ cause: 'unable-to-downgrade', explanation: said });
  }
  const { octets } = content;
  const bit = perMessageIndicatorBits['implicit-conversion-prohibited'];
  const prohibited = hasBit(envelope.perMessageIndicators, bit);
  const made = downgradeContent(octets, { conversion: prohibited ? 'prohibited' : 'allowed' });
  if (!made.ok) {
    const cause =
      prohibited && downgradeContent(octets).ok ? 'implicit-conversion-prohibited' : 'unable-to-downgrade';
    return err({ cause, explanation: made.error });
  }
  const types = made.value.encodedInformationTypes;
  return ok({
    envelope: {
      ...(types === undefined ? envelope : withConvertedTypes(envelope, types)),
      contentType: { kind: 'builtIn', value: 'interpersonal-messaging-1984' },
    },
    content: made.value.content,
  });
}
