// Our own fault in what one association brings: it is told, it costs that association, and nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ClockInHand,
  envelopeOf,
  HandleInHand,
  linkNamed,
  listening,
  quiet,
  takingNothing,
} from '../../test/support/transfer.ts';
import { encodeMTSAPDU } from '../p1/index.ts';
import { openMemoryStore } from '../store/index.ts';
import { incomingTransfers } from './incoming-transfers.ts';
import { InboundRecovery } from './inbound-recovery.ts';
import { Ledger } from './ledger.ts';

const octets = encodeMTSAPDU({
  kind: 'message',
  value: { envelope: envelopeOf([{ to: '/S=one/P=X/A= /C=GB/' }]), content: new Uint8Array(5000) },
});

test('a search for the envelope that fails at a checkpoint ends its association', async () => {
  const clock = new ClockInHand();
  const handle = new HandleInHand();
  const { emit, told } = listening();
  const store = openMemoryStore({ now: () => clock.now() });
  const ledger = new Ledger({ store, clock, emit, owner: 'me', directory: '/d' });
  const { intake } = takingNothing;
  const transfers = incomingTransfers(
    {
      ...takingNothing,
      recovery: new InboundRecovery({ ledger, clock, intake: { ...intake, store } }),
      guardFront: () => {
        throw new Error('a contradiction');
      },
    },
    {
      link: linkNamed('b'),
      handle,
      connection: { callingUserReference: Uint8Array.of(1), commonReference: Uint8Array.of(2) },
      window: 3,
      emit,
      common: () => ({}),
    },
  );
  transfers.handle({ kind: 'RTbeginind', activity: Uint8Array.of(1), transfer: 1 });
  transfers.handle({ kind: 'RTdataind', octets: octets.subarray(0, 500) });
  const resumption = 'here';
  transfers.handle({ kind: 'RTcheckpointind', serialNumber: 1, octetsSoFar: 500, resumption });
  await quiet();
  assert.deepEqual(
    told.map(([name, { detail }]) => [name, detail]),
    [['internal-error', 'Error: a contradiction']],
  );
  assert.equal(handle.destroyed, 'internal error');
});
