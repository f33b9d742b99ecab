// MTS identifiers that we make are unique and within their bound.

import assert from 'node:assert/strict';
import test from 'node:test';
import { globalDomainIdentifier, printMTSIdentifier } from '../address/index.ts';
import { instant } from '../base/time.ts';
import { makeMTSIdentifier } from './mts-identifier.ts';

const domain = globalDomainIdentifier({ country: 'GB', admd: ' ', prmd: 'SITE-A' });
const arrivalTime = instant(Date.UTC(2026, 10, 21, 1, 2, 3));

test('MTS identifiers differ by count and time, and fit', () => {
  const mta = { domain, name: 'A-NAME-OF-THIRTY-TWO-CHARACTERS-' };
  const all = [0, 1, 35, 36, 2 ** 40].map((count) => makeMTSIdentifier(mta, arrivalTime, count));
  all.push(makeMTSIdentifier(mta, instant(arrivalTime + 1), 0));
  assert.equal(new Set(all.map(printMTSIdentifier)).size, all.length);
  for (const each of all) assert.ok(each.localIdentifier.length <= 32);
});
