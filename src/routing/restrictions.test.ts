// What links are closed to, and what becomes of a recipient whose links are: another link of the match takes
// it, or it is reported with the reason that says so (RT-I4: restriction is reason 5).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddressSpace, parseORAddress } from '../address/index.ts';
import { chooseRoute } from './choice.ts';
import type { RouteRequest } from './decision.ts';
import { type LinkRestrictions, restrictionOf } from './restrictions.ts';
import { buildRouteTable } from './route-table.ts';

const p22 = '2.6.1.10.1';
const none: LinkRestrictions = { priorities: [], contentTypes: [], originators: { accept: [], reject: [] } };

function address(text: string) {
  const parsed = parseORAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}
function space(text: string) {
  const parsed = parseAddressSpace(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}
const jones = address('/S=Jones/O=Sales/P=SITE-A/A= /C=GB/');

function choose(restrictions: readonly LinkRestrictions[], request: Omit<RouteRequest, 'recipient'>) {
  const links = restrictions.map((each, index) => ({
    name: `link-${index}`,
    enabled: true,
    addressSpaces: [{ text: '/P=SITE-B/A= /C=GB/', cost: index }],
    restrictions: each,
  }));
  const recipient = address('/S=Smith/P=SITE-B/A= /C=GB/');
  return chooseRoute(buildRouteTable({ links, deliver: [] }), { recipient, ...request });
}

test('what is not named is not restricted', () => {
  const all = { kind: 'message', priority: 'urgent', contentType: p22, originator: jones } as const;
  assert.equal(restrictionOf(undefined, all), undefined);
  assert.equal(restrictionOf(none, all), undefined);
});

test('priorities, content types and originators are restricted each by itself', () => {
  const urgentOnly = { ...none, priorities: ['urgent'] } as const;
  assert.equal(restrictionOf(urgentOnly, { priority: 'urgent' }), undefined);
  assert.equal(restrictionOf(urgentOnly, { priority: 'non-urgent' }), 'priority-restricted');
  const p22Only = { ...none, contentTypes: [p22] };
  assert.equal(restrictionOf(p22Only, { contentType: p22 }), undefined);
  assert.equal(restrictionOf(p22Only, { contentType: '2.6.1.10.0' }), 'content-type-restricted');
  const salesOnly = { ...none, originators: { accept: [space('/O=Sales/P=SITE-A/A= /C=GB/')], reject: [] } };
  assert.equal(restrictionOf(salesOnly, { originator: jones }), undefined);
  const other = address('/S=Jones/O=Works/P=SITE-A/A= /C=GB/');
  assert.equal(restrictionOf(salesOnly, { originator: other }), 'originator-restricted');
});

test('a rejected originator is rejected though it is among the accepted', () => {
  const accept = [space('/P=SITE-A/A= /C=GB/')];
  const reject = [space('/S=Jones/P=SITE-A/A= /C=GB/')];
  const restrictions = { ...none, originators: { accept, reject } };
  assert.equal(restrictionOf(restrictions, { originator: jones }), 'originator-restricted');
});

test('a report is never restricted', () => {
  const restrictions = { ...none, priorities: ['non-urgent'], contentTypes: ['1.2.3'] } as const;
  assert.equal(restrictionOf(restrictions, { kind: 'report', priority: 'urgent' }), undefined);
});

test('another link of the match takes what the best one is closed to', () => {
  const decision = choose([{ ...none, priorities: ['urgent'] }, none], { priority: 'normal' });
  assert.equal(decision.kind, 'link');
  assert.equal(decision.link, 'link-1');
  assert.deepEqual(decision.alternates, []);
  assert.deepEqual(
    decision.candidates.map((each) => [each.name, each.reason]),
    [
      ['link-1', 'chosen'],
      ['link-0', 'priority-restricted'],
    ],
  );
});

test('where every link is closed to it, the decision says to what', () => {
  const closed = { ...none, originators: { accept: [], reject: [space('/C=GB/')] } };
  const restricted = choose([closed, closed], { originator: jones });
  assert.equal(restricted.kind, 'restricted-delivery');
  assert.deepEqual(restricted.links, ['link-0', 'link-1']);
  const unsupported = choose([{ ...none, contentTypes: ['1.2.3'] }], { contentType: p22 });
  assert.equal(unsupported.kind, 'content-type-not-supported');
});
