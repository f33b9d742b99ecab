// P22 as P2: headings, notifications, what is refused, and random contents.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { textContent } from '../../test/support/ipm.ts';
import { arbitrary, bitsOf, encode, hasBit } from '../asn1/index.ts';
import { type ORName, parseORAddress, printORAddress } from '../address/index.ts';
import { seededRandom } from '../base/random.ts';
import { buildTextContent } from './build-content.ts';
import { downgradeContent } from './downgrade-content.ts';
import type { Heading, IPM } from './ipm.ts';
import { InformationObject } from './ipn.ts';
import { readContent } from './read-content.ts';

function named(text: string): ORName {
  const parsed = parseORAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

const from = named('/S=From/P=x/A=y/C=GB/');
const postal = named('/CN=Desk/PD-PC=1/P=x/A=y/C=GB/');

function p2Of(content: Uint8Array): InformationObject {
  const downgraded = downgradeContent(content);
  assert.ok(downgraded.ok, downgraded.ok ? '' : downgraded.error);
  const read = readContent(downgraded.value.content);
  assert.ok(read.ok && read.value.end === downgraded.value.content.length);
  return read.value.object;
}

function ipmOf(object: InformationObject): IPM {
  assert.ok(object.kind === 'ipm');
  return object.value;
}

test('a text message keeps its text and loses its heading extensions', () => {
  const built = buildTextContent({
    identifier: 'id 1',
    from,
    to: [named('/CN=Desk/A=y/C=GB/'), postal],
    subject: 'Łódź',
    text: 'Hello',
  });
  assert.ok(built.ok);
  const { heading, body } = ipmOf(p2Of(built.value.content));
  assert.deepEqual(heading.extensions, []);
  assert.equal(heading.thisIPM.userRelativeIdentifier, 'id 1');
  assert.equal(body?.[0].kind, 'ia5Text');
  const [common, unsayable] = heading.primaryRecipients.map(({ recipient }) => recipient);
  assert.equal(printORAddress(common.formalName ?? from), '/DD.Common=Desk/A=y/C=GB/');
  assert.equal(unsayable.formalName, undefined, 'a name that 1984 cannot write is not sent as one');
  assert.match(unsayable.freeFormName ?? '', /CN=Desk/);
});

test('general text becomes teletex, which the types then say, unless conversion is prohibited', () => {
  const { content } = textContent('Größe');
  const downgraded = downgradeContent(content);
  assert.ok(downgraded.ok);
  const types = downgraded.value.encodedInformationTypes?.builtInEncodedInformationTypes;
  assert.ok(types !== undefined && hasBit(types, 5) && !hasBit(types, 2));
  assert.equal(downgradeContent(content, { conversion: 'prohibited' }).ok, false);
});

test('what is P2 already comes out as the same object', (t) => {
  for (const name of ['msg1', 'msg2', 'msg3', 'msg4', 'msg5', 'msg6', 'msg7']) {
    const url = new URL(`../../../shared/reference/samples/ean-1985/${name}`, import.meta.url);
    if (!existsSync(url)) {
      t.skip(`${url.pathname} not found`);
      return;
    }
    const file = new Uint8Array(readFileSync(url));
    const view = new DataView(file.buffer, file.byteOffset);
    const content = file.subarray(view.getUint32(4), view.getUint32(8));
    const before = readContent(content);
    assert.ok(before.ok);
    const again = p2Of(content);
    assert.equal(again.kind, before.value.object.kind);
    if (again.kind === 'ipm' && before.value.object.kind === 'ipm') {
      const { heading } = before.value.object.value;
      assert.equal(again.value.heading.subject, heading.subject);
      assert.deepEqual(again.value.heading.thisIPM, heading.thisIPM);
      assert.deepEqual(again.value.body, before.value.object.value.body ?? []);
    }
  }
});

const heading: Heading = {
  thisIPM: { user: postal, userRelativeIdentifier: 'x' },
  primaryRecipients: [
    { recipient: {}, notificationRequests: bitsOf([0, 3, 4]), replyRequested: true, recipientExtensions: [] },
  ],
  copyRecipients: [],
  obsoletedIPMs: [],
  relatedIPMs: [],
  importance: 'high',
  autoForwarded: true,
  extensions: [{ type: '1.2.3' }],
};

test('requests, identifiers and forwarded messages keep what 1984 has', () => {
  const inner: IPM = { heading, body: [] };
  const parameters = {
    deliveryTime: '900101000000Z',
    deliveryEnvelope: {
      contentType: { kind: 'builtIn', value: 'interpersonal-messaging-1988' },
      originatorName: postal,
      priority: 'normal',
      thisRecipientName: from,
      messageSubmissionTime: '900101000000Z',
      extensions: [],
    },
  } as const;
  const ipm: IPM = { heading, body: [{ kind: 'message', value: { parameters, data: inner } }] };
  const p2 = ipmOf(p2Of(encode(InformationObject, { kind: 'ipm', value: ipm })));
  assert.equal(p2.heading.thisIPM.user, undefined);
  assert.deepEqual(p2.heading.primaryRecipients[0].notificationRequests, bitsOf([0]));
  assert.equal(p2.heading.importance, 'high');
  const [part] = p2.body ?? [];
  assert.ok(part?.kind === 'message');
  assert.deepEqual(part.value.parameters, { deliveryTime: '900101000000Z' });
  assert.deepEqual(part.value.data.heading.extensions, []);
});

test('notifications lose their extensions; other notifications are refused', () => {
  const receipt: InformationObject = {
    kind: 'ipn',
    value: {
      subjectIPM: { userRelativeIdentifier: 'x' },
      ipnOriginator: { formalName: from },
      notificationExtensions: [{ type: '1.2.3' }],
      choice: {
        kind: 'receiptFields',
        value: {
          receiptTime: '900101000000Z',
          acknowledgmentMode: 'manual',
          rnExtensions: [{ type: '1.2.3' }],
        },
      },
    },
  };
  const p2 = p2Of(encode(InformationObject, receipt));
  assert.ok(p2.kind === 'ipn' && p2.value.choice.kind === 'receiptFields');
  assert.equal(p2.value.choice.value.rnExtensions, undefined);
  assert.equal(p2.value.notificationExtensions, undefined);
  const other: InformationObject = {
    kind: 'ipn',
    value: {
      subjectIPM: { userRelativeIdentifier: 'x' },
      choice: { kind: 'otherNotificationTypeFields', value: [] },
    },
  };
  assert.equal(downgradeContent(encode(InformationObject, other)).ok, false);
});

test('no content is an exception: random ones, and octets that are none', () => {
  const random = seededRandom(420);
  assert.equal(downgradeContent(Uint8Array.of(1, 2, 3)).ok, false);
  for (let run = 0; run < 100; run += 1) {
    const object = arbitrary(InformationObject, random, { size_max: 2, presence: 0.3 });
    const downgraded = downgradeContent(encode(InformationObject, object));
    if (!downgraded.ok) continue;
    const again = downgradeContent(downgraded.value.content);
    assert.ok(again.ok, again.ok ? '' : again.error);
    assert.deepEqual(again.value.content, downgraded.value.content, 'P2 stays as it is');
  }
});
