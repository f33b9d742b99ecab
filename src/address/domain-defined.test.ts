// Domain-defined attributes in their forms: order kept, one form for each type, Internet addresses escaped.

import assert from 'node:assert/strict';
import test from 'node:test';
import { domainDefinedPart } from './domain-defined.ts';

test('the order is kept, and those of one type are in one form', () => {
  const plain = [
    { type: 'a', value: '1' },
    { type: 'b', value: '2' },
    { type: 'A', value: '3' },
  ];
  assert.deepEqual(domainDefinedPart(plain), { ok: true, value: { builtIn: plain, extended: [] } });
  const mixed = domainDefinedPart([...plain, { type: 'a', value: 'ö' }]);
  assert.ok(mixed.ok);
  assert.deepEqual(mixed.value.builtIn, [plain[1]]);
  assert.deepEqual(
    mixed.value.extended.map((each) => each.extensionAttributeType),
    [6],
  );
});

test('an Internet address is escaped, unless it is too long then', () => {
  const short = domainDefinedPart([{ type: 'rfc-822', value: 'a@b' }]);
  assert.deepEqual(short.ok && short.value.builtIn, [{ type: 'rfc-822', value: 'a(a)b' }]);
  const long = domainDefinedPart([{ type: 'RFC-822', value: `${'x'.repeat(125)}@b` }]);
  assert.deepEqual(long.ok && long.value.builtIn, []);
  assert.equal(long.ok && long.value.extended.length, 1);
});

test('at most four', () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map((type) => ({ type, value: 'x' }));
  assert.ok(domainDefinedPart(five.slice(1)).ok);
  assert.ok(!domainDefinedPart(five).ok);
});
