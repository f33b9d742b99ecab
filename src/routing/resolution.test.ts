// Who gets what is for a recipient (X.411 14.3.4, 14.3.8, 14.3.10): redirections, alternates, loops, lists
// that are closed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configured, nameOf } from '../../test/support/transfer.ts';
import { printORAddress } from '../address/index.ts';
import { explain } from './explain.ts';
import { type ResolutionRequest, resolveAlternate, resolveAssigned, resolveRecipient } from './resolution.ts';
import { buildRouteTable } from './route-table.ts';

const at = (surname: string, prmd = 'X'): string => `/S=${surname}/P=${prmd}/A= /C=GB/`;

const table = buildRouteTable(
  configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
links:
  - name: b
    peer: { mta: MTA-B }
    addressSpaces: [ { address: "/P=B/A= /C=GB/" } ]
deliver:
  - { name: x, addressSpace: "/P=X/A= /C=GB/", users: [ "${at('one')}" ], alternateRecipient: "${at('one')}" }
  - { name: y, addressSpace: "/P=Y/A= /C=GB/", users: [] }
redirections:
  - { from: "${at('old')}", to: "${at('new', 'B')}" }
  - { from: "${at('alias')}", to: "${at('one')}", reason: alias }
  - { from: "${at('md')}", to: "${at('one')}", reason: recipient-MD-assigned-alternate-recipient }
  - { from: "${at('twice')}", to: "${at('alias')}", reason: directory-look-up }
  - { from: "${at('ping')}", to: "${at('pong')}" }
  - { from: "${at('pong')}", to: "${at('ping')}" }
  - { fromSpace: "/P=GONE/A= /C=GB/", to: "${at('one')}", reason: directory-look-up }
  - { fromSpace: "/O=kept/P=GONE/A= /C=GB/", to: "${at('keeper', 'B')}", reason: directory-look-up }
lists:
  - { name: all, address: "${at('all')}", members: [ "${at('one')}" ], submit: [ "/P=X/A= /C=GB/" ] }
`),
);

function resolved(to: string, more: Partial<ResolutionRequest> = {}): readonly unknown[] {
  const { steps, recipient, decision } = resolveRecipient(table, { recipient: nameOf(to), ...more });
  return [decision.kind, printORAddress(recipient), ...steps.map(({ reason }) => reason)];
}

test('a recipient that nobody replaces is routed as it is', () => {
  assert.deepEqual(resolved(at('one')), ['deliver', at('one')]);
});

test('a redirection counts for this address alone, and the route is chosen for the new one', () => {
  const reason = 'recipient-assigned-alternate-recipient';
  assert.deepEqual(resolved(at('old')), ['link', at('new', 'B'), reason]);
  assert.deepEqual(resolved(`/G=very${at('old')}`)[0], 'unknown-user');
});

test('a redirected recipient may go back on the link that it came by (RT-G5)', () => {
  assert.equal(resolved(at('u', 'B'), { arrivedBy: 'link/b' })[0], 'no-route');
  assert.equal(resolved(at('old'), { arrivedBy: 'link/b' })[0], 'link');
});

test('one after the other', () => {
  assert.deepEqual(resolved(at('twice')), ['deliver', at('one'), 'directory-look-up', 'alias']);
});

test('a space is redirected to one address, the longest first', () => {
  assert.deepEqual(resolved('/S=a/P=GONE/A= /C=GB/').slice(0, 2), ['deliver', at('one')]);
  assert.deepEqual(resolved('/S=a/O=kept/P=GONE/A= /C=GB/').slice(0, 2), ['link', at('keeper', 'B')]);
});

test('prohibited reassignment stops what the recipient assigned, not an alias (X.411 8.2.1.1.1.5)', () => {
  const reassignmentProhibited = true;
  assert.deepEqual(resolved(at('old'), { reassignmentProhibited }), ['reassignment-prohibited', at('old')]);
  assert.equal(resolved(at('alias'), { reassignmentProhibited })[0], 'deliver');
});

test('what the MD assigned is taken only where the originator allows alternates', () => {
  assert.deepEqual(resolved(at('md')), ['unknown-user', at('md')]);
  const reason = 'recipient-MD-assigned-alternate-recipient';
  assert.deepEqual(resolved(at('md'), { alternateAllowed: true }), ['deliver', at('one'), reason]);
  assert.deepEqual(resolved(at('nobody'), { alternateAllowed: true }), ['deliver', at('one'), reason]);
  assert.equal(resolved(at('nobody'))[0], 'unknown-user');
});

test('the alternate that the originator requested comes first, and is used once', () => {
  const requestedAlternate = nameOf(at('spare', 'B'));
  const reason = 'originator-requested-alternate-recipient';
  const wish = { requestedAlternate, alternateAllowed: true };
  assert.deepEqual(resolved(at('nobody'), wish), ['link', at('spare', 'B'), reason]);
  assert.deepEqual(resolved(at('one'), wish), ['deliver', at('one')], 'not where delivery is possible');
  const unknownToo = { requestedAlternate: nameOf(at('spare', 'Y')) };
  assert.deepEqual(resolved(at('nobody'), unknownToo), ['unknown-user', at('spare', 'Y'), reason]);
});

test('X.411 14.3.6: whose delivery failed has the alternate that the originator requested, as if new', () => {
  const alternate = (to: string, spare: string, more: Partial<ResolutionRequest> = {}) => {
    const request = { recipient: nameOf(to), requestedAlternate: nameOf(spare), ...more };
    const { steps, recipient, decision } = resolveAlternate(table, request) ?? assert.fail('there is one');
    return [decision.kind, printORAddress(recipient), ...steps.map(({ reason }) => reason)];
  };
  const reason = 'originator-requested-alternate-recipient';
  const assigned = 'recipient-assigned-alternate-recipient';
  assert.deepEqual(alternate(at('one'), at('spare', 'B')), ['link', at('spare', 'B'), reason]);
  assert.deepEqual(alternate(at('u', 'B'), at('v', 'B'), { arrivedBy: 'link/b' })[0], 'link', 'RT-G5');
  assert.deepEqual(alternate(at('one'), at('old')), ['link', at('new', 'B'), reason, assigned]);
  assert.deepEqual(alternate(at('one'), at('old'), { reassignmentProhibited: true }), [
    'reassignment-prohibited',
    at('old'),
    reason,
  ]);
  assert.deepEqual(alternate(at('one'), at('u', 'Y')), ['unknown-user', at('u', 'Y'), reason]);
  assert.deepEqual(alternate(at('one'), at('ONE')), ['redirection-loop', at('one')], 'itself');
  const history = [nameOf(at('spare', 'B'))];
  assert.deepEqual(alternate(at('one'), at('spare', 'B'), { history })[0], 'redirection-loop');
  assert.equal(resolveAlternate(table, { recipient: nameOf(at('one')) }), undefined);
});

test('a loop ends, here and over other MTAs', () => {
  assert.equal(resolved(at('ping'))[0], 'redirection-loop');
  assert.equal(resolved(at('old'), { history: [nameOf(at('NEW', 'b'))] })[0], 'redirection-loop');
  const history = Array.from({ length: 512 }, (_, each) => nameOf(at(`h${each}`, 'B')));
  assert.equal(resolved(at('old'), { history })[0], 'redirection-loop');
  assert.equal(resolved(at('old'), { history: history.slice(1) })[0], 'link');
});

test('a list is a next hop, unless it is closed', () => {
  const originator = nameOf(at('ann'));
  assert.deepEqual(resolved(at('all'), { originator }), ['list', at('all')]);
  assert.equal(resolved(at('all'), { originator, expansionProhibited: true })[0], 'dl-expansion-prohibited');
  assert.equal(resolved(at('all'), { originator: nameOf(at('eve', 'B')) })[0], 'dl-submit-prohibited');
});

test('after another list, that list is who sends; the same list ends it (X.411 14.3.10)', () => {
  const originator = nameOf(at('eve', 'B'));
  assert.equal(resolved(at('all'), { originator, expanded: [nameOf(at('other'))] })[0], 'list');
  const stranger = [nameOf(at('other', 'B'))];
  assert.equal(resolved(at('all'), { originator, expanded: stranger })[0], 'dl-submit-prohibited');
  assert.equal(resolved(at('all'), { originator, expanded: [nameOf(at('ALL'))] })[0], 'list-recursion');
});

test('the account of a route names the redirections and the list', () => {
  const { text, json } = explain(table, { recipient: nameOf(at('twice')) });
  assert.match(text, /is redirected to \/S=alias.*directory-look-up/);
  assert.deepEqual(
    json.redirections.map(({ to }) => to),
    [at('alias'), at('one')],
  );
  const list = explain(table, { recipient: nameOf(at('all')), originator: nameOf(at('one')) });
  assert.equal(list.json.nextHop, 'list/all');
  assert.match(list.text, /expanded here: distribution list all/);
});

test('an address that an operator assigns is routed as if new, without the alternate requested', () => {
  const requestedAlternate = nameOf(at('spare', 'B'));
  const assigned = (to: string, more: Partial<ResolutionRequest> = {}): readonly unknown[] => {
    const request = { recipient: nameOf(at('old')), requestedAlternate, arrivedBy: 'link/b', ...more };
    const { steps, decision } = resolveAssigned(table, request, { to: nameOf(to), reason: 'alias' });
    return [decision.kind, ...steps.map((step) => printORAddress(step.to))];
  };
  assert.deepEqual(assigned(at('u', 'B')), ['link', at('u', 'B')]);
  assert.deepEqual(assigned(at('u', 'Y')), ['unknown-user', at('u', 'Y')]);
  assert.deepEqual(assigned(at('twice')), ['deliver', at('twice'), at('alias'), at('one')]);
  assert.deepEqual(assigned(at('OLD')), ['redirection-loop']);
  assert.deepEqual(assigned(at('u', 'B'), { history: [nameOf(at('u', 'B'))] }), ['redirection-loop']);
});
