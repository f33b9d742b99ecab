// X.411 06/1999, 8.2.1.1.1.3, 8.2.1.1.1.4, 8.3.1.1.1.4, 14.3.6: an operator gives a recipient of a message
// that waits another address: who is meant, what the originator forbids, history, trace, books; and what is
// refused instead of ending in a report.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redirectedMarks, redirectionHistory } from '../../test/support/redirections.ts';
import {
  arrivingMessage,
  configured,
  copyOfMessage,
  envelopeIn,
  envelopeOf,
  judgeParts,
  nameOf,
  now,
} from '../../test/support/transfer.ts';
import { printORAddress } from '../address/index.ts';
import { bitsOf } from '../asn1/index.ts';
import { atOnce } from '../base/steps.ts';
import { after, millis, seconds } from '../base/time.ts';
import {
  makeExtension,
  type MessageTransferEnvelope,
  perMessageIndicatorBits,
  readExtension,
} from '../p1/index.ts';
import { auditEntry, emptyCount, type QueuedCopy, type TrackingRecord } from '../store/index.ts';
import { judgeArrival } from './judge-arrival.ts';
import { type JudgedRedirection, judgeRedirectionInSteps, type RedirectOrder } from './judge-redirection.ts';

const at = (surname: string, prmd = 'X'): string => `/S=${surname}/P=${prmd}/A= /C=GB/`;
const configuration = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
links:
  - { name: b, peer: { mta: MTA-B }, addressSpaces: [ { address: "/P=B/A= /C=GB/" } ] }
  - { name: c, peer: { mta: MTA-C }, addressSpaces: [ { address: "/P=C/A= /C=GB/" } ] }
  - { name: old, mode: x410-1984, peer: { mta: O }, addressSpaces: [ { address: "/P=OLD/A= /C=GB/" } ] }
deliver:
  - { name: x, addressSpace: "/P=X/A= /C=GB/", users: [ "${at('one')}" ] }
redirections:
  - { from: "${at('moved')}", to: "${at('one')}", reason: alias }
  - { from: "${at('back')}", to: "${at('wrong', 'C')}", reason: alias }
lists:
  - { name: crew, address: "${at('crew')}", members: [ "${at('one')}" ] }
`);

const allowing = { perMessageIndicators: bitsOf([perMessageIndicatorBits['alternate-recipient-allowed']]) };

/** As the arrival of it was stored, and the copy of it that waits for the link c. */
function waiting(
  names: readonly string[],
  more: Partial<MessageTransferEnvelope> = allowing,
  changes: Partial<QueuedCopy> = {},
): QueuedCopy {
  const envelope = envelopeOf(
    names.map((to) => ({ to, report: 'report' as const })),
    more,
  );
  const [stored] = judgeArrival(judgeParts({ configuration }), arrivingMessage(envelope), now).create;
  const recipients = names.map((address, number) => ({ number, address }));
  return copyOfMessage(envelopeIn(stored), new Uint8Array(10), { recipients, ...changes });
}

function judged(
  copy: QueuedCopy,
  to: string,
  { recipient, ...more }: Omit<RedirectOrder, 'to' | 'recipient'> & { readonly recipient?: string } = {},
) {
  const order = { ...more, to: nameOf(to), ...(recipient && { recipient: nameOf(recipient) }) };
  const value = { kind: 'message', envelope: envelopeIn(copy) } as const;
  const { notBefore } = copy;
  const redirecting = { copy, value, order, by: 'command', notBefore };
  return atOnce(judgeRedirectionInSteps(judgeParts({ configuration }), redirecting, now));
}

function allowed(...asked: Parameters<typeof judged>): JudgedRedirection {
  const result = judged(...asked);
  assert.ok(result.ok, result.ok ? '' : result.error);
  return result.value;
}

function refused(...asked: Parameters<typeof judged>): string {
  const result = judged(...asked);
  assert.ok(!result.ok);
  return result.error;
}

const onward = ({ judgement: { create } }: JudgedRedirection): readonly unknown[] =>
  create.flatMap(({ copies, recipients }) =>
    copies.map((copy) => [copy.nextHop, ...copy.recipients.map((each) => recipients[each])]),
  );

const wrong = at('wrong', 'C');

test('the only recipient has another address, and the message goes on to it', () => {
  const redirected = allowed(waiting([wrong]), at('right', 'B'));
  assert.deepEqual(onward(redirected), [['link/b', at('right', 'B')]]);
  assert.deepEqual(redirected.left, []);
  assert.equal(redirected.told, `${at('right', 'B')} goes to link b`);
});

test('the history says who was meant and why; our trace is marked, once (8.3.1.1.1.4)', () => {
  const { judgement } = allowed(waiting([wrong]), at('right', 'B'));
  const envelope = envelopeIn(judgement.create[0]);
  const [{ recipientName, extensions }] = envelope.perRecipientFields;
  assert.equal(printORAddress(recipientName), at('right', 'B'));
  assert.deepEqual(redirectionHistory(extensions), [[wrong, 'recipient-MD-assigned-alternate-recipient']]);
  assert.deepEqual(redirectedMarks(envelope), [false, true]);
  const alias = allowed(waiting([wrong]), at('right', 'B'), { sameRecipient: true });
  const { extensions: same } = envelopeIn(alias.judgement.create[0]).perRecipientFields[0];
  assert.equal(redirectionHistory(same)[0]?.[1], 'alias');
});

test('of several recipients the one that is named; the others stay in the copy', () => {
  const copy = waiting([at('a', 'C'), wrong, at('b', 'C')]);
  assert.match(refused(copy, at('right', 'B')), /^it has 3 recipients, name one.*S=a.*S=wrong.*S=b/);
  const named = allowed(copy, at('right', 'B'), { recipient: '/s=WRONG/p=c/c=GB/' });
  assert.deepEqual(named.left, [0, 2]);
  assert.deepEqual(onward(named), [['link/b', at('right', 'B')]]);
  assert.match(
    refused(copy, at('right', 'B'), { recipient: at('nobody') }),
    /^it has no recipient \/S=nobody.*; it has .*S=a.*S=wrong.*S=b/,
  );
  const many = waiting(Array.from({ length: 40 }, (_, index) => at(`u${index}`, 'C')));
  assert.match(refused(many, at('right', 'B')), /S=u9\/P=C\/A= \/C=GB\/ and 30 others$/);
});

test('another recipient wants the consent of the originator; another address of the same does not', () => {
  const name = 'recipient-reassignment-prohibited';
  const prohibiting = { ...allowing, extensions: [makeExtension(name, name)] };
  assert.match(refused(waiting([wrong], prohibiting), at('right', 'B')), /prohibited.*--same-recipient/);
  assert.match(refused(waiting([wrong], {}), at('right', 'B')), /did not allow.*--same-recipient/);
  for (const more of [prohibiting, {}]) {
    const same = allowed(waiting([wrong], more), at('right', 'B'), { sameRecipient: true });
    assert.deepEqual(onward(same), [['link/b', at('right', 'B')]]);
  }
});

test('what would be reported is refused, and says why', () => {
  const copy = waiting([wrong]);
  assert.match(refused(copy, at('u', 'NOWHERE')), /no address space contains it \(chappe route explain/);
  assert.match(refused(copy, at('nobody')), /knows no such user/);
  assert.match(refused(copy, '/UA-ID=12345/P=OLD/A= /C=GB/'), /cannot get it: /);
  const passed = makeExtension('dl-expansion-history', [
    { dl: nameOf(at('crew')), dlExpansionTime: '260601120000Z' },
  ]);
  const expanded = waiting([wrong], { ...allowing, extensions: [passed] });
  assert.match(refused(expanded, at('crew')), /has expanded this message already/);
});

test('the alternate of the originator does not hide a wrong address, and stays for later', () => {
  const wish = makeExtension('originator-requested-alternate-recipient', nameOf(at('spare', 'B')));
  const copy = waiting([wrong]);
  const envelope = envelopeIn(copy);
  const [fields] = envelope.perRecipientFields;
  const wishing = {
    ...copy,
    ...copyOfMessage(
      { ...envelope, perRecipientFields: [{ ...fields, extensions: [wish] }] },
      new Uint8Array(10),
    ),
    recipients: copy.recipients,
  };
  assert.match(refused(wishing, at('u', 'NOWHERE')), /no address space/);
  const { judgement } = allowed(wishing, at('right', 'B'));
  const { extensions } = envelopeIn(judgement.create[0]).perRecipientFields[0];
  const kept = readExtension(extensions, 'originator-requested-alternate-recipient');
  assert.ok(kept.ok && kept.value !== undefined);
});

test('it never goes back to what it was; a new address may itself be redirected', () => {
  assert.match(refused(waiting([wrong]), at('WRONG', 'C')), /is or was before: it goes back to no earlier/);
  const [first] = allowed(waiting([wrong]), at('right', 'B')).judgement.create;
  const again = { ...waiting([wrong]), envelope: first.envelope };
  const recipients = [{ number: 0, address: at('right', 'B') }];
  assert.match(refused({ ...again, recipients }, wrong), /goes back to no earlier address/);
  assert.match(refused(waiting([wrong]), at('back')), /redirected to .*S=wrong.*, which it was before/);
  const on = allowed(waiting([wrong]), at('moved'));
  assert.deepEqual(onward(on), [['deliver/x', at('one')]]);
  assert.match(on.told, /^\/S=one.* is delivered here, by x$/);
  const third = allowed({ ...again, recipients }, at('third', 'B'));
  const [{ extensions }] = envelopeIn(third.judgement.create[0]).perRecipientFields;
  assert.equal(redirectionHistory(extensions).length, 2);
});

test('what was held, deferred or hurried is so still, and ends when it would have', () => {
  const until = after(now, seconds(600));
  const expiresAt = after(now, millis(1_000_000));
  const changes = { state: 'held', notBefore: until, priority: 'urgent', expiresAt } as const;
  const { judgement } = allowed(waiting([wrong], allowing, changes), at('right', 'B'));
  const [message] = judgement.create;
  assert.deepEqual([message.priority, message.expiresAt], ['urgent', expiresAt]);
  assert.deepEqual(message.copies, [{ nextHop: 'link/b', recipients: [0], held: true, notBefore: until }]);
  assert.equal(message.acceptedAt, now);
});

test('the books of both messages balance, and say who commanded it, and the note', () => {
  const copy = waiting([at('a', 'C'), wrong]);
  const { judgement } = allowed(copy, at('right', 'B'), { recipient: wrong, note: 'rang the centre' });
  const { create, tracking, events } = judgement;
  const numberOf = ({ message, created }: TrackingRecord): number => message ?? 1000 + (created ?? 0);
  const entries = Map.groupBy(tracking, numberOf);
  assert.deepEqual([...entries.keys()].toSorted(), [1000, 7]);
  for (const record of tracking) {
    const { by, note, reason } = record.detail;
    assert.deepEqual(
      [record.act, by, note, reason],
      ['redirected', 'command', 'rang the centre', 'recipient-MD-assigned-alternate-recipient'],
    );
  }
  const accepted = { ...tracking[0], act: 'transferred-in', detail: {}, adds: [] } as const;
  const names = copy.recipients.map(({ address }) => address);
  const before = [{ ...accepted, message: 7, recipients: names }, ...(entries.get(7) ?? [])];
  const stays = [{ copy: 9, nextHop: 'link/c', state: 'queued', recipients: [at('a', 'C')] }] as const;
  assert.deepEqual(auditEntry({ message: 7, records: before, copies: stays }, emptyCount()), []);
  const goes = [{ copy: 10, nextHop: 'link/b', state: 'queued', recipients: [at('right', 'B')] }] as const;
  const records = entries.get(1000) ?? [];
  assert.deepEqual(auditEntry({ message: 1000, records, copies: goes }, emptyCount()), []);
  assert.equal(create.length, 1);
  const [[name, fields]] = events;
  assert.deepEqual([name, fields.recipient, fields.alternate], ['redirected', wrong, at('right', 'B')]);
  assert.deepEqual([fields.by, fields.note], ['command', 'rang the centre']);
});

test('a probe asks about the new address', () => {
  const copy = waiting([wrong]);
  const { messageIdentifier, priority: _, ...common } = envelopeIn(copy);
  const envelope = { ...common, probeIdentifier: messageIdentifier, contentLength: 10 };
  const order = { to: nameOf(at('one')) };
  const value = { kind: 'probe', envelope } as const;
  const probe = { ...copy, kind: 'probe', content: { kind: 'none' } } as const;
  const redirecting = { copy: probe, value, order, by: 'command', notBefore: undefined };
  const result = atOnce(judgeRedirectionInSteps(judgeParts({ configuration }), redirecting, now));
  assert.ok(result.ok);
  // It could be delivered here: the probe ends with the report that says so.
  assert.deepEqual(
    result.value.judgement.create.map(({ kind }) => kind),
    ['report'],
  );
});
