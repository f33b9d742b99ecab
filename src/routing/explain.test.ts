// The account of a choice names every candidate with its reason, and agrees with the choice itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseORAddress } from '../address/index.ts';
import { chooseRoute } from './choice.ts';
import { explain } from './explain.ts';
import { buildRouteTable } from './route-table.ts';

const table = buildRouteTable({
  links: [
    { name: 'b', enabled: true, addressSpaces: [{ text: '/P=SITE-B/A= /C=GB/', cost: 10 }] },
    { name: 'b2', enabled: true, addressSpaces: [{ text: '/P=SITE-B/A= /C=GB/', cost: 20 }] },
    { name: 'rest', enabled: true, addressSpaces: [{ text: '/', cost: 50 }] },
  ],
  deliver: [{ name: 'home', addressSpace: { text: '/P=SITE-A/A= /C=GB/' }, users: [] }],
});

function explained(text: string, arrivedBy?: string) {
  const recipient = parseORAddress(text);
  assert.ok(recipient.ok);
  const request = { recipient: recipient.value, arrivedBy };
  const explanation = explain(table, request);
  assert.deepEqual(explanation.decision, chooseRoute(table, request));
  return explanation;
}

test('a choice among links', () => {
  const { text, json } = explained('/S=Smith/P=SITE-B/A= /C=GB/');
  assert.equal(
    text,
    [
      '/S=Smith/P=SITE-B/A= /C=GB/',
      '  goes to link b; alternates: b2',
      '  taken      link     b  /P=SITE-B/A= /C=GB/  (3 attributes, cost 10): longest match, best of it',
      '  alternate  link     b2  /P=SITE-B/A= /C=GB/  (3 attributes, cost 20): costs more; ' +
        'taken if the chosen one becomes unhealthy',
      '  dropped    link     rest  /  (0 attributes, cost 50): a longer match decides',
    ].join('\n'),
  );
  assert.deepEqual(
    [json.decision, json.nextHop, json.alternates, json.candidates.length],
    ['link', 'link/b', ['b2'], 3],
  );
});

test('what is spread over equal cost says so', () => {
  const links = ['a', 'b', 'c'].map((name, cost) => ({
    name,
    enabled: true,
    addressSpaces: [{ text: '/C=GB/', cost: Math.floor(cost / 2) }],
  }));
  const recipient = parseORAddress('/S=X/C=GB/');
  assert.ok(recipient.ok);
  const { text } = explain(buildRouteTable({ links, deliver: [] }), { recipient: recipient.value });
  assert.match(text, /goes to link [ab], or by message to [ab]; alternates: c\n/);
});

test('what is reported says why', () => {
  assert.match(explained('/S=Nobody/P=SITE-A/A= /C=GB/').text, /home matches longest and knows no such user/);
  assert.match(explained('/S=X/P=ELSE/A= /C=FR/', 'link/rest').text, /only route leads back/);
  assert.equal(explained('/S=X/P=ELSE/A= /C=FR/', 'link/rest').json.nextHop, null);
});
