// The table of content types, from every side.

import assert from 'node:assert/strict';
import test from 'node:test';
import { contentTypeName, contentTypeOfOid, contentTypeOid, knownContentTypes } from './content-types.ts';

test('content types by number, object identifier and name', () => {
  assert.deepEqual(contentTypeOfOid('2.6.1.10.1'), {
    kind: 'builtIn',
    value: 'interpersonal-messaging-1988',
  });
  assert.equal(contentTypeOid({ kind: 'builtIn', value: 2 }), '2.6.1.10.0');
  assert.equal(contentTypeName({ kind: 'extended', value: '1.3.26.0.4406.0.4.1' }), 'P772');
  assert.equal(contentTypeName({ kind: 'extended', value: '1.2.3' }), '1.2.3');
  assert.equal(contentTypeOid({ kind: 'builtIn', value: 'external' }), undefined);
  assert.equal(contentTypeName({ kind: 'builtIn', value: 99 }), '99');
  for (const { oid, name: known } of knownContentTypes) {
    assert.equal(contentTypeOid(contentTypeOfOid(oid)), oid);
    assert.equal(contentTypeName(contentTypeOfOid(oid)), known);
  }
});
