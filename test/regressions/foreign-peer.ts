// A whole MTA B between a foreign peer A, whose samples it gets, and an ordinary MTA C, which gets what B
// makes of them: what arrives at C, the octets that leave B for it, and what B counted. For RT-F1.

import { bitsOf, rawOf } from '../../src/asn1/index.ts';
import { concat, fromLatin1, toHex } from '../../src/base/octets.ts';
import type { BodyPart, Heading } from '../../src/content/index.ts';
import type { MessageTransferEnvelope } from '../../src/p1/index.ts';
import type { Delivered, Told } from '../sim/virtual-mta.ts';

export { digest as digestOf } from '../sim/virtual-mta.ts';
import { contentOf, headingWith } from '../support/ipm.ts';
import { address, element, envelopeWith, messageWith } from './hostile-apdus.ts';
import { HostilePeer, type OnwardPlan, type TransferOutcome } from './hostile-peer.ts';

/** A user of C, of whom A knows. */
export const userOfC = '/S=User/P=C/A= /C=GB/';

export interface Relayed {
  readonly peer: HostilePeer;
  readonly outcome: TransferOutcome;
  readonly delivered: readonly Delivered[];
  /** What B wrote to C, as hexadecimal digits. */
  readonly wire: string;
  readonly counts: readonly { readonly link: string; readonly name: string; readonly uses: number }[];
  readonly told: readonly Told[];
}

/** What becomes of an APDU that A transfers to B, for a user of C. */
export async function relayed(
  apdu: Uint8Array,
  plan: { readonly extra?: string; readonly onward?: OnwardPlan } = {},
): Promise<Relayed> {
  const peer = new HostilePeer(1, { onward: {}, ...plan });
  const { world, mta } = peer;
  const written: Uint8Array[] = [];
  // Listened to from here on are B's calls to C.
  await peer.associate();
  world.network.tap = ({ called }) => {
    called.on('data', (octets: Uint8Array) => written.push(Uint8Array.from(octets)));
  };
  const outcome = await peer.transfer(apdu);
  await world.pass(20_000);
  const wire = toHex(concat(written));
  const { delivered } = world.mta('C');
  await peer.leavesNothing();
  return { peer, outcome, delivered, wire, counts: mta.agent.tolerances.counts(), told: mta.told };
}

/** Fields for a message to a user of C. */
export function toC(changes: Partial<MessageTransferEnvelope> = {}): Partial<MessageTransferEnvelope> {
  const [fields] = envelopeWith().perRecipientFields;
  return { perRecipientFields: [{ ...fields, recipientName: address(userOfC) }], ...changes };
}

/** A message with this content for a user of C. */
export function messageToC(content: Uint8Array): Uint8Array {
  return messageWith(toC(), content);
}

/** A heading as a user agent of A writes it. */
export function headingOfA(changes: Partial<Heading> = {}): Heading {
  const user = address('/S=Sender/P=A/A= /C=GB/');
  return headingWith({
    thisIPM: { user, userRelativeIdentifier: 'id-1' },
    originator: { formalName: user },
    primaryRecipients: [
      {
        recipient: { formalName: address(userOfC) },
        notificationRequests: bitsOf([], 0),
        replyRequested: false,
      },
    ],
    ...changes,
  });
}

/** The octets of an interpersonal message of A. */
export function contentOfA(body: readonly BodyPart[], heading: Partial<Heading> = {}): Uint8Array {
  return contentOf(body, headingOfA(heading));
}

/** An extended body part [15]: type and octets of its data, and of its parameters where there are some. */
export function extendedPart(
  data: { readonly type: Uint8Array; readonly octets: Uint8Array },
  parameters?: { readonly type: Uint8Array; readonly octets: Uint8Array },
): BodyPart {
  const external = (tag: number, { type, octets }: typeof data): Uint8Array =>
    element(tag, element(0x06, type), element(0xa0, octets));
  const before = parameters === undefined ? [] : [external(0xa0, parameters)];
  return { kind: 'other', value: rawOf(element(0xaf, ...before, external(0x28, data))) };
}

/** ASCII text as octets. */
export const ascii = fromLatin1;
