// Octets of an APDU as they come, cut anywhere: small ones whole, large content in a spool, and every way in
// which that goes wrong.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { envelopeOf } from '../../test/support/transfer.ts';
import { concat, equalOctets } from '../base/octets.ts';
import { downgradeTo1984, encodeMTSAPDU, encodeP1_1984 } from '../p1/index.ts';
import { openMemoryStore, type SpoolResult, type SpoolWriter } from '../store/index.ts';
import { memoryDisk } from '../store/memory/store.ts';
import { ApduIntake } from './apdu-intake.ts';
import { envelopePrefixFrom } from './peer-protocol.ts';
import type { TakenIn } from './taken-in.ts';

const inlineOctetsMax = 600;
const contentOctetsMax = 5000;

const content = (octets: number): Uint8Array =>
  Uint8Array.from({ length: octets }, (_, index) => index % 251);
const apdu = (octets: number): Uint8Array =>
  encodeMTSAPDU({
    kind: 'message',
    value: { envelope: envelopeOf([{ to: '/S=one/P=X/A= /C=GB/' }]), content: content(octets) },
  });

function intakeOn(disk = memoryDisk(), change: (spool: SpoolWriter) => SpoolWriter = (spool) => spool) {
  const store = openMemoryStore({ disk });
  const openSpool = async (): Promise<SpoolWriter> => change(await store.openSpool());
  return { disk, intake: new ApduIntake({ store: { openSpool }, inlineOctetsMax, contentOctetsMax }) };
}

async function taken(pieces: readonly Uint8Array[], given = intakeOn()): Promise<TakenIn> {
  for (const piece of pieces) given.intake.push(piece);
  return given.intake.finish();
}

/** The octets cut at these places. */
function cut(octets: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...[...places].sort((a, b) => a - b), octets.length];
  return at.slice(1).map((end, index) => octets.subarray(at[index], end));
}

test('a small APDU is kept whole, however it is cut', async () => {
  const whole = apdu(100);
  for (let at = 0; at <= whole.length; at += 1) {
    const result = await taken(cut(whole, [at]));
    assert.ok(result.kind === 'whole' && equalOctets(result.octets, whole), `cut at ${at}`);
  }
});

test('of a large message the content goes to a spool, at every split, and one octet at a time', async () => {
  const whole = apdu(1500);
  const check = async (pieces: readonly Uint8Array[], how: string): Promise<void> => {
    const given = intakeOn();
    const result = await taken(pieces, given);
    assert.ok(result.kind === 'spooled' && result.spool !== undefined, how);
    assert.equal(result.contentLength, 1500, how);
    const spool = given.disk.spools.get(result.spool);
    assert.ok(spool?.sealed === true && equalOctets(concat(spool.pieces), content(1500)), how);
  };
  for (let at = 0; at <= whole.length; at += 7) await check(cut(whole, [at]), `cut at ${at}`);
  await check(
    Array.from(whole, (octet) => Uint8Array.of(octet)),
    'one octet at a time',
  );
});

test('any cuts give the same', async () => {
  const whole = apdu(900);
  const places = fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(places, async (at) => {
      const result = await taken(cut(whole, at));
      assert.ok(result.kind === 'spooled' && result.contentLength === 900);
    }),
    { numRuns: 50 },
  );
});

test('what is not an APDU is found out at the latest at its end', async () => {
  const result = await taken([new Uint8Array(700).fill(0x55)]);
  assert.ok(result.kind === 'malformed');
});

test('content that breaks off is malformed, and its spool is gone', async () => {
  const given = intakeOn();
  const result = await taken([apdu(1500).subarray(0, 1200)], given);
  assert.ok(result.kind === 'malformed');
  assert.equal(given.disk.spools.size, 0);
});

test('octets after the end of the message are malformed, and its spool is gone', async () => {
  const given = intakeOn();
  const result = await taken([apdu(1500), new Uint8Array(100)], given);
  assert.ok(result.kind === 'malformed');
  assert.equal(given.disk.spools.size, 0);
});

test('content that is too long is counted and not kept', async () => {
  const given = intakeOn();
  const result = await taken(cut(apdu(9000), [2000, 4000, 6000]), given);
  assert.ok(result.kind === 'spooled');
  assert.deepEqual([result.spool, result.contentLength], [undefined, 9000]);
  assert.equal(given.disk.spools.size, 0);
});

const refusal: SpoolResult = { ok: false, refusal: { kind: 'no-space', detail: 'the disk is full' } };

for (const step of ['write', 'sync', 'seal'] as const) {
  test(`a disk that fails at ${step} fails the transfer for now`, async () => {
    const given = intakeOn(memoryDisk(), (spool) => ({ ...spool, [step]: async () => refusal }));
    given.intake.push(apdu(1500).subarray(0, 1000));
    const secured = await given.intake.secured();
    assert.equal(secured === undefined, step === 'seal');
    given.intake.push(apdu(1500).subarray(1000));
    const result = await given.intake.finish();
    assert.ok(result.kind === 'failed');
    assert.match(result.detail, /the disk is full/);
    assert.equal(given.disk.spools.size, 0);
  });
}

test('a spool that throws, or cannot be opened, is a failure and no exception', async () => {
  const throwing = intakeOn(memoryDisk(), (spool) => ({
    ...spool,
    write: () => Promise.reject(new Error('EIO')),
  }));
  const thrown = await taken([apdu(1500)], throwing);
  assert.deepEqual([thrown.kind, thrown.kind === 'failed' && thrown.detail], ['failed', 'EIO']);
  const store = { openSpool: () => Promise.reject(new Error('EMFILE')) };
  const intake = new ApduIntake({ store, inlineOctetsMax, contentOctetsMax });
  intake.push(apdu(1500));
  assert.equal(await intake.secured(), 'EMFILE');
  assert.equal((await intake.finish()).kind, 'failed');
  await intake.discard();
});

test('what waits for the disk is known, and settles', async () => {
  const { intake } = intakeOn();
  intake.push(apdu(1500).subarray(0, 1000));
  assert.ok(intake.backlog > 500);
  await intake.settled();
  assert.equal(intake.backlog, 0);
});

/** A user MPDU of 1984 whose content is an EXTERNAL, and what was in that. */
function wrappedIn1984(octets: number): Uint8Array {
  const contentType = { kind: 'extended', value: '2.6.7.10.0' } as const;
  const envelope = envelopeOf([{ to: '/S=one/P=X/A= /C=GB/' }], { contentType });
  const apdu1988 = { kind: 'message', value: { envelope, content: content(octets) } } as const;
  const { value } = downgradeTo1984(apdu1988);
  assert.ok(value !== undefined);
  return encodeP1_1984(value);
}

test('a spooled content of 1984 leaves its EXTERNAL behind, also where it is resumed', async () => {
  const whole = wrappedIn1984(2000);
  for (let at = 0; at < whole.length; at += 37) {
    const disk = memoryDisk();
    const store = openMemoryStore({ disk });
    const envelopePrefix = envelopePrefixFrom('x410-1984');
    const parts = { store, inlineOctetsMax, contentOctetsMax, envelopePrefix };
    const first = new ApduIntake(parts);
    first.push(whole.subarray(0, at));
    const point = await first.checkpoint();
    assert.ok(typeof point === 'object');
    await first.release();
    const { spool: name, state } = point;
    const written = state.body?.written ?? 0;
    const spool = name === undefined ? undefined : await store.reopenSpool(name, written);
    const kept = { state: JSON.parse(JSON.stringify(state)), prefix: point.prefix, spool };
    const second = await ApduIntake.resumed(parts, kept);
    assert.ok(second !== undefined);
    second.push(whole.subarray(at));
    const result = await second.finish();
    assert.ok(result.kind === 'spooled' && result.spool !== undefined, `resumed at ${at}`);
    assert.deepEqual(result.envelope.contentType, { kind: 'extended', value: '2.6.7.10.0' });
    assert.equal(result.contentLength, 2000);
    const pieces = disk.spools.get(result.spool)?.pieces ?? [];
    assert.ok(equalOctets(concat(pieces), content(2000)), `resumed at ${at}`);
  }
});

test('an EXTERNAL that does not end with the content is malformed', async () => {
  const whole = wrappedIn1984(2000);
  // The content is a primitive string; its EXTERNAL says two octets more, and so does what is in it.
  const at = whole.findIndex((octet, index) => octet === 0x28 && whole[index + 1] === 0x82);
  const inner = whole.findIndex((octet, index) => index > at && octet === 0x81 && whole[index + 1] === 0x82);
  const longer = whole.slice();
  longer[at + 3] += 2;
  longer[inner + 3] += 2;
  const parts = { store: openMemoryStore(), inlineOctetsMax, contentOctetsMax };
  const intake = new ApduIntake({ ...parts, envelopePrefix: envelopePrefixFrom('x410-1984') });
  intake.push(longer);
  const result = await intake.finish();
  assert.ok(result.kind === 'malformed' && result.got === 'an EXTERNAL that lacks 2 octets');
});
