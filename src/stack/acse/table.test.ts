// Every state of the association control machine against everything that it can hear: every branch of the
// table is taken, and where there is no cell the outcome is the one that the table's header says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchTable } from '../../../test/support/table-coverage.ts';
import { AssertionError } from '../../base/assert.ts';
import { concat, fromHex, toHex } from '../../base/octets.ts';
import { instant } from '../../base/time.ts';
import { cellsOf } from '../kernel/table.ts';
import type { PresentationDataReceived, TokenPositions } from '../presentation/service.ts';
import { encodeApdu, userInformation } from './apdu-codec.ts';
import { AcseMachine, type AcseOutput } from './machine.ts';
import type { AcseHears } from './received.ts';
import type { AcseRequest } from './service.ts';
import { type AcseState, acseStates } from './states.ts';
import { acseTable } from './table.ts';

const coverage = watchTable(acseTable);

type Heard = { readonly above: AcseRequest } | { readonly below: AcseHears };

const now = instant(0);
const applicationContext = '2.6.0.1.6';
const information = [{ context: 3, value: [Uint8Array.of(0x04, 0x01, 0x61)] }];
const tokens: TokenPositions = {
  data: 'initiator',
  synchronizeMinor: 'initiator',
  majorActivity: 'initiator',
};
const session = { identifier: {}, requirements: 0x249, tokens };
const proposed = [{ identifier: 1, abstractSyntax: '2.2.1.0.1', transferSyntaxes: ['2.1.1'] }];
const contexts = [{ identifier: 1, abstractSyntax: '2.2.1.0.1', accepted: true }];

function carried(hexOrApdu: Uint8Array | string, context = 1): readonly PresentationDataReceived[] {
  const value = typeof hexOrApdu === 'string' ? fromHex(hexOrApdu) : hexOrApdu;
  assert(value !== undefined);
  return [{ context, value }];
}

const aarq = encodeApdu({
  kind: 'aarq',
  value: { applicationContextName: applicationContext, userInformation: userInformation(information) },
});

function aare(result: 'accepted' | 'rejected-permanent'): Uint8Array {
  return encodeApdu({
    kind: 'aare',
    value: {
      applicationContextName: applicationContext,
      result,
      resultSourceDiagnostic: { kind: 'serviceUser', value: 'null' },
      userInformation: userInformation(information),
    },
  });
}

const rlrq = encodeApdu({ kind: 'rlrq', value: { reason: 'normal' } });
const rlre = encodeApdu({ kind: 'rlre', value: { reason: 'normal' } });
const abrt = encodeApdu({ kind: 'abrt', value: { abortSource: 'acse-service-provider' } });
/** AARQ with protocol version 2 alone. */
const aarqVersion2 = '600c80020640a106060456000106';

function connectIndication(userData: readonly PresentationDataReceived[]): AcseHears {
  return { kind: 'PCONind', mode: 'normal', ...session, contexts, userData };
}
function connectConfirm(userData: readonly PresentationDataReceived[]): AcseHears {
  return { kind: 'PCONcnf+', ...session, contexts, userData };
}
const refusal = { by: 'session', reason: 'user-not-attached', transient: true } as const;

const request: Heard = {
  above: {
    kind: 'AASCreq',
    mode: 'normal',
    applicationContext,
    contexts: proposed,
    userInformation: information,
    ...session,
  },
};
const accept: Heard = {
  above: { kind: 'AASCrsp+', applicationContext, userInformation: information, ...session },
};
const called: Heard = { below: connectIndication(carried(aarq)) };
const confirmed: Heard = { below: connectConfirm(carried(aare('accepted'))) };

const setups: readonly (readonly [AcseState, readonly Heard[]])[] = [
  ['STA0', []],
  ['STA1', [request]],
  ['STA2', [called]],
  ['STA3', [request, confirmed, { above: { kind: 'ARLSreq' } }]],
  ['STA4', [called, accept, { below: { kind: 'PRELind', userData: carried(rlrq) } }]],
  ['STA5', [request, confirmed]],
  ['STA5', [called, accept]],
  ['ended', [{ below: { kind: 'PPABind', cause: 'connection-lost', detail: 'cut' } }]],
];

const indications: readonly AcseHears[] = [
  connectIndication(carried(aarq)),
  connectIndication(carried(aarqVersion2)),
  connectIndication(carried(rlrq)),
  connectIndication(carried(aarq, 3)),
  { ...connectIndication([]) },
  connectConfirm(carried(aare('accepted'))),
  connectConfirm(carried(aare('rejected-permanent'))),
  connectConfirm(carried('ff')),
  { kind: 'PCONcnf-', refusal, userData: [] },
  { kind: 'PCONcnf-', refusal, userData: carried(aare('rejected-permanent')) },
  { kind: 'PRELind', userData: carried(rlrq) },
  { kind: 'PRELind', userData: [] },
  { kind: 'PRELind', userData: carried(rlre) },
  { kind: 'PRELcnf+', userData: carried(rlre) },
  { kind: 'PRELcnf+', userData: carried('0500') },
  { kind: 'PUABind', userData: carried(abrt) },
  { kind: 'PUABind', userData: [] },
  { kind: 'PPABind', cause: 'peer-provider', detail: 'ARP' },
];

const requests: readonly AcseRequest[] = [
  ...[request, accept].flatMap((heard) => ('above' in heard ? [heard.above] : [])),
  {
    kind: 'AASCrsp-',
    applicationContext,
    result: 'rejected-transient',
    diagnostic: 'no-reason-given',
    userInformation: information,
  },
  { kind: 'ARLSreq' },
  { kind: 'ARLSrsp+' },
  { kind: 'AABRreq', userInformation: information },
];

function brought(steps: readonly Heard[]): AcseMachine {
  const machine = new AcseMachine();
  for (const step of steps) hear(machine, step);
  return machine;
}

function hear(machine: AcseMachine, heard: Heard): readonly AcseOutput[] {
  return 'above' in heard
    ? machine.handle({ from: 'above', primitive: heard.above }, now)
    : machine.handle({ from: 'below', primitive: heard.below }, now);
}

/** The APDU that a machine in this state sends on a request, as hexadecimal. */
function sent(steps: readonly Heard[], primitive: AcseRequest): string {
  const [output] = hear(brought(steps), { above: primitive });
  assert(output.to === 'below');
  const [{ context, value }] = output.primitive.userData;
  assert.equal(context, 1);
  return toHex(concat(value));
}

test('every state is reached by its way', () => {
  for (const [state, steps] of setups) assert.equal(brought(steps).state, state);
  assert.deepEqual(new Set(setups.map(([state]) => state)), new Set(Object.keys(acseStates)));
});

test('the APDUs are, octet for octet, those of the captures', () => {
  assert.match(sent([], requests[0]), /^60..a106060456000106be..28..06025101020103a003040161$/);
  assert.equal(sent([request, confirmed], { kind: 'ARLSreq' }), '6203800100');
  assert.equal(sent(setups[4][1], { kind: 'ARLSrsp+' }), '6303800100');
  assert.match(
    sent([called], requests[1]),
    /^61..a106060456000106a203020100a305a103020100be..28..06025101020103a003040161$/,
  );
  assert.match(sent([called], requests[2]), /^61..a106060456000106a203020102a305a103020101be/);
  assert.match(sent([request, confirmed], requests[5]), /^64..800100be..28..06025101020103a003040161$/);
});

test('where there is no cell: abort for the peer, assertion for our mistake, silence after the end', (t) => {
  for (const [state, steps] of setups) {
    for (const primitive of requests) {
      try {
        const outputs = hear(brought(steps), { above: primitive });
        if (state === 'ended') assert.deepEqual(outputs, []);
      } catch (cause) {
        assert.ok(cause instanceof AssertionError, String(cause));
      }
    }
    for (const primitive of indications) {
      const machine = brought(steps);
      const outputs = hear(machine, { below: primitive });
      if (state === 'ended') assert.deepEqual(outputs, []);
      if (!outputs.some((output) => output.to === 'log')) continue;
      assert.equal(machine.state, 'ended', `${state} ${primitive.kind}`);
      const last = outputs.at(-1);
      assert(last?.to === 'above' && last.primitive.kind === 'APABind', `${state} ${primitive.kind}`);
    }
  }
  t.diagnostic(`${cellsOf(acseTable).length} cells, ${coverage.all.length} branches`);
  assert.deepEqual(coverage.missed(), []);
  assert.ok(coverage.all.length >= 30);
});

test('a refusal says which layer refused and whether to try again; an abort says whose it is', () => {
  const [own] = hear(brought([request]), { below: { kind: 'PCONcnf-', refusal, userData: [] } });
  assert(own.to === 'above' && own.primitive.kind === 'AASCcnf-');
  assert.deepEqual(own.primitive, { kind: 'AASCcnf-', refusal, userInformation: [] });

  const [rejected] = hear(brought([request]), {
    below: { kind: 'PCONcnf-', refusal, userData: carried(aare('rejected-permanent')) },
  });
  assert(rejected.to === 'above' && rejected.primitive.kind === 'AASCcnf-');
  assert.deepEqual(rejected.primitive.refusal, { by: 'user', reason: 'null', transient: false });
  assert.equal(toHex(rejected.primitive.userInformation[0].value), '040161');

  const [aborted] = hear(brought([request, confirmed]), {
    below: { kind: 'PUABind', userData: carried(abrt) },
  });
  assert(aborted.to === 'above' && aborted.primitive.kind === 'AABRind');
  assert.equal(aborted.primitive.source, 'provider');
});
