// RT-C2 (Q166594 and its kin): a peer opens associations, and recovers them, again and again while our
// S-TOKEN-PLEASE is outstanding. The association that was replaced is released each time, a further open is
// never taken for a duplicate, and in the end what we hold is what we held before.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { RTIndication } from '../../src/stack/association/service.ts';
import { Caller } from '../support/caller.ts';
import { eventually } from '../support/mta-process.ts';
import { messageHere, oneMta } from './one-mta.ts';

const ROUNDS = 12;
const to = '/S=u/P=PEER/A= /C=GB/';
const link = `    addressSpaces: [ { address: "/P=PEER/A= /C=GB/", cost: 1 } ]
    rts: { checkpoint: 1KiB, recoveryTimeout: 60s }
`;

it('RT-C2: opened and recovered under an outstanding turn please', { timeout: 120_000 }, async (t) => {
  const { mta, port, counts, backTo } = await oneMta(t, { peers: [{ name: 'PEER', yaml: link }] });
  const before = await counts();
  assert.equal(
    (await mta.command('send', '--from', '/S=u/P=HERE/A= /C=GB/', '--to', to, '--text', 'x')).code,
    0,
  );

  const plan = { port, mta: 'MTA-PEER', password: 'PEER-secret', checkpointSize: 1 } as const;
  const dialogueMode = 'two-way-alternate' as const;
  const open = (recover?: Connection) =>
    Caller.call({ ...plan, dialogueMode, ...(recover !== undefined && { recover }) });
  let current = await open();
  for (let round = 0; round < ROUNDS; round += 1) {
    assert.ok(current.opened, `round ${round}: ${JSON.stringify(current.indications)}`);
    assert.deepEqual(await current.until(asks), { kind: 'RTTPind', priority: 2 }, 'it asks on each anew');
    // The turn is kept: a transfer is begun with it, and after a point is confirmed the peer calls again.
    const connection = connectionOf(current);
    current.request(half(round));
    assert.ok(await current.until(({ kind }) => kind === 'RTconfirmedind'));
    const next = await open(connection);
    await current.until(() => false);
    assert.notEqual(current.closed, undefined, 'the association that was recovered is released');
    // What it was sending is resumed by nobody; a further open beside it is let in.
    const beside = await open();
    assert.ok(beside.opened, 'no open is taken for a duplicate of another');
    await beside.release();
    current = next;
  }
  await eventually('of all these one to stand', 5000, async () =>
    (await counts()).sockets <= before.sockets + 1 ? true : undefined,
  );

  assert.ok(await current.until(asks));
  current.answer = (seen) => {
    if (seen.kind === 'RTcheckpointind') return { kind: 'RTsecured', serialNumber: seen.serialNumber };
    return seen.kind === 'RTTRind' ? { kind: 'RTTRrsp+' } : undefined;
  };
  current.request({ kind: 'RTTGreq' });
  assert.ok(await current.until(({ kind }) => kind === 'RTTGind'), 'its queue is empty: the turn is back');
  assert.ok(current.indications.some(({ kind }) => kind === 'RTbeginind'));
  await eventually('the queue to drain', 5000, async () =>
    JSON.parse((await mta.command('queue', 'list', '--json')).stdout).length === 0 ? true : undefined,
  );
  assert.equal((await current.transfer(messageHere('last', 500)))?.kind, 'RTTRcnf+');
  await current.release();
  await backTo(before);
});

type Connection = NonNullable<Extract<RTIndication, { kind: 'RTOPENcnf+' }>['connection']>;

const asks = ({ kind }: RTIndication): boolean => kind === 'RTTPind';

function connectionOf({ indications }: Caller): Connection {
  const [confirm] = indications;
  assert.ok(confirm.kind === 'RTOPENcnf+' && confirm.connection !== undefined);
  return confirm.connection;
}

/** A transfer of which the second half never comes. */
function half(round: number) {
  const apdu = messageHere(`half-${round}`, 20_000);
  const first = [apdu.subarray(0, 10_000)];
  return { kind: 'RTTRreq', octetsTotal: apdu.length, first, transferTime_ms: 60_000 } as const;
}
