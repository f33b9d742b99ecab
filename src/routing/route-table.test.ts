// The route table: the same whatever the order and the steps it is built in, groups of links, address spaces
// of every form of address, entries that cannot be read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { normalAddress, parseORAddress } from '../address/index.ts';
import { chooseRoute } from './choice.ts';
import { buildRouteTable, matchingRoutes, type RouteTableInput, routeTableInSteps } from './route-table.ts';

function address(text: string) {
  const parsed = parseORAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}
function link(name: string, ...spaces: readonly string[]) {
  return { name, enabled: true, addressSpaces: spaces.map((text, cost) => ({ text, cost })) };
}
function names(input: Partial<RouteTableInput>, text: string): readonly string[] {
  const table = buildRouteTable({ links: [], deliver: [], ...input });
  return matchingRoutes(table, normalAddress(address(text))).map((route) => route.name);
}

test('a table built in steps is the table built at once', () => {
  const spaces = fc.array(fc.constantFrom('/', '/C=GB/', '/P=A/A= /C=GB/', '/O=X/P=A/A= /C=GB/', '/Q=/'), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.array(spaces, { maxLength: 6 }), fc.integer({ min: 1, max: 5 }), (each, step) => {
      const links = each.map((texts, index) => link(`link-${index}`, ...texts));
      const input = { links, deliver: [] };
      const building = routeTableInSteps(input, step);
      let steps = 0;
      let next = building.next();
      for (; next.done !== true; next = building.next()) steps += 1;
      const routes = each.flat().length;
      assert.equal(steps, Math.max(0, Math.ceil(routes / step) - 1));
      assert.deepEqual(next.value, buildRouteTable(input));
    }),
  );
});

test('the order in which links are written makes no difference', () => {
  const links = [link('b', '/C=GB/', '/'), link('a', '/C=GB/', '/'), link('c', '/', '/C=GB/')];
  const [one, other] = [links, links.toReversed()].map((each) =>
    buildRouteTable({ links: each, deliver: [] }),
  );
  assert.deepEqual(one, other);
});

test('a group gives its address spaces to each of its links', () => {
  const links = [link('a'), link('b'), link('c', '/P=X/A= /C=GB/')];
  const groups = [
    { name: 'backbone', links: ['a', 'b', 'gone'], addressSpaces: [{ text: '/C=GB/', cost: 3 }] },
  ];
  assert.deepEqual(names({ links, groups }, '/S=S/P=Y/A= /C=GB/'), ['a', 'b']);
  const decision = chooseRoute(buildRouteTable({ links, groups, deliver: [] }), {
    recipient: address('/S=S/P=Y/A= /C=GB/'),
    health: (name) => (name === 'a' ? 'unhealthy' : 'healthy'),
  });
  assert.ok(decision.kind === 'link' && decision.link === 'b');
  assert.deepEqual(
    decision.candidates.map(({ name, group, cost }) => [name, group, cost]),
    [
      ['b', 'backbone', 3],
      ['a', 'backbone', 3],
    ],
  );
});

test('messages spread over the links of a group, the recipients of one message together', () => {
  const groups = [{ name: 'g', links: ['a', 'b', 'c'], addressSpaces: [{ text: '/C=GB/', cost: 1 }] }];
  const table = buildRouteTable({ links: [link('a'), link('b'), link('c')], groups, deliver: [] });
  const counts = new Map<string, number>();
  for (let message = 0; message < 300; message += 1) {
    const chosen = ['/S=S/C=GB/', '/S=T/C=GB/'].map((text) => {
      const decision = chooseRoute(table, { recipient: address(text), balanceBy: `message ${message}` });
      return decision.kind === 'link' ? decision.link : '';
    });
    assert.equal(chosen[0], chosen[1]);
    counts.set(chosen[0], (counts.get(chosen[0]) ?? 0) + 1);
  }
  assert.equal(counts.size, 3);
  for (const count of counts.values()) assert.ok(count > 60, `${count} of 300`);
});

test('spaces of numeric, terminal and domain-defined addresses', () => {
  const links = [
    link('numeric', '/N-ID=4711/A= /C=GB/'),
    link('terminal', '/X.121=234219200/'),
    link('terminal-id', '/T-ID=TX1/C=GB/'),
    link('smtp', '/DD.RFC-822=smith(a)example.org/C=GB/'),
  ];
  assert.deepEqual(names({ links }, '/N-ID=4711/A= /C=GB/'), ['numeric']);
  assert.deepEqual(names({ links }, '/X.121=234219200/'), ['terminal']);
  assert.deepEqual(names({ links }, '/T-ID=TX1/X.121=99/C=GB/'), ['terminal-id']);
  assert.deepEqual(names({ links }, '/DD.RFC-822=smith(a)example.org/A= /C=GB/'), ['smtp']);
});

test('RT-H2: an entry that cannot be read is a flaw, and the others count', () => {
  const table = buildRouteTable({ links: [link('a', '/P=/=/', '/C=GB/')], deliver: [] });
  assert.deepEqual(
    table.flaws.map(({ name, addressSpace }) => [name, addressSpace]),
    [['a', '/P=/=/']],
  );
  assert.equal(matchingRoutes(table, normalAddress(address('/S=S/C=GB/'))).length, 1);
});
