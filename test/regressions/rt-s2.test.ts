// RT-S2 in full: two whole MTAs, one calling the other, with one thing that does not fit. Each mismatch is an
// event of its own on both ends, says the layer and what was called, and travels as the refusal that the
// Recommendation has for it; no password is told on either end (exchange-mta.md §3.S). Name and password are
// alike on the wire by intent: X.411 has one error for both, and a stranger learns no names by trying.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, fromHex, toHex } from '../../src/base/octets.ts';
import type { EventName } from '../../src/events/index.ts';
import { World } from '../sim/world.ts';

type Mode = 'normal' | 'x410-1988' | 'x410-1984';

interface Mismatch {
  readonly what: string;
  readonly mode: Mode;
  /** Keys of A's link to B, which calls, and of B's link to A, which is called; YAML, one a line. */
  readonly caller?: string;
  readonly called?: string;
  /** A further link of B. */
  readonly beside?: string;
  /** The event at B, and fields of it. */
  readonly here: readonly [EventName, Readonly<Record<string, unknown>>];
  /** The event at A, and fields of it. */
  readonly there: readonly [EventName, Readonly<Record<string, unknown>>];
  /** The last refusal on the wire: octets that are in it, in order. */
  readonly wire: readonly string[];
}

const selectors = (end: 'local' | 'remote', values: string): string => `selectors: { ${end}: { ${values} } }`;
/** RF: SPDU code 12; reason parameter 0x32. X.225 8.3.5. */
const rf = { session: '0c06 110101 320181', unattached: '0c06 110101 320182', data: '32' };
/** AARE result and diagnostic: rejected-permanent, of the service user. */
const rejected = 'a203020101';
/** RTORJ [18]: user data [1], the bind error [18]. */
const authenticationError = 'b205a103920102';

const mismatches: readonly Mismatch[] = [
  ...(['normal', 'x410-1988', 'x410-1984'] as const).flatMap((mode): Mismatch[] => {
    const normal = mode === 'normal';
    // RTORJ in X.410 mode: SET { [0] refuse reason }.
    const credentials = normal ? [rejected, authenticationError] : ['3103 800102'];
    const refused = ['credentials-refused-by-peer', { presented: 'MTA-A' }] as const;
    return [
      {
        what: 'a name that is not known',
        mode,
        called: 'peer: { mta: MTA-OTHER, password: other-secret }',
        here: ['inbound-unknown-peer', { presented: 'MTA-A' }],
        there: refused,
        wire: credentials,
      },
      {
        what: 'the right password under another name',
        mode,
        called: 'peer: { mta: MTA-OTHER, password: A-secret }',
        here: ['wrong-mta-name', { expected: 'MTA-OTHER', presented: 'MTA-A' }],
        there: refused,
        wire: credentials,
      },
      {
        what: 'another password',
        mode,
        called: 'peer: { mta: MTA-A, password: other-secret }',
        here: ['wrong-password', { direction: 'in' }],
        there: refused,
        wire: credentials,
      },
      {
        what: 'another dialogue mode',
        mode,
        caller: 'rts: { dialogue: two-way-alternate }',
        called: 'rts: { dialogue: monologue }',
        here: ['dialogue-mismatch', { expected: 'monologue', got: 'two-way-alternate' }],
        there: ['dialogue-refused-by-peer', { proposed: 'two-way-alternate' }],
        wire: normal ? [rejected, 'b205a103920103'] : ['3103 800103'],
      },
      {
        what: 'a transport selector of no link',
        mode,
        caller: selectors('remote', 'transport: ELSE'),
        called: selectors('local', 'transport: OURS'),
        here: ['unknown-transport-selector', { got: 'ELSE', known: ['OURS'] }],
        there: [
          'selector-refused-by-peer',
          { layer: 'transport', which: 'called', called: 'transport ELSE', reason: 'address-unknown' },
        ],
        wire: ['0300000b 06 80', '03'],
      },
      {
        what: 'a transport selector of another link',
        mode,
        caller: selectors('remote', 'transport: THEIRS'),
        called: selectors('local', 'transport: OURS'),
        beside: selectors('local', 'transport: THEIRS'),
        here: ['selector-mismatch', { layer: 'transport', which: 'called', expected: 'OURS', got: 'THEIRS' }],
        there: [
          'selector-refused-by-peer',
          {
            layer: 'session',
            called: 'transport THEIRS, session absent',
            reason: 'session-selector-unknown',
          },
        ],
        wire: [rf.session],
      },
      {
        what: 'a session selector of no link',
        mode,
        caller: selectors('remote', 'transport: T, session: ELSE'),
        called: selectors('local', 'transport: T, session: OURS'),
        here: ['unknown-selector', { layer: 'session', got: 'ELSE', known: ['OURS'] }],
        there: [
          'selector-refused-by-peer',
          { layer: 'session', called: 'transport T, session ELSE', reason: 'session-selector-unknown' },
        ],
        wire: [rf.session],
      },
      {
        what: 'a session selector of another link, on a transport selector that has no such session',
        mode,
        caller: selectors('remote', 'transport: T, session: THEIRS'),
        called: selectors('local', 'transport: T, session: OURS'),
        beside: selectors('local', 'transport: U, session: THEIRS'),
        here: ['unknown-selector', { layer: 'session', got: 'THEIRS', known: ['OURS', 'THEIRS'] }],
        there: ['selector-refused-by-peer', { layer: 'session', called: 'transport T, session THEIRS' }],
        wire: [rf.session],
      },
      {
        what: 'a calling selector',
        mode,
        caller: selectors('local', 'transport: MINE'),
        called: selectors('remote', 'transport: YOURS'),
        here: ['selector-mismatch', { layer: 'transport', which: 'calling', expected: 'YOURS', got: 'MINE' }],
        there: normal
          ? [
              'selector-refused-by-peer',
              { which: 'calling', called: 'transport MINE, session absent, presentation absent' },
            ]
          : refused,
        wire: normal ? [rejected, 'a305 a103 020103', authenticationError] : ['3103 800102'],
      },
    ];
  }),
  {
    what: 'a presentation selector of no link',
    mode: 'normal',
    caller: selectors('remote', 'presentation: ELSE'),
    called: selectors('local', 'presentation: OURS'),
    here: ['unknown-selector', { layer: 'presentation', got: 'ELSE', known: ['OURS'] }],
    there: [
      'selector-refused-by-peer',
      {
        layer: 'presentation',
        called: 'transport absent, session absent, presentation ELSE',
        reason: 'called-presentation-address-unknown',
      },
    ],
    // CPR: provider-reason [10] called-presentation-address-unknown.
    wire: ['8a0103'],
  },
  {
    what: 'a presentation selector of another link',
    mode: 'normal',
    caller: selectors('remote', 'presentation: THEIRS'),
    called: selectors('local', 'presentation: OURS'),
    beside: selectors('local', 'presentation: THEIRS'),
    here: ['selector-mismatch', { layer: 'presentation', which: 'called', expected: 'OURS', got: 'THEIRS' }],
    there: ['selector-refused-by-peer', { reason: 'called-presentation-address-unknown' }],
    wire: ['8a0103'],
  },
  ...(['normal', 'x410-1988', 'x410-1984'] as const).flatMap((mode) =>
    (['normal', 'x410-1988', 'x410-1984'] as const)
      .filter((other) => other !== mode)
      .map(
        (other): Mismatch => ({
          what: `a link of mode ${other}`,
          mode,
          called: `mode: ${other}`,
          here: ['mode-mismatch', { expected: other, got: mode }],
          there: ['mode-refused-by-peer', { mode }],
          // AARE: application-context-name-not-supported; in X.410 mode: no such user at that address.
          wire: mode === 'normal' ? [rejected, 'a305 a103 020102'] : [rf.unattached],
        }),
      ),
  ),
];

for (const mismatch of mismatches) {
  const { what, mode, here, there, wire } = mismatch;
  test(`RT-S2: ${what} (${mode}): ${here[0]} and ${there[0]}`, async () => {
    const { world, refusal } = await met(mismatch);
    for (const [host, [name, fields], others] of [
      ['B', here, admissionEvents],
      ['A', there, refusalEvents],
    ] as const) {
      const told = world.mta(host).told.filter((each) => others.has(each.name));
      assert.ok(told.length > 0, `${host} says why`);
      for (const each of told) {
        assert.equal(each.name, name, host);
        for (const [field, value] of Object.entries(fields)) {
          assert.deepEqual(each.fields[field], value, `${name}.${field}`);
        }
      }
      assert.doesNotMatch(JSON.stringify(world.mta(host).told), /secret/, 'no password is told');
      assert.deepEqual(world.mta(host).events('protocol-violation'), []);
    }
    let from = 0;
    for (const octets of wire) {
      const wanted = toHex(fromHex(octets) ?? assert.fail(octets));
      const at = refusal.indexOf(wanted, from);
      assert.ok(at >= 0, `${wanted} after ${from} in ${refusal}`);
      from = at + wanted.length;
    }
    if (wire[0] === rf.session || wire[0] === rf.unattached) {
      assert.doesNotMatch(refusal, /b205a1039201/, 'no bind error beside it');
    }
    // No timer, caller or connection is left of it.
    await world.stop();
  });
}

test('RT-S2: with nothing amiss the same two open an association, in every mode', async () => {
  for (const mode of ['normal', 'x410-1988', 'x410-1984'] as const) {
    const address = 'transport: T, session: S';
    const { world } = await met({
      mode,
      caller: `selectors: { remote: { ${address} }, local: { transport: MINE } }`,
      called: `selectors: { local: { ${address} }, remote: { transport: MINE } }`,
    });
    for (const host of ['A', 'B']) assert.equal(world.mta(host).events('association-opened').length, 1, mode);
    await world.stop();
  }
});

/** What B may say of a caller, and A of a refusal. */
const admissionEvents: ReadonlySet<EventName> = new Set<EventName>([
  'inbound-unknown-peer',
  'wrong-password',
  'wrong-mta-name',
  'selector-mismatch',
  'unknown-transport-selector',
  'unknown-selector',
  'mode-mismatch',
  'dialogue-mismatch',
  'bind-malformed',
]);
const refusalEvents: ReadonlySet<EventName> = new Set<EventName>([
  'credentials-refused-by-peer',
  'dialogue-refused-by-peer',
  'selector-refused-by-peer',
  'mode-refused-by-peer',
  'association-refused',
  'association-lost',
  'peer-busy',
  'connect-failed',
]);

/** A has a message for B and calls; what B wrote last. */
async function met(
  plan: Pick<Mismatch, 'mode' | 'caller' | 'called' | 'beside'>,
): Promise<{ readonly world: World; readonly refusal: string }> {
  const { mode, caller, called, beside } = plan;
  const lines = (...more: (string | undefined)[]): string =>
    [...more.filter((line) => line !== undefined), 'retry: { openInterval: 3600s }'].join('\n');
  const own = called?.startsWith('mode:') ? called : lines(`mode: ${mode}`, called);
  const further = { to: 'C', extra: lines(`mode: ${mode}`, beside) };
  const world = new World(1, [
    { name: 'A', links: [{ to: 'B', extra: lines(`mode: ${mode}`, caller) }] },
    { name: 'B', links: [{ to: 'A', extra: own }, ...(beside === undefined ? [] : [further])] },
  ]);
  const heard: Uint8Array[][] = [];
  world.network.tap = (sockets) => {
    const written: Uint8Array[] = [];
    heard.push(written);
    sockets.caller.on('data', (octets: Uint8Array) => written.push(Uint8Array.from(octets)));
  };
  world.submit('A', 'B', 100);
  await world.pass(5000);
  return { world, refusal: toHex(concat(heard.at(-1) ?? [])) };
}
