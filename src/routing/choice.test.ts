// The choice of a next hop, sentence by sentence of the design (links, routing, scheduling), and as laws over
// random tables: longest match, determinism, never back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  matchesAddressSpace,
  normalAddress,
  type ORAddress,
  parseAddressSpace,
  parseORAddress,
} from '../address/index.ts';
import { chooseRoute } from './choice.ts';
import type { LinkHealth, RouteDecision, RouteRequest } from './decision.ts';
import { buildRouteTable, type LinkRoutesInput, type RouteTableInput } from './route-table.ts';

function address(text: string): ORAddress {
  const parsed = parseORAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

function link(name: string, ...spaces: readonly (readonly [string, number])[]): LinkRoutesInput {
  return { name, enabled: true, addressSpaces: spaces.map(([text, cost]) => ({ text, cost })) };
}

const deliverA = { name: 'home', addressSpace: { text: '/P=SITE-A/A= /C=GB/' }, users: 'any' } as const;
const smithB = address('/S=Smith/P=SITE-B/A= /C=GB/');

function choose(
  input: Partial<RouteTableInput>,
  recipient: ORAddress,
  rest: Omit<RouteRequest, 'recipient'> = {},
): RouteDecision {
  return chooseRoute(buildRouteTable({ links: [], deliver: [], ...input }), { recipient, ...rest });
}
function linkOf(decision: RouteDecision): string {
  assert.equal(decision.kind, 'link');
  return decision.link;
}
function reasons(decision: RouteDecision): Record<string, string> {
  return Object.fromEntries(decision.candidates.map((each) => [each.name, each.reason]));
}

test('the longest match decides, whatever it costs', () => {
  const links = [
    link('default', ['/', 1]),
    link('country', ['/C=GB/', 2]),
    link('b', ['/P=SITE-B/A= /C=GB/', 99]),
  ];
  const decision = choose({ links }, smithB);
  assert.equal(linkOf(decision), 'b');
  assert.deepEqual(reasons(decision), { b: 'chosen', country: 'shorter-match', default: 'shorter-match' });
  assert.equal(linkOf(choose({ links }, address('/S=X/P=OTHER/A= /C=GB/'))), 'country');
  assert.equal(linkOf(choose({ links }, address('/S=X/P=OTHER/A= /C=FR/'))), 'default');
});

test('of two spaces of one link that fit alike, the cheaper is its way', () => {
  const links = [
    link('l', ['/O=Y/C=GB/', 50], ['/P=Q/C=GB/', 5]),
    link('m', ['/P=Q/C=GB/', 10]),
    link('n', ['/O=Y/C=GB/', 1]),
  ];
  const both = address('/S=a/O=Y/P=Q/A= /C=GB/');
  assert.equal(linkOf(choose({ links: links.slice(0, 2) }, both)), 'l');
  assert.equal(linkOf(choose({ links }, both)), 'n');
  assert.equal(linkOf(choose({ links: links.slice(0, 2) }, address('/S=a/O=Y/P=R/A= /C=GB/'))), 'l');
});

test('RT-H3: names that share a prefix are different', () => {
  const links = [link('b', ['/P=SITE-B/A= /C=GB/', 1])];
  assert.equal(choose({ links }, address('/S=X/P=SITE-B2/A= /C=GB/')).kind, 'no-route');
  assert.equal(choose({ links }, address('/S=X/P=SITE/A= /C=GB/')).kind, 'no-route');
});

test('an ADMD of one space, of zero and none are the same for matching', () => {
  const links = [link('b', ['/P=SITE-B/A= /C=GB/', 1])];
  assert.equal(linkOf(choose({ links }, address('/S=X/P=SITE-B/A=0/C=GB/'))), 'b');
  assert.equal(linkOf(choose({ links }, address('/S=X/P=site-b/C=gb/'))), 'b');
  assert.equal(choose({ links }, address('/S=X/P=SITE-B/A=BT/C=GB/')).kind, 'no-route');
});

test('a deliver space that wins and does not know the user reports at once, default route or not', () => {
  const users = [{ address: address('/S=Jones/P=SITE-A/A= /C=GB/') }];
  const input = { links: [link('default', ['/', 1])], deliver: [{ ...deliverA, users }] };
  const unknown = choose(input, address('/S=Nobody/P=SITE-A/A= /C=GB/'));
  assert.equal(unknown.kind, 'unknown-user');
  assert.deepEqual(reasons(unknown), { home: 'unknown-user', default: 'shorter-match' });
  assert.equal(choose(input, address('/S=JONES/P=SITE-A/C=GB/')).kind, 'deliver');
});

test('a link with the longer match takes the recipient out of a deliver space', () => {
  const input = { links: [link('ou', ['/OU1=Far/P=SITE-A/A= /C=GB/', 1])], deliver: [deliverA] };
  assert.equal(linkOf(choose(input, address('/S=X/OU1=Far/P=SITE-A/A= /C=GB/'))), 'ou');
  assert.equal(choose(input, address('/S=X/OU1=Near/P=SITE-A/A= /C=GB/')).kind, 'deliver');
});

test('a space shared with another MTA: who is not known here goes there, and is reported by the last', () => {
  const users = [{ address: address('/S=Jones/P=SITE-A/A= /C=GB/') }];
  const input = { links: [link('twin', ['/P=SITE-A/A= /C=GB/', 1])], deliver: [{ ...deliverA, users }] };
  const jones = address('/S=Jones/P=SITE-A/A= /C=GB/');
  const other = address('/S=Other/P=SITE-A/A= /C=GB/');
  assert.equal(choose(input, jones).kind, 'deliver');
  assert.equal(linkOf(choose(input, other)), 'twin');
  assert.equal(choose(input, other, { arrivedBy: 'link/twin' }).kind, 'unknown-user');
});

test('then cost; then health; alternates are the rest of the same match', () => {
  const links = [
    link('cheap', ['/P=SITE-B/A= /C=GB/', 10]),
    link('dear', ['/P=SITE-B/A= /C=GB/', 20]),
    link('default', ['/', 1]),
  ];
  const decision = choose({ links }, smithB);
  assert.ok(decision.kind === 'link');
  assert.deepEqual([decision.link, decision.alternates], ['cheap', ['dear']]);
  const down = choose({ links }, smithB, { health: (name) => (name === 'cheap' ? 'unhealthy' : 'healthy') });
  assert.ok(down.kind === 'link');
  assert.deepEqual([down.link, down.alternates, down.waitsFor], ['dear', ['cheap'], undefined]);
});

test('RT-H4: both down: back to the cheapest, to wait there; no report', () => {
  const links = [link('cheap', ['/P=SITE-B/A= /C=GB/', 10]), link('dear', ['/P=SITE-B/A= /C=GB/', 20])];
  const decision = choose({ links }, smithB, { health: () => 'unhealthy' });
  assert.ok(decision.kind === 'link');
  assert.deepEqual([decision.link, decision.waitsFor], ['cheap', 'unhealthy']);
});

test('a disabled link is dropped; if it is the only one, copies wait for it', () => {
  const cheap = { ...link('cheap', ['/P=SITE-B/A= /C=GB/', 10]), enabled: false };
  const both = choose({ links: [cheap, link('dear', ['/P=SITE-B/A= /C=GB/', 20])] }, smithB);
  assert.ok(both.kind === 'link');
  assert.deepEqual([both.link, both.alternates, reasons(both).cheap], ['dear', [], 'disabled']);
  const alone = choose({ links: [cheap, link('default', ['/', 1])] }, smithB);
  assert.ok(alone.kind === 'link');
  assert.deepEqual([alone.link, alone.waitsFor], ['cheap', 'disabled']);
});

test('a recipient never goes back on the link that it came by', () => {
  const links = [link('b', ['/P=SITE-B/A= /C=GB/', 10]), link('default', ['/', 1])];
  const decision = choose({ links }, smithB, { arrivedBy: 'link/b' });
  assert.ok(decision.kind === 'no-route');
  assert.equal(decision.why, 'only-back');
  assert.equal(reasons(decision).b, 'came-by-it');
});

test('content that no link of the match takes is too long, not without route', () => {
  const small = { ...link('b', ['/P=SITE-B/A= /C=GB/', 10]), maxMessageSize: 1000 };
  const decision = choose({ links: [small, link('default', ['/', 1])] }, smithB, { contentLength: 1001 });
  assert.ok(decision.kind === 'content-too-long');
  assert.equal(decision.contentLengthMax, 1000);
  assert.equal(linkOf(choose({ links: [small] }, smithB, { contentLength: 1000 })), 'b');
});

test('equal cost: messages are spread, one message stays together', () => {
  const links = ['x', 'y', 'z'].map((name) => link(name, ['/P=SITE-B/A= /C=GB/', 10]));
  const table = buildRouteTable({ links, deliver: [] });
  const count = new Map<string, number>();
  for (let index = 0; index < 300; index += 1) {
    const request = { balanceBy: `/P=A/A= /C=GB/;${index}` };
    const taken = linkOf(chooseRoute(table, { recipient: smithB, ...request }));
    const other = address('/S=Jones/P=SITE-B/A= /C=GB/');
    assert.equal(linkOf(chooseRoute(table, { recipient: other, ...request })), taken);
    count.set(taken, (count.get(taken) ?? 0) + 1);
  }
  for (const name of ['x', 'y', 'z']) assert.ok((count.get(name) ?? 0) > 60, `${name}: ${count.get(name)}`);
});

test('equal cost: a link within its hours before one that is not, then the one that opens sooner', () => {
  const links = ['day', 'dusk', 'night', 'never'].map((name) => link(name, ['/C=GB/', 1]));
  const hours: Record<string, number> = { day: 0, dusk: 1000, night: 2000, never: Number.POSITIVE_INFINITY };
  for (let message = 0; message < 20; message += 1) {
    const request = { balanceBy: `m${message}`, opensAt: (name: string) => hours[name] };
    const decision = choose({ links }, smithB, request);
    assert.ok(decision.kind === 'link');
    assert.deepEqual([decision.link, ...decision.alternates], ['day', 'dusk', 'night', 'never']);
    assert.deepEqual(reasons(decision), {
      ...{ day: 'chosen', dusk: 'opens-later', night: 'opens-later', never: 'opens-later' },
    });
  }
  const dear = [link('open', ['/C=GB/', 2]), link('closed', ['/C=GB/', 1])];
  const opensAt = (name: string): number => (name === 'open' ? 0 : 1000);
  assert.equal(linkOf(choose({ links: dear }, smithB, { opensAt })), 'closed', 'cost comes first');
});

test('hours are asked for by priority; a report waits with the normal ones', () => {
  const links = ['a', 'b'].map((name) => link(name, ['/C=GB/', 1]));
  const opensAt = (name: string, priority: string): number => (name === 'a' && priority === 'urgent' ? 0 : 5);
  for (let message = 0; message < 20; message += 1) {
    const request = { balanceBy: `m${message}`, opensAt };
    assert.equal(linkOf(choose({ links }, smithB, { ...request, priority: 'urgent' })), 'a');
  }
  const spread = Array.from({ length: 20 }, (_, message) =>
    linkOf(
      choose({ links }, smithB, { balanceBy: `m${message}`, opensAt, kind: 'report', priority: 'urgent' }),
    ),
  );
  assert.equal(new Set(spread).size, 2, 'neither is open for a report');
});

test('a space that cannot be read is a flaw, and the others count', () => {
  const table = buildRouteTable({
    links: [link('b', ['nonsense', 1], ['/P=SITE-B/A= /C=GB/', 1])],
    deliver: [],
  });
  assert.deepEqual(
    table.flaws.map(({ name, addressSpace }) => [name, addressSpace]),
    [['b', 'nonsense']],
  );
  assert.equal(linkOf(chooseRoute(table, { recipient: smithB })), 'b');
});

const part = fc.constantFrom('', 'A', 'B', 'AB');
const parts = fc.record({ p: part, a: fc.constantFrom('', ' ', 'BT', '0'), o: part, ou: part });
const text = ({ p, a, o, ou }: { p: string; a: string; o: string; ou: string }, surname: string): string =>
  `/${surname}${ou && `OU1=${ou}/`}${o && `O=${o}/`}${p && `P=${p}/`}${a && `A=${a}/`}C=GB/`;
const tables = fc.array(fc.record({ space: parts, cost: fc.integer({ min: 0, max: 3 }) }), { maxLength: 12 });

test('RT-H1: the choice is a longest match that a look at every space would find, cheapest of it', () => {
  fc.assert(
    fc.property(tables, parts, (spaces, wanted) => {
      const links = spaces.map(({ space, cost }, index) => link(`l${index}`, [text(space, ''), cost]));
      const recipient = address(text(wanted, 'S=X/'));
      const lengths = spaces.map(({ space }) => {
        const parsed = parseAddressSpace(text(space, ''));
        assert.ok(parsed.ok);
        return matchesAddressSpace(parsed.value, recipient) ?? -1;
      });
      const decision = choose({ links }, recipient);
      const longest = Math.max(-1, ...lengths);
      assert.equal(decision.kind, longest < 0 ? 'no-route' : 'link');
      if (decision.kind !== 'link') return;
      const index = Number(decision.link.slice(1));
      assert.equal(lengths[index], longest);
      const costs = spaces.filter((_, at) => lengths[at] === longest).map(({ cost }) => cost);
      assert.equal(spaces[index].cost, Math.min(...costs));
      assert.equal(decision.alternates.length, costs.length - 1);
      assert.equal(decision.candidates.length, lengths.filter((length) => length >= 0).length);
    }),
    { numRuns: 300 },
  );
});

test('RT-H1: law: the order of the configuration does not matter, nor does asking twice', () => {
  const states = fc.array(fc.constantFrom<LinkHealth>('healthy', 'unhealthy', 'disabled'), { minLength: 12 });
  fc.assert(
    fc.property(tables, parts, states, fc.string(), (spaces, wanted, health, balanceBy) => {
      const links = spaces.map(({ space, cost }, index) => link(`l${index}`, [text(space, ''), cost]));
      const recipient = normalAddress(address(text(wanted, 'S=X/')));
      const request = { recipient, balanceBy, health: (name: string) => health[Number(name.slice(1)) % 12] };
      const there = chooseRoute(buildRouteTable({ links, deliver: [] }), request);
      const back = chooseRoute(buildRouteTable({ links: [...links].reverse(), deliver: [] }), request);
      assert.deepEqual(back, there);
      const arrivedBy = there.kind === 'link' ? there.nextHop : undefined;
      const again = chooseRoute(buildRouteTable({ links, deliver: [] }), { ...request, arrivedBy });
      if (again.kind === 'link' && arrivedBy !== undefined) assert.notEqual(again.nextHop, arrivedBy);
    }),
    { numRuns: 200 },
  );
});

test('100,000 routes: 1,000 recipients are routed in less than 0.5 s', () => {
  const links = Array.from({ length: 100 }, (_, at) =>
    link(
      `l${at}`,
      ...Array.from({ length: 1000 }, (_, n) => [`/O=O${n}/P=P${at}/A= /C=GB/`, n % 7] as const),
    ),
  );
  const table = buildRouteTable({ links, deliver: [] });
  const recipients = Array.from({ length: 1000 }, (_, n) => address(`/S=S/O=O${n}/P=P${n % 100}/A= /C=GB/`));
  const start = process.hrtime.bigint();
  for (const recipient of recipients) assert.equal(chooseRoute(table, { recipient }).kind, 'link');
  const took_ms = Number(process.hrtime.bigint() - start) / 1e6;
  assert.ok(took_ms < 500, `${took_ms} ms`);
});
