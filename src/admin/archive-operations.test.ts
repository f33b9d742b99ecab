// Messages moved between two running MTAs by an archive: while it is made they are held, removed they are
// sent by the other alone, and one that nobody reads to its end changes nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { agentInHand } from '../../test/support/agent-in-hand.ts';
import { NetworkInHand } from '../../test/support/dialling.ts';
import { arrivingMessage, configured, envelopeOf, linkNamed, quiet } from '../../test/support/transfer.ts';
import { ArchiveWitness } from '../store/index.ts';
import { ArchiveOperations } from './archive-operations.ts';

const mta = (linkName: string) =>
  configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
store: { directory: /nowhere/x }
links:
  - name: ${linkName}
    peer: { mta: MTA-C, password: c-secret, address: c, port: 102 }
    credentials: { mta: MTA-X, password: x-secret }
    addressSpaces: [ { address: "/P=C/A= /C=GB/", cost: 1 } ]
`);

async function bench(linkName = 'c') {
  const configuration = mta(linkName);
  const network = new NetworkInHand();
  const delivery = { deliver: async () => [] };
  const { agent, store, clock } = await agentInHand({ configuration, network, delivery });
  const states = async () => (await store.list({})).map(({ state, nextHop }) => `${state} ${nextHop}`);
  const operations = new ArchiveOperations(agent, clock);
  return { agent, store, network, states, operations, link: linkNamed(linkName, configuration) };
}

async function withMessages(count: number) {
  const made = await bench();
  for (let each = 0; each < count; each += 1) {
    const envelope = envelopeOf([{ to: '/S=u/P=C/A= /C=GB/' }]);
    const result = await made.agent.submit({ ...arrivingMessage(envelope, { from: 'here' }) });
    assert.ok(result.ok);
  }
  await quiet();
  return made;
}

const everything = { selection: {}, tracking: false, move: true };

async function collect(octets: AsyncIterable<Uint8Array>): Promise<[Uint8Array[], ArchiveWitness]> {
  const [pieces, witness] = [[] as Uint8Array[], new ArchiveWitness()];
  for await (const piece of octets) {
    pieces.push(piece);
    witness.see(piece);
  }
  return [pieces, witness];
}

async function* again(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

test('a queue moves: held while it is read, gone once removed, sent by the MTA that took it', async () => {
  const from = await withMessages(2);
  const [pieces, witness] = await collect(from.operations.export(everything));
  assert.deepEqual([witness.messages, witness.totals?.busy], [2, 0]);
  assert.deepEqual(await from.states(), ['held link/c', 'held link/c']);
  const copies = witness.copies.map(({ copy }) => copy);
  const outcomes = await from.operations.remove(witness.archive ?? '', copies);
  assert.ok(outcomes.every(({ done }) => done));
  assert.deepEqual(await from.states(), []);
  const acts = (await from.store.track({})).map(({ act }) => act);
  assert.deepEqual(acts.slice(-2), ['exported', 'exported']);
  const to = await bench();
  const taken = await to.operations.import(again(pieces), { hold: false, dryRun: false });
  assert.ok(taken.ok);
  // The second of two messages of one identifier for one recipient, with one content, is a message twice.
  assert.deepEqual([taken.value.messages + taken.value.duplicates, taken.value.complete], [2, true]);
  assert.ok((await to.states()).every((state) => state === 'queued link/c'));
  const { handle } = to.network.open(to.link);
  await quiet();
  assert.equal(handle.kinds.at(-1), 'RTTRreq');
});

test('what goes to a link that the other MTA has not is routed there anew', async () => {
  const from = await withMessages(1);
  const [pieces] = await collect(from.operations.export({ ...everything, move: false }));
  assert.deepEqual(await from.states(), ['queued link/c']);
  const to = await bench('other');
  const taken = await to.operations.import(again(pieces), { hold: false, dryRun: false });
  assert.ok(taken.ok && taken.value.messages === 1);
  assert.deepEqual(await to.states(), ['queued link/other']);
});

test('what is being sent is left out and stays; a reader that goes away gives everything back', async () => {
  const busy = await withMessages(1);
  busy.network.open(busy.link);
  await quiet();
  const [, witness] = await collect(busy.operations.export(everything));
  assert.deepEqual([witness.messages, witness.totals?.busy], [0, 1]);
  assert.deepEqual(await busy.states(), ['queued link/c']);
  const left = await withMessages(2);
  for await (const piece of left.operations.export(everything)) {
    if (Buffer.from(piece.subarray(4, 8)).toString() === 'ENVL') break;
  }
  assert.deepEqual(await left.states(), ['queued link/c', 'queued link/c']);
});

test('a second import is refused while one runs', async () => {
  const { operations } = await bench();
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = async function* (): AsyncGenerator<Uint8Array> {
    await promise;
    yield new Uint8Array(10);
  };
  const first = operations.import(slow(), { hold: false, dryRun: false });
  const second = await operations.import(slow(), { hold: false, dryRun: false });
  assert.equal(second.ok ? 'taken' : second.error.kind, 'conflict');
  resolve();
  const ended = await first;
  assert.match(ended.ok ? (ended.value.stopped ?? '') : '', /no archive/);
});
