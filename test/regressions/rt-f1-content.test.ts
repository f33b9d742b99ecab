// RT-F1: the rows of the tolerance matrix that concern what is inside a message (exchange-mta.md §3.F). The
// MTA relays each byte for byte, counts nothing, for nothing of it is the MTA's, and the readers of contents
// make of it what the row says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bitsOf, encode, hasBit, rawOf } from '../../src/asn1/index.ts';
import { concat, fromHex } from '../../src/base/octets.ts';
import { type BodyPart, InformationObject, printContent, readContent } from '../../src/content/index.ts';
import { element } from './hostile-apdus.ts';
import { address } from './hostile-apdus.ts';
import {
  ascii,
  contentOfA,
  digestOf,
  extendedPart,
  headingOfA,
  messageToC,
  relayed,
  userOfC,
} from './foreign-peer.ts';

const hex = (text: string): Uint8Array => fromHex(text) ?? assert.fail(text);

/** id-et (data) and id-ep (parameters) of extended body parts. */
const etGeneralText = hex('5601040b');
const epGeneralText = hex('56010b0b');
const etFileTransfer = hex('5601040c');
const epFileTransfer = hex('56010b0c');
/** Of an arc that X.420 does not have: IBM's, and Siemens'. */
const etManifest = hex('2b0c02873d02');

const generalText = (registrations: string | undefined, text: string): BodyPart =>
  extendedPart(
    { type: etGeneralText, octets: element(0x1b, ascii(text)) },
    registrations === undefined
      ? undefined
      : { type: epGeneralText, octets: element(0x31, hex(registrations)) },
  );

const ia5 = (data: string): BodyPart => ({
  kind: 'ia5Text',
  value: { parameters: { repertoire: 'ia5' }, data },
});

/** TNEF begins with its signature. */
const tnef = concat([hex('789f3e22'), ascii('winmail.dat')]);

interface Sample {
  readonly row: string;
  readonly content: () => Uint8Array;
  /** In the text that the reader makes of it. */
  readonly reads: readonly RegExp[];
}

const samples: readonly Sample[] = [
  {
    row: 'DEC MRX: general text with only the C0 and G0 sets (1, 6)',
    content: () => contentOfA([generalText('020101 020106', 'plain text')]),
    reads: [/\[general-text\]\nplain text/],
  },
  {
    row: 'DEC MRX: general text with no character set named: IA5 is assumed',
    content: () => contentOfA([generalText('', 'no set'), generalText(undefined, 'no parameters')]),
    reads: [/\[general-text\]\nno set\n\[general-text\]\nno parameters/],
  },
  {
    row: 'DEC MRX: an empty body, and an empty body part',
    content: () => contentOfA([generalText('020101 020106', '')]),
    reads: [/\[general-text\]\n$/],
  },
  { row: 'DEC MRX: a body of no parts', content: () => contentOfA([]), reads: [/Importance|To: /] },
  {
    row: 'MAILbus 400: general text with its sets designated explicitly',
    content: () => contentOfA([generalText('020101 020106 020164', '\x1b(B\x1b-AGr\xf6\xdfe')]),
    reads: [/Größe/],
  },
  {
    row: 'Soft-Switch EMX: an attachment of the MAPI arc of organisations',
    content: () =>
      contentOfA([ia5('see it'), extendedPart({ type: hex('2a864886f7140301'), octets: element(4, tnef) })]),
    reads: [/see it/, /\[extended 1\.2\.840\.113556\.3\.1\]/],
  },
  {
    row: 'HP OpenMail: constructed data of a file transfer body part, its filename a user-visible string',
    content: () => {
      const name = element(0xa1, element(0x81, ascii('LETTER.DOC')));
      const parameters = { type: epFileTransfer, octets: element(0x30, name) };
      const data = element(0xa1, element(4, ascii('first half ')), element(4, ascii('second half')));
      const octets = element(0x30, element(0x28, hex('0602 2a03'), data));
      return contentOfA([extendedPart({ type: etFileTransfer, octets }, parameters)]);
    },
    reads: [/\[file-transfer\]/],
  },
  {
    row: 'HP OpenDesk: winmail.dat tagged as a MAPI attachment',
    content: () => contentOfA([extendedPart({ type: hex('2a864886f7140301'), octets: element(4, tnef) })]),
    reads: [/\[extended 1\.2\.840\.113556\.3\.1\]/],
  },
  {
    row: 'Wang: TNEF in a bilaterally defined body part, and no display name',
    content: () => contentOfA([{ kind: 'bilaterallyDefined', value: tnef }], { originator: undefined }),
    reads: [/\[bilaterallyDefined\]/],
  },
  {
    row: 'Siemens Mail.D, Boldon James: a manifest with the names of files',
    content: () =>
      contentOfA([ia5('text'), extendedPart({ type: etManifest, octets: element(4, ascii('A.TXT;B.DOC')) })]),
    reads: [/text/, /\[extended 1\.3\.12\.2\.957\.2\]/],
  },
  {
    row: 'Sprint: a free-form name is the user agent’s, and stays in the content',
    content: () => contentOfA([ia5('x')], { originator: { freeFormName: 'A. Sender' } }),
    reads: [/From: "A\. Sender"/],
  },
  {
    row: 'PMDF: heading extensions of RFC 1327 in P2',
    content: () =>
      contentOfA([ia5('x')], {
        extensions: [{ type: '1.3.6.1.7.1.1.1', value: rawOf(element(0x16, ascii('X-Header: value'))) }],
      }),
    reads: [/\[ia5Text\]\nx/],
  },
  {
    row: 'PMDF: the date of an embedded message is long past, and is nobody’s expiry',
    content: () => {
      const deliveryEnvelope = {
        contentType: { kind: 'builtIn', value: 22 },
        originatorName: address('/S=Old/P=A/A= /C=GB/'),
        priority: 'normal',
        thisRecipientName: address(userOfC),
        messageSubmissionTime: '900101000000Z',
        extensions: [],
      } as const;
      const data = { heading: headingOfA({ expiryTime: '900102000000Z' }), body: [ia5('of old')] };
      const parameters = { deliveryTime: '900101000100Z', deliveryEnvelope };
      return contentOfA([{ kind: 'message', value: { parameters, data } }]);
    },
    reads: [/\[message\]/, /of old/],
  },
  {
    row: 'Net-Tel: auto-forwarded as a new message',
    content: () => contentOfA([ia5('forwarded')], { autoForwarded: true }),
    reads: [/Auto-forwarded: yes/],
  },
];

for (const { row, content, reads } of samples) {
  test(`RT-F1: ${row}: relayed byte for byte, and read`, async () => {
    const octets = content();
    const read = readContent(octets);
    assert.ok(read.ok, JSON.stringify(read));
    for (const text of reads) assert.match(printContent(read.value.object), text);
    await assertRelayed(octets);
  });
}

test('RT-F1: Retix: a receipt is asked for and no non-receipt: the request goes on as it is', async () => {
  const [recipient] = headingOfA().primaryRecipients;
  const asked = [{ ...recipient, notificationRequests: bitsOf([0], 1) }];
  const octets = contentOfA([ia5('x')], { primaryRecipients: asked });
  const read = readContent(octets);
  assert.ok(read.ok && read.value.object.kind === 'ipm');
  const [{ notificationRequests: requests }] = read.value.object.value.heading.primaryRecipients;
  assert.deepEqual([hasBit(requests, 0), hasBit(requests, 1)], [true, false]);
  await assertRelayed(octets);
});

test('RT-F1: ISO 6937 sender: tags around the lines of a text: relayed, opaque, and no failure', async () => {
  const line = (text: string): Uint8Array => element(0xa0, element(0x14, ascii(text)));
  const body = element(0xa5, element(0x31), element(0x30, line('first'), line('second')));
  const octets = contentOfA([{ kind: 'other', value: rawOf(body) }]);
  const read = readContent(octets);
  // Its reader says where it is illegal; nothing is quarantined for it, for the MTA does not read it.
  assert.ok(!read.ok || !/first/.test(printContent(read.value.object)));
  const whole = encode(InformationObject, { kind: 'ipm', value: { heading: headingOfA(), body: [] } });
  assert.ok(octets.length > whole.length);
  await assertRelayed(octets);
});

async function assertRelayed(octets: Uint8Array): Promise<void> {
  const { outcome, delivered, counts, told, peer } = await relayed(messageToC(octets));
  assert.equal(outcome, 'secured');
  assert.deepEqual(
    delivered.map(({ content }) => content),
    [digestOf(octets)],
  );
  assert.deepEqual(counts, []);
  assert.deepEqual(
    told.filter(({ name }) => name === 'quarantined' || name === 'internal-error'),
    [],
  );
  peer.world.checkLaws();
}
