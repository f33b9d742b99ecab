// The histogram of each link: buckets, percentiles, and the text of the page.

import assert from 'node:assert/strict';
import test from 'node:test';
import { TransitTimes } from './transit-times.ts';

test('each transfer is in one bucket, and a percentile is the bound above it', () => {
  const times = new TransitTimes();
  for (let count = 0; count < 98; count += 1) times.note('b', 400);
  times.note('b', 20_000);
  times.note('b', 1e9);
  times.note('c', 0);
  assert.equal(times.percentile_s('b', 0.5), 0.5);
  assert.equal(times.percentile_s('b', 0.99), 60);
  assert.equal(times.percentile_s('b', 1), Number.POSITIVE_INFINITY);
  assert.equal(times.percentile_s('c', 0.99), 0.1);
  assert.equal(times.percentile_s('nobody', 0.99), undefined);
});

test('the page is what Prometheus reads: cumulative buckets, sum and count, labels escaped', () => {
  const times = new TransitTimes();
  times.note('a"b', 200);
  times.note('a"b', 2000);
  const page = times.page();
  assert.match(
    page,
    /^# HELP chappe_link_transit_seconds .*\n# TYPE chappe_link_transit_seconds histogram\n/,
  );
  assert.ok(page.includes('chappe_link_transit_seconds_bucket{link="a\\"b",le="0.1"} 0\n'));
  assert.ok(page.includes('chappe_link_transit_seconds_bucket{link="a\\"b",le="0.5"} 1\n'));
  assert.ok(page.includes('chappe_link_transit_seconds_bucket{link="a\\"b",le="+Inf"} 2\n'));
  assert.ok(page.includes('chappe_link_transit_seconds_sum{link="a\\"b"} 2.2\n'));
  assert.ok(page.endsWith('chappe_link_transit_seconds_count{link="a\\"b"} 2\n'));
});
