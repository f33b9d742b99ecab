// Every state of the presentation machine against everything that it can hear: every branch of the table is
// taken, and where there is no cell the outcome is the one that the table's header says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchTable } from '../../../test/support/table-coverage.ts';
import { AssertionError } from '../../base/assert.ts';
import { concat, fromHex } from '../../base/octets.ts';
import { instant } from '../../base/time.ts';
import { cellsOf } from '../kernel/table.ts';
import type { SessionIndication } from '../session/service.ts';
import { PresentationMachine, type PresentationOutput } from './machine.ts';
import { encodeARP, encodeARU, encodeCP, encodeCPA, encodeCPR } from './ppdu-codec.ts';
import type { PresentationRequest, TokenPositions } from './service.ts';
import { type PresentationState, presentationStates } from './states.ts';
import { presentationTable } from './table.ts';
import { encodeUserData } from './user-data.ts';

const coverage = watchTable(presentationTable);

type Heard = { readonly above: PresentationRequest } | { readonly below: SessionIndication };

const now = instant(0);
const none = new Uint8Array(0);
const junk = Uint8Array.of(0x30, 0x80);
const value = Uint8Array.of(0x04, 0x01, 0x61);
const userData = [{ context: 1, value: [value] }];
/** The one value of X.410-1984 mode. */
const bare = [{ context: 0, value: [Uint8Array.of(0x31, 0)] }];
const contexts = [{ identifier: 1, abstractSyntax: '2.2.1.0.1', transferSyntaxes: ['2.1.1'] }];
const accepted = [{ identifier: 1, abstractSyntax: '2.2.1.0.1', accepted: true }];
const tokens: TokenPositions = {
  data: 'initiator',
  synchronizeMinor: 'initiator',
  majorActivity: 'initiator',
};
const session = { identifier: {}, requirements: 0x249, tokens };
const activity = Uint8Array.of(2, 1, 1);
const link = { oldActivity: activity, serialNumber: 1 };
const data = concat(encodeUserData(userData));
const stray = concat(encodeUserData([{ context: 9, value: [value] }]));

const cp = encodeCP({ contexts, userData });
const cpWithStray = encodeCP({ contexts, userData: [{ context: 9, value: [value] }] });
const cpElsewhere = encodeCP({ contexts, userData, calledSelector: Uint8Array.of(1) });
/** Protocol version 2 alone. */
const cpVersion2 = fromHex('310ba003800101a20480020640');
const cpX410 = fromHex('3107a003800100a100');
const cpaX410 = fromHex('310aa003800100a103800100');
assert(cpVersion2 !== undefined && cpX410 !== undefined && cpaX410 !== undefined);

const connect: Heard = { above: { kind: 'PCONreq', mode: 'normal', contexts, userData, ...session } };
const called: Heard = { below: { kind: 'SCONind', ...session, userData: cp } };
const confirm: Heard = { below: { kind: 'SCONcnf+', ...session, userData: encodeCPA(accepted, userData) } };

const connectX410: Heard = {
  above: { kind: 'PCONreq', mode: 'x410-1984', contexts: [], userData: bare, ...session },
};
const calledX410: Heard = { below: { kind: 'SCONind', ...session, userData: cpX410 } };
const confirmX410: Heard = { below: { kind: 'SCONcnf+', ...session, userData: cpaX410 } };

const setups: readonly (readonly [PresentationState, readonly Heard[]])[] = [
  ['STAI0', []],
  ['STAI1', [connect]],
  ['STAI2', [called]],
  ['STAt0', [connect, confirm]],
  ['STAt0', [called, { above: { kind: 'PCONrsp+', ...session, userData } }]],
  ['STAI1', [connectX410]],
  ['STAI2', [calledX410]],
  ['STAt0', [connectX410, confirmX410]],
  ['STAt0', [calledX410, { above: { kind: 'PCONrsp+', ...session, userData: bare } }]],
  ['ended', [{ below: { kind: 'SPABind', cause: 'transport-lost', detail: 'cut' } }]],
];

const indications: readonly SessionIndication[] = [
  { kind: 'SCONind', ...session, userData: cp },
  { kind: 'SCONind', ...session, userData: cpWithStray },
  { kind: 'SCONind', ...session, userData: cpVersion2 },
  { kind: 'SCONind', ...session, userData: cpElsewhere },
  { kind: 'SCONind', ...session, userData: cpX410 },
  { kind: 'SCONind', ...session, userData: junk },
  { kind: 'SCONcnf+', ...session, userData: encodeCPA(accepted, userData) },
  { kind: 'SCONcnf+', ...session, userData: encodeCPA([...accepted, ...accepted], userData) },
  { kind: 'SCONcnf+', ...session, userData: encodeCPA(accepted, [{ context: 9, value: [value] }]) },
  { kind: 'SCONcnf+', ...session, userData: cpaX410 },
  { kind: 'SCONcnf+', ...session, userData: junk },
  { kind: 'SCONcnf-', reason: 'user-data-follows', userData: encodeCPR({ contexts: accepted, userData }) },
  { kind: 'SCONcnf-', reason: 'transport', detail: 'refused', userData: none },
  { kind: 'SDTind', userData: data },
  { kind: 'SDTind', userData: stray },
  { kind: 'SDTind', userData: junk },
  { kind: 'STGind', tokens: ['data'] },
  { kind: 'SPTind', tokens: ['data'], userData: data },
  { kind: 'SPTind', tokens: ['data'], userData: none },
  { kind: 'SPTind', tokens: ['data'], userData: junk },
  { kind: 'SCGind' },
  { kind: 'SSYNmlocal', serialNumber: 1 },
  { kind: 'SSYNmind', serialNumber: 1, confirm: true, userData: none },
  { kind: 'SSYNmcnf', serialNumber: 1, userData: none },
  { kind: 'SUERind', reason: 'no-specific-reason', userData: none },
  { kind: 'SPERind', detail: 'trouble' },
  { kind: 'SACTSind', activity, userData: none },
  { kind: 'SACTRind', activity, link, userData: none },
  { kind: 'SACTIind', reason: 'no-specific-reason' },
  { kind: 'SACTIcnf' },
  { kind: 'SACTDind', reason: 'no-specific-reason' },
  { kind: 'SACTDcnf' },
  { kind: 'SACTEind', serialNumber: 1, userData: none },
  { kind: 'SACTEcnf', userData: none },
  { kind: 'SRELind', userData: data },
  { kind: 'SRELind', userData: none },
  { kind: 'SRELcnf+', userData: data },
  { kind: 'SUABind', userData: encodeARU(userData) },
  { kind: 'SUABind', userData: encodeARP('unexpected-ppdu') },
  { kind: 'SUABind', userData: none },
  { kind: 'SUABind', userData: junk },
  { kind: 'SPABind', cause: 'transport-lost', detail: 'cut' },
];

const requests: readonly PresentationRequest[] = [
  { kind: 'PCONreq', mode: 'normal', contexts, userData, ...session },
  { kind: 'PCONrsp+', ...session, userData },
  { kind: 'PCONrsp-', userData },
  { kind: 'PDTreq', userData },
  { kind: 'PTGreq', tokens: ['data'] },
  { kind: 'PTPreq', tokens: ['data'], userData },
  { kind: 'PCGreq' },
  { kind: 'PSYNmreq' },
  { kind: 'PSYNmrsp', serialNumber: 1 },
  { kind: 'PUERreq', reason: 'no-specific-reason' },
  { kind: 'PACTSreq', activity },
  { kind: 'PACTRreq', activity, link },
  { kind: 'PACTIreq', reason: 'no-specific-reason' },
  { kind: 'PACTIrsp' },
  { kind: 'PACTDreq', reason: 'no-specific-reason' },
  { kind: 'PACTDrsp' },
  { kind: 'PACTEreq' },
  { kind: 'PACTErsp' },
  { kind: 'PRELreq', userData },
  { kind: 'PRELrsp+', userData },
  { kind: 'PUABreq', userData },
];

function brought(steps: readonly Heard[]): PresentationMachine {
  const machine = new PresentationMachine({
    supports: (syntax) => syntax === '2.2.1.0.1',
    acceptsSelector: (called) => called === undefined,
  });
  for (const step of steps) hear(machine, step);
  return machine;
}

function hear(machine: PresentationMachine, heard: Heard): readonly PresentationOutput[] {
  return 'above' in heard
    ? machine.handle({ from: 'above', primitive: heard.above }, now)
    : machine.handle({ from: 'below', primitive: heard.below }, now);
}

test('every state is reached by its way', () => {
  for (const [state, steps] of setups) assert.equal(brought(steps).state, state);
  assert.deepEqual(new Set(setups.map(([state]) => state)), new Set(Object.keys(presentationStates)));
});

test('what goes through comes out under the name of the layer that hears it', () => {
  const connected = setups[3][1];
  const below = new Map<string, string>(requests.map(({ kind }) => [kind, kind.replace('P', 'S')]));
  const above = new Map<string, string>(indications.map(({ kind }) => [kind, kind.replace('S', 'P')]));
  // P-TOKEN-PLEASE and S-TOKEN-PLEASE are spelled differently by their Recommendations.
  below.set('PTPreq', 'SPTreq');
  above.set('SPTind', 'PTPind');
  for (const primitive of requests.slice(3, -2)) {
    const [output, ...rest] = hear(brought(connected), { above: primitive });
    assert(output.to === 'below');
    assert.deepEqual([output.primitive.kind, rest], [below.get(primitive.kind), []]);
  }
  for (const primitive of indications.slice(13, -6)) {
    if ('userData' in primitive && (primitive.userData === stray || primitive.userData === junk)) continue;
    const [output, ...rest] = hear(brought(connected), { below: primitive });
    assert(output.to === 'above');
    assert.deepEqual([output.primitive.kind, rest], [above.get(primitive.kind), []]);
  }
});

test('where there is no cell: abort for the peer, assertion for our mistake, silence after the end', (t) => {
  for (const [state, steps] of setups) {
    for (const primitive of requests) {
      const machine = brought(steps);
      try {
        const outputs = hear(machine, { above: primitive });
        if (state === 'ended') assert.deepEqual(outputs, []);
      } catch (cause) {
        assert.ok(cause instanceof AssertionError, String(cause));
      }
    }
    for (const primitive of indications) {
      const machine = brought(steps);
      const outputs = hear(machine, { below: primitive });
      if (state === 'ended') assert.deepEqual(outputs, []);
      const violated = outputs.some((output) => output.to === 'log');
      if (violated) assert.equal(machine.state, 'ended', `${state} ${primitive.kind}`);
      const aborted = outputs.some((output) => output.to === 'above' && output.primitive.kind === 'PPABind');
      assert.ok(!violated || aborted, `${state} ${primitive.kind}`);
    }
  }
  t.diagnostic(`${cellsOf(presentationTable).length} cells, ${coverage.all.length} branches`);
  assert.deepEqual(coverage.missed(), []);
  assert.ok(coverage.all.length >= 60);
});
