// MTS-APDUs for the regressions: a good one from the neighbour's domain, and the ways in which it can be
// bad. Changes are made on the value where the encoder allows it, and on the octets where it does not.

import assert from 'node:assert/strict';
import { parseMTSIdentifier, parseORAddress } from '../../src/address/index.ts';
import { bitsOf } from '../../src/asn1/index.ts';
import { concat, fromLatin1 } from '../../src/base/octets.ts';
import { encodeMTSAPDU, type MessageTransferEnvelope, type MTSAPDU } from '../../src/p1/index.ts';

let messages = 0;

type Name = MessageTransferEnvelope['originatorName'];

export function address(text: string): Name {
  const parsed = parseORAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

/** The envelope of a message from A's domain to a user of B, with changes. */
export function envelopeWith(changes: Partial<MessageTransferEnvelope> = {}): MessageTransferEnvelope {
  messages += 1;
  const identifier = parseMTSIdentifier(`/P=A/A= /C=GB/;M${messages}`);
  assert.ok(identifier.ok);
  const { globalDomainIdentifier } = identifier.value;
  return {
    messageIdentifier: identifier.value,
    originatorName: address('/S=Sender/P=A/A= /C=GB/'),
    contentType: { kind: 'builtIn', value: 22 },
    contentIdentifier: 'CORRELATE-ME',
    priority: 'normal',
    perMessageIndicators: bitsOf([], 0),
    traceInformation: [
      {
        globalDomainIdentifier,
        domainSuppliedInformation: {
          arrivalTime: '260601115900Z',
          routingAction: 'relayed',
          otherActions: bitsOf([], 0),
        },
      },
    ],
    extensions: [],
    perRecipientFields: [
      {
        recipientName: address('/S=User/P=B/A= /C=GB/'),
        originallySpecifiedRecipientNumber: 1,
        perRecipientIndicators: bitsOf([0, 2, 4], 8),
        extensions: [],
      },
    ],
    ...changes,
  };
}

export function messageWith(
  changes: Partial<MessageTransferEnvelope> = {},
  content: Uint8Array = new Uint8Array(50),
): Uint8Array {
  const apdu: MTSAPDU = { kind: 'message', value: { envelope: envelopeWith(changes), content } };
  return encodeMTSAPDU(apdu, 'tolerant');
}

/** An element with a definite length. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const whole = concat([...contents, new Uint8Array()]);
  const { length } = whole;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  return concat([Uint8Array.from(head), whole]);
}

/** A message whose content is these octets of encoding, whatever they say of themselves. */
export function messageWithRawContent(content: Uint8Array, indefinite = false): Uint8Array {
  const whole = messageWith({}, new Uint8Array());
  // The content of no octets is at the end: 04 00. The message before it has a length of two octets and its
  // tag.
  const envelope = whole.subarray(whole[1] < 0x80 ? 2 : 2 + (whole[1] & 0x7f), whole.length - 2);
  return indefinite
    ? concat([Uint8Array.of(0xa0, 0x80), envelope, content, Uint8Array.of(0, 0)])
    : element(0xa0, envelope, content);
}

/** The same APDU with one ASCII text in it replaced by another of the same length. */
export function replacedText(apdu: Uint8Array, from: string, to: string): Uint8Array {
  const [old, now] = [fromLatin1(from), fromLatin1(to)];
  assert.equal(old.length, now.length);
  const at = apdu.findIndex((_, index) => old.every((octet, offset) => apdu[index + offset] === octet));
  assert.ok(at >= 0, `${from} is there`);
  const changed = apdu.slice();
  changed.set(now, at);
  return changed;
}
