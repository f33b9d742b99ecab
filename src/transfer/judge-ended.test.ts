// X.411 06/1999, 8.2.1.1.1.5 and 14.3.6: what cannot be transferred or delivered goes on to the alternate
// that the originator requested; history, trace, books; a circle, prohibitions, and who requested nobody.

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
import { bitsOf, rawOf } from '../asn1/index.ts';
import { atOnce } from '../base/steps.ts';
import {
  criticalityBits,
  type ExtensionField,
  extensionTypeRaw,
  makeExtension,
  type MessageTransferEnvelope,
  readExtension,
  type RedirectionReason,
} from '../p1/index.ts';
import { nonDelivery, type RecipientOutcome } from '../report/index.ts';
import { auditEntry, emptyCount, type LedgerEntry, type TrackingRecord } from '../store/index.ts';
import type { Judgement } from './draft.ts';
import { judgeArrival } from './judge-arrival.ts';
import { judgeEndedInSteps } from './judge-ended.ts';
import { nonDelivered } from './judge-outcomes.ts';

const at = (surname: string, prmd = 'X'): string => `/S=${surname}/P=${prmd}/A= /C=GB/`;
const configuration = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
links:
  - { name: b, peer: { mta: MTA-B }, addressSpaces: [ { address: "/P=B/A= /C=GB/" } ] }
  - { name: c, peer: { mta: MTA-C }, addressSpaces: [ { address: "/P=C/A= /C=GB/" } ] }
  - { name: old, mode: x410-1984, peer: { mta: O }, addressSpaces: [ { address: "/P=OLD/A= /C=GB/" } ] }
deliver:
  - { name: x, addressSpace: "/P=X/A= /C=GB/", users: [ "${at('one')}", "${at('two')}" ] }
redirections:
  - { from: "${at('moved')}", to: "${at('two')}" }
  - { from: "${at('back')}", to: "${at('one')}" }
`);
const parts = () => judgeParts({ configuration });

const alternate = (to: string): ExtensionField =>
  makeExtension('originator-requested-alternate-recipient', nameOf(to));
const wishing = (to: string, spare: string, more: readonly ExtensionField[] = []) => ({
  to,
  extensions: [alternate(spare), ...more],
});
const why = (recipient: number): RecipientOutcome =>
  nonDelivered(recipient, nonDelivery('delivery-failed'), 'EFBIG: no');
const history = (name: string, redirectionReason: RedirectionReason) =>
  makeExtension('redirection-history', [
    {
      intendedRecipientName: { intendedRecipient: nameOf(name), redirectionTime: '260601120000Z' },
      redirectionReason,
    },
  ]);

/** Recipients of a stored message that have these outcomes. */
function ended(
  envelope: MessageTransferEnvelope,
  outcomes: readonly RecipientOutcome[] = envelope.perRecipientFields.map((_, index) => why(index)),
  onward = true,
): Judgement {
  const copy = copyOfMessage(envelope, new Uint8Array(10));
  const subject = { kind: 'message', envelope, content: undefined } as const;
  const about = { subject, outcomes, place: { message: 7 }, arrivedAt: now };
  return atOnce(judgeEndedInSteps(parts(), onward ? { ...about, copy } : about, now));
}

/** As the arrival of it would have been stored: with our trace. */
function stored(...plans: Parameters<typeof envelopeOf>): MessageTransferEnvelope {
  const { create } = judgeArrival(parts(), arrivingMessage(envelopeOf(...plans)), now);
  return envelopeIn(create[0]);
}

/** What goes on: the kind, and the next hop with the names of its recipients. */
function onward({ create }: Judgement): readonly unknown[] {
  return create.map(({ kind, recipients, copies }) => [
    kind,
    ...copies.map((copy) => [copy.nextHop, ...copy.recipients.map((each) => recipients[each])]),
  ]);
}

const diagnostics = ({ events }: Judgement): readonly unknown[] =>
  events.flatMap(([name, fields]) =>
    name === 'non-delivery' ? [[fields.recipient, fields.diagnostic]] : [],
  );

test('who cannot be served is replaced, and nobody is told of a non-delivery', () => {
  const judgement = ended(stored([wishing(at('one'), at('spare', 'C'))]));
  assert.deepEqual(onward(judgement), [['message', ['link/c', at('spare', 'C')]]]);
  assert.deepEqual(
    judgement.events.map(([name]) => name),
    ['redirected'],
  );
});

test('the history says who it was for and why; the wish is used up; our trace is marked, once', () => {
  const { create } = ended(stored([wishing(at('one'), at('spare', 'C'))]));
  const envelope = envelopeIn(create[0]);
  const [{ extensions }] = envelope.perRecipientFields;
  assert.deepEqual(redirectionHistory(extensions), [[at('one'), 'originator-requested-alternate-recipient']]);
  const wish = readExtension(extensions, 'originator-requested-alternate-recipient');
  assert.ok(wish.ok && wish.value === undefined);
  assert.deepEqual(
    redirectedMarks(envelope),
    [false, true],
    'the element of the domain that it came from, and ours',
  );
  assert.equal(
    create[0].expiresAt,
    judgeArrival(parts(), arrivingMessage(envelope), now).create[0].expiresAt,
  );
});

test('others of the same copy, who named nobody, are reported; those who were served too', () => {
  const plans = [
    wishing(at('one'), at('spare', 'C')),
    { to: at('two') },
    { to: at('one'), report: 'report' },
  ];
  const delivered = { kind: 'delivered', recipient: 2, deliveredAt: now } as const;
  const judgement = ended(stored(plans as Parameters<typeof envelopeOf>[0]), [why(0), why(1), delivered]);
  assert.deepEqual(onward(judgement), [
    ['message', ['link/c', at('spare', 'C')]],
    ['report', ['link/b', '/S=Sender/P=B/A= /C=GB/']],
  ]);
  assert.deepEqual(diagnostics(judgement), [[at('two'), '4 recipient-unavailable']]);
});

test('the alternate is a recipient like any other: redirected on, or unknown and reported', () => {
  const moved = ended(stored([wishing(at('one'), at('moved'))]));
  assert.deepEqual(onward(moved), [['message', ['deliver/x', at('two')]]]);
  const unknown = ended(stored([wishing(at('one'), at('nobody'))]));
  assert.deepEqual(onward(unknown), [['report', ['link/b', '/S=Sender/P=B/A= /C=GB/']]]);
  assert.deepEqual(diagnostics(unknown), [[at('nobody'), '0 unrecognised-OR-name']]);
});

test('prohibited reassignment forbids what the alternate assigned, not the alternate (8.2.1.1.1.4)', () => {
  const name = 'recipient-reassignment-prohibited';
  const more = { extensions: [makeExtension(name, name)] };
  const kept = ended(stored([wishing(at('one'), at('spare', 'C'))], more));
  assert.deepEqual(onward(kept), [['message', ['link/c', at('spare', 'C')]]]);
  const forbidden = ended(stored([wishing(at('one'), at('moved'))], more));
  assert.deepEqual(diagnostics(forbidden), [[at('moved'), `26 ${name}`]]);
});

test('a circle is reported as one: back to itself, to who had it before, by another redirection', () => {
  const loop = '27 redirection-loop-detected';
  assert.deepEqual(diagnostics(ended(stored([wishing(at('one'), at('ONE'))]))), [[at('one'), loop]]);
  const before = history(at('spare', 'C'), 'recipient-assigned-alternate-recipient');
  const had = ended(stored([wishing(at('one'), at('spare', 'C'), [before])]));
  assert.deepEqual(diagnostics(had), [[at('one'), loop]]);
  const [, said] = had.events.find(([name]) => name === 'non-delivery') ?? assert.fail();
  assert.match(String(said.supplementary), /EFBIG: no$/);
  const round = ended(stored([wishing(at('one'), at('back'))]));
  assert.deepEqual(diagnostics(round), [[at('back'), loop]]);
});

test('an alternate that fails too is the end of it: one outcome, by the name of the alternate', () => {
  const [first] = ended(stored([wishing(at('one'), at('two'))])).create;
  const again = ended(envelopeIn(first));
  assert.deepEqual(diagnostics(again), [[at('two'), '4 recipient-unavailable']]);
  assert.deepEqual(onward(again), [['report', ['link/b', '/S=Sender/P=B/A= /C=GB/']]]);
});

test('where the way ends in any case (expired, returned by an operator) nobody is looked for', () => {
  const judgement = ended(stored([wishing(at('one'), at('spare', 'C'))]), undefined, false);
  assert.deepEqual(diagnostics(judgement), [[at('one'), '4 recipient-unavailable']]);
});

test('the books of both messages balance, whatever became of the alternates', () => {
  const plans = ['spare', 'moved', 'nobody', 'back', 'one'].map((spare) => wishing(at('one'), at(spare)));
  const envelope = stored(plans);
  const { create, tracking } = ended(envelope);
  const numberOf = ({ message, created }: TrackingRecord): number => message ?? 1000 + (created ?? 0);
  const entries = Map.groupBy(tracking, numberOf);
  const accepted = { ...tracking[0], act: 'transferred-in', detail: {}, adds: [] } as const;
  const recipients = plans.map(({ to }) => to);
  entries.set(7, [{ ...accepted, message: 7, recipients }, ...(entries.get(7) ?? [])]);
  for (const [message, records] of entries) {
    const made = create[message - 1000];
    const copies = (made?.kind === 'message' ? made.copies : []).map((copy, index) => ({
      copy: index,
      nextHop: copy.nextHop,
      state: 'queued' as const,
      recipients: copy.recipients.map((each) => made.recipients[each]),
    }));
    if (made?.kind === 'report') continue;
    const entry: LedgerEntry = { message, records, copies };
    assert.deepEqual(auditEntry(entry, emptyCount()), [], JSON.stringify(records));
  }
});

test('a way that is found at once and will not do: the alternate has it, too', () => {
  const critical: ExtensionField = {
    type: extensionTypeRaw({ kind: 'standardExtension', value: 200 }),
    criticality: bitsOf([criticalityBits['for-delivery']]),
    value: rawOf(Uint8Array.of(5, 0)),
  };
  const judged = (...plans: Parameters<typeof envelopeOf>) =>
    judgeArrival(parts(), arrivingMessage(envelopeOf(...plans)), now);
  const here = judged([wishing(at('one'), at('spare', 'C'), [critical])]);
  assert.deepEqual(onward(here), [['message', ['link/c', at('spare', 'C')]]], 'critical for delivery here');
  const old = judged([wishing('/UA-ID=12345/P=OLD/A= /C=GB/', at('two'))]);
  assert.deepEqual(onward(old), [['message', ['deliver/x', at('two')]]], 'P1 of 1984 has no form for it');
  const neither = judged([wishing(at('one'), at('two'), [critical])]);
  assert.deepEqual(diagnostics(neither), [[at('two'), '18 unsupported-critical-function']]);
});

test('a probe that cannot go on asks about the alternate', () => {
  const { messageIdentifier, priority: _, ...common } = stored([wishing(at('one'), at('spare', 'C'))]);
  const envelope = { ...common, probeIdentifier: messageIdentifier, contentLength: 10 };
  const subject = { kind: 'probe', envelope } as const;
  const copy = { message: 7, content: { kind: 'none' }, contentLength: 10, acceptedAt: now } as const;
  const about = { subject, outcomes: [why(0)], place: { message: 7 }, arrivedAt: now, copy };
  const judgement = atOnce(judgeEndedInSteps(parts(), about, now));
  assert.deepEqual(onward(judgement), [['probe', ['link/c', at('spare', 'C')]]]);
  assert.deepEqual(diagnostics(judgement), []);
});
