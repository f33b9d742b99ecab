// Declarations: the value types that they infer (checked by the compiler), and what cannot be declared.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as asn1 from './index.ts';
import type { Infer } from './index.ts';

const common = { id: asn1.integer(), note: asn1.optional(asn1.ctx(0, asn1.ia5String())) };
const Letter = asn1.sequence({
  ...common,
  priority: asn1.withDefault(asn1.enumerated({ normal: 0, urgent: 2 }), 'normal'),
  body: asn1.choice({ text: asn1.utf8String(), blob: asn1.octetString() }),
  flags: asn1.sequenceOf(asn1.boolean()),
});
interface Letter extends Infer<typeof Letter> {}

test('the inferred type takes what the table says', () => {
  const least: Letter = { id: 1, priority: 'urgent', body: { kind: 'text', value: 'x' }, flags: [true] };
  const most: Letter = {
    id: 1,
    note: 'n',
    priority: 7,
    body: { kind: 'blob', value: Uint8Array.of(1) },
    flags: [],
    unknown: [asn1.rawOf(Uint8Array.of(0x85, 0))],
  };
  // @ts-expect-error: a mandatory field is missing
  const missing: Letter = { id: 1, priority: 'normal', flags: [] };
  // @ts-expect-error: no such name
  const misnamed: Letter = { ...least, priority: 'low' };
  // @ts-expect-error: the alternative holds text
  const mistaken: Letter = { ...least, body: { kind: 'text', value: 5 } };
  for (const wrong of [missing, misnamed, mistaken]) assert.ok(!asn1.tryEncode(Letter, wrong).ok);
  for (const right of [least, most]) assert.ok(asn1.tryEncode(Letter, right).ok);
});

test('what cannot be declared', () => {
  assert.throws(() => asn1.sequence({ unknown: asn1.boolean() }));
  assert.throws(() => asn1.sequence({ 1: asn1.boolean() }));
  assert.throws(() => asn1.ia5String({ size: [3, 2] }));
  assert.throws(() => asn1.ctx(-1, asn1.boolean()));
  assert.throws(() => asn1.choice({}));
});
