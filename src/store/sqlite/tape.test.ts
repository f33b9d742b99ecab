// What is put on a tape is read from it, and a transition survives the way.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { atOnce } from '../../base/steps.ts';
import { at, claimFor, message, noon, octetsOf, record } from '../compliance-fixtures.ts';
import { TapeReader, TapeWriter } from './tape.ts';
import { putCommitted, putTransition, takeCommitted, takeTransition } from './transition-codec.ts';

test('primitives and octets come back in order, across appended tapes', () => {
  const inner = new TapeWriter();
  inner.put('b');
  inner.putOctets(octetsOf('two'));
  const tape = new TapeWriter();
  tape.put('a', 1, null);
  tape.putOctets(octetsOf('one'));
  tape.append(inner);
  tape.putOctets(null);
  tape.putOctets(new Uint8Array());
  const reader = new TapeReader(structuredClone(tape.cut()));
  assert.deepEqual([reader.text(), reader.number(), reader.textOrNull()], ['a', 1, null]);
  assert.deepEqual([...reader.octets()], [...octetsOf('one')]);
  assert.equal(reader.text(), 'b');
  assert.deepEqual([...reader.octets()], [...octetsOf('two')]);
  assert.deepEqual([reader.octetsOrNull(), reader.octets().length, reader.atEnd], [null, 0, true]);
});

test('reading what is not there is our bug', () => {
  const reader = new TapeReader({ items: ['text'], octets: new Uint8Array() });
  assert.throws(() => reader.number(), { name: 'AssertionError' });
  assert.throws(() => reader.text(), { name: 'AssertionError' });
});

test('a transition with everything in it survives the tape', () => {
  const tape = new TapeWriter();
  const into = [
    { nextHop: 'link/x', recipients: [0, 2], notBefore: noon, held: true, claim: claimFor('me') },
    { nextHop: 'link/y', recipients: [1], keepsAttempts: true },
  ];
  atOnce(
    putTransition(tape, {
      create: [
        message({ recipients: ['\u0000nul', '\ud800 lone', 'é'] }),
        message({ content: { kind: 'none' } }),
      ],
      finish: [1, 2],
      attempts: [{ copy: 3, at: noon, error: 'lost', counts: true, notBefore: at(5) }],
      place: [{ copy: 4, notBefore: null }],
      split: [{ copy: 5, into }],
      saveRecovery: [
        { key: 'k', link: 'l', direction: 'out', savedAt: noon, data: octetsOf('d'), spool: 's' },
      ],
      dropRecovery: ['gone'],
      tracking: [record()],
      onBehalfOf: 'me',
    }),
  );
  const reader = new TapeReader(structuredClone(tape.cut()));
  const draft = takeTransition(reader);
  assert.ok(reader.atEnd);
  const { recipients } = JSON.parse(draft.create[0].meta) as { recipients: string[] };
  assert.deepEqual(recipients, ['\u0000nul', '\ud800 lone', 'é']);
  assert.deepEqual([draft.create[1].content, draft.create[1].spool], [null, null]);
  assert.deepEqual([draft.finish, draft.onBehalfOf, draft.dropRecovery], [[1, 2], 'me', ['gone']]);
  assert.deepEqual(draft.attempts, [{ copy: 3, at: noon, error: 'lost', counts: true, notBefore: at(5) }]);
  assert.deepEqual(draft.place, [{ copy: 4, notBefore: null }]);
  const waits = { notBefore: noon, state: 'held', claim: claimFor('me') } as const;
  const free = { notBefore: null, state: 'queued', claim: undefined } as const;
  const parts = [
    { nextHop: 'link/x', recipients: '[0,2]', ...waits, keepsAttempts: false },
    { nextHop: 'link/y', recipients: '[1]', ...free, keepsAttempts: true },
  ];
  assert.deepEqual(draft.split, [{ copy: 5, into: parts }]);
  assert.deepEqual([draft.saveRecovery[0].spool, [...draft.saveRecovery[0].data]], ['s', [...octetsOf('d')]]);
  assert.deepEqual(JSON.parse(draft.tracking[0].record), record());
});

test('long lists of names survive it too, written in steps', () => {
  const names = Array.from({ length: 5000 }, (_, index) => `/S=ü"${index}/C=GB/`);
  const numbers = names.map((_, index) => index);
  const tape = new TapeWriter();
  const acted = { ...record(), recipients: names, adds: names.slice(0, 3) };
  const long = message({ recipients: names, copies: [{ nextHop: 'link/x', recipients: numbers }] });
  let pauses = 0;
  for (const _ of putTransition(tape, { create: [long], tracking: [acted] })) pauses += 1;
  assert.ok(pauses > 10, `${pauses} pauses`);
  const draft = takeTransition(new TapeReader(structuredClone(tape.cut())));
  assert.deepEqual(JSON.parse(draft.create[0].meta).recipients, names);
  assert.deepEqual(JSON.parse(draft.create[0].copies[0].recipients), numbers);
  assert.deepEqual(JSON.parse(draft.tracking[0].record), acted);
});

test('the identifiers of a commit survive the tape', () => {
  const tape = new TapeWriter();
  const committed = {
    created: [
      { message: 1, copies: [2, 3] },
      { message: 4, copies: [] },
    ],
    splitInto: [[5], []],
  };
  putCommitted(tape, committed);
  assert.deepEqual(takeCommitted(new TapeReader(tape.cut())), { ok: true, ...committed });
});
