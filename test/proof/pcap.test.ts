// The capture reader, on the captures at hand: both directions come out whole, from their first TPKT to
// the last.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

import { tcpStreams } from '../support/pcap.ts';

const captures = '../shared/reference/captures';

for (const name of ['84-x410-message', '88-normal-message', '88-normal-100k', 'p1-bind']) {
  test(`${name}: both directions are sequences of whole TPKTs`, (t) => {
    const path = `${captures}/${name}.pcap`;
    if (!existsSync(path)) return t.skip(`${path} not found`);
    const streams = tcpStreams(path);
    assert.equal(streams.length, 2);
    assert.equal(streams[0].from, streams[1].to);
    for (const { octets } of streams) {
      let at = 0;
      while (at < octets.length) at += (octets[at + 2] << 8) | octets[at + 3];
      assert.equal(at, octets.length);
    }
    return undefined;
  });
}
