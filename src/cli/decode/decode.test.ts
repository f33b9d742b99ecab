// Captures and raw BER: real files where they are at hand, and made ones for the forms that those do not
// have.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';

import fc from 'fast-check';

import { decodeBer, type DecodedLayer } from './ber-file.ts';
import { captureFlaws } from './capture-flaws.ts';
import { isCapture, type Packet, readCapture } from './capture.ts';
import { decodeCapture, type DecodedPacket, isForeign } from './decode-capture.ts';
import { tcpStreams } from './tcp-streams.ts';

const captures = '../shared/reference/captures';
const samples = '../shared/reference/samples/ean-1985';

function reference(t: TestContext, path: string): Uint8Array | undefined {
  if (existsSync(path)) return new Uint8Array(readFileSync(path));
  t.skip(`${path} not found`);
  return undefined;
}

function packetsOf(octets: Uint8Array): readonly Packet[] {
  const read = readCapture(octets);
  assert.ok(read.ok);
  return read.value.packets;
}

function namesOf(packets: readonly DecodedPacket[]): readonly string[] {
  return packets.flatMap(({ layers }) => layers.map(({ layer, name }) => `${layer} ${name}`));
}

test('a message in normal mode is decoded from TPKT to P22', (t) => {
  const octets = reference(t, `${captures}/88-normal-message.pcap`);
  if (octets === undefined) return;
  const packets = [...decodeCapture(packetsOf(octets), [])];
  const names = namesOf(packets);
  for (const wanted of [
    'X.224 CR',
    'X.224 CC',
    'X.225 CN CONNECT',
    'X.226 CP',
    'X.227 AARQ',
    'X.228 RTORQ',
    'X.411 MTABind argument',
    'X.225 AC ACCEPT',
    'X.226 CPA',
    'X.227 AARE',
    'X.228 RTOAC',
    'X.411 MTABind result',
    'X.225 AS ACTIVITY START',
    'X.228 RTTR',
    'X.225 AE ACTIVITY END',
    'X.411 message',
    'X.420 IPM in P22',
    'X.225 AEA ACTIVITY END ACK',
    'X.227 RLRQ',
    'X.227 RLRE',
    'X.224 DR',
  ]) {
    assert.ok(names.includes(wanted), wanted);
  }
  assert.ok(!names.some((name) => /not understood|plain BER|does not decode/.test(name)));
  const text = packets.flatMap(({ layers }) => layers.flatMap(({ detail }) => detail)).join('\n');
  assert.match(text, /initiatorName: "pp-mta"/);
  assert.match(text, /Hello to u1@o88\.ts\.test/);
});

test('100 KB over checkpoints comes out as one message', (t) => {
  const octets = reference(t, `${captures}/88-normal-100k.pcap`);
  if (octets === undefined) return;
  const names = namesOf([...decodeCapture(packetsOf(octets), [])]);
  assert.equal(names.filter((name) => name === 'X.411 message').length, 1);
  assert.ok(names.filter((name) => name === 'X.225 MIP MINOR SYNC POINT').length > 50);
});

test('X.410-1984 mode: the bind and the bare APDU', (t) => {
  const octets = reference(t, `${captures}/84-x410-message.pcap`);
  if (octets === undefined) return;
  const names = namesOf([...decodeCapture(packetsOf(octets), [])]);
  for (const wanted of [
    'X.226 CP, X.410-1984 mode',
    'X.228 RTORQ',
    'X.411 MTABind argument',
    'X.411 MTABind result',
    'X.411 (1984) userMPDU',
    'X.420 IPM in P2',
  ]) {
    assert.ok(names.includes(wanted), wanted);
  }
  assert.ok(!names.some((name) => /not understood|as plain BER|X.411 message/.test(name)), String(names));
});

test('P1 of 1984 and of 1988 in X.410-1984 mode are told apart by the opening alone', (t) => {
  const octets = reference(t, `${captures}/84-x410-message.pcap`);
  if (octets === undefined) return;
  // Application protocol [4] 1 becomes 12: the same MPDU is then read as that of 1988.
  const other = replaced(octets, [0x84, 0x01, 0x01], { at: 2, octet: 12 });
  assert.ok(namesOf([...decodeCapture(packetsOf(other), [])]).includes('X.411 message'));
});

test('a planted wrong octet is marked in its layer, and the rest of the capture is read', (t) => {
  const octets = reference(t, `${captures}/88-normal-message.pcap`);
  if (octets === undefined) return;
  // The version of the CN's TPKT, the code of its DT, its own; abstract syntax of ACSE, application context;
  // the tag of the RTORQ, of the RTTR, and of the MTS identifier in it.
  const planted = [
    ['RFC 1006', [0x02, 0xf0, 0x80, 0x0d], { at: -4, octet: 0x47 }],
    ['X.224', [0x02, 0xf0, 0x80, 0x0d], { at: 1, octet: 0x10 }],
    ['X.225', [0x02, 0xf0, 0x80, 0x0d], { at: 3, octet: 0x63 }],
    ['X.226', [0x06, 0x04, 0x52, 0x01, 0x00, 0x01], { at: 0, octet: 4 }],
    ['X.227', [0x06, 0x04, 0x56, 0x00, 0x01, 0x06], { at: 0, octet: 4 }],
    ['X.228', [0xb0, 0x21, 0x80, 0x01], { at: 0, octet: 0xbd }],
    ['X.228', [0x04, 0x82, 0x02, 0x9d], { at: 0, octet: 5 }],
    ['X.690', [0x31, 0x80, 0x64, 0x30], { at: 2, octet: 0x65 }],
  ] as const;
  for (const [layer, marker, plant] of planted) {
    const changed = replaced(octets, marker, plant);
    const packets: readonly DecodedPacket[] = [...decodeCapture(packetsOf(changed), [])];
    const marks = packets.flatMap((packet) => packet.layers.filter(isMark));
    assert.ok(marks.length > 0, `${layer}: no mark`);
    assert.equal(marks[0].layer, layer, JSON.stringify(marks));
    assert.ok(marks[0].detail[0].length > 5);
    const names = namesOf(packets);
    const torn = layer === 'RFC 1006' || layer === 'X.690' || plant.octet === 5;
    if (torn) assert.ok(names.includes('X.225 AE ACTIVITY END'), `${layer}: ${names}`);
    else assert.ok(names.includes('X.420 IPM in P22'), `${layer}: ${names}`);
  }
});

/** Where octets are wrong: a layer that cannot be read, or an APDU that does not decode. */
function isMark({ name }: DecodedLayer): boolean {
  return name === 'not understood' || name.includes('does not decode');
}

test('no octet of a real capture, changed, makes it throw', (t) => {
  for (const name of ['84-x410-message', '88-normal-message', 'p1-bind']) {
    const octets = reference(t, `${captures}/${name}.pcap`);
    if (octets === undefined) return;
    fc.assert(
      fc.property(fc.nat(octets.length - 1), fc.nat(255), (at, value) => {
        const changed = octets.slice();
        changed[at] = value;
        const read = readCapture(changed);
        if (read.ok) [...decodeCapture(read.value.packets, [])];
      }),
      { numRuns: 300 },
    );
  }
});

test('a segment that the capture lacks is told, and so is the message that it tears', (t) => {
  const octets = reference(t, `${captures}/88-normal-100k.pcap`);
  if (octets === undefined) return;
  const all = packetsOf(octets);
  const whole = [...decodeCapture(all, [])];
  const inside = whole
    .filter(({ layers }) => layers.some(({ name }) => name === 'RTTR'))
    .map((each) => each.packet);
  const lost = inside[Math.floor(inside.length / 2)];
  const names = namesOf([
    ...decodeCapture(
      all.filter(({ number }) => number !== lost),
      [],
    ),
  ]);
  assert.ok(
    names.some((name) => /^TCP \d+ octets are missing/.test(name)),
    'the gap',
  );
  assert.ok(names.includes('RFC 1006 decoding goes on'));
  assert.ok(names.includes('X.225 AE ACTIVITY END'));
  assert.ok(names.includes('X.228 not understood'), 'what is left of the message is no message');
});

test('TLS and other traffic are said as such, once a connection; named ports pass others over', () => {
  const hello = segment(1, Uint8Array.of(0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0));
  assert.deepEqual(namesOf([...decodeCapture([hello, hello], [])]), ['connection TLS']);
  assert.deepEqual(namesOf([...decodeCapture([hello], [102])]), ['connection TLS']);
  const web = segment(1, new TextEncoder().encode('GET / HTTP/1.1'));
  const found = [...decodeCapture([web], [])];
  assert.deepEqual(namesOf(found), ['connection no RFC 1006']);
  assert.ok(found.every(isForeign));
  assert.deepEqual([...decodeCapture([web], [103])], []);
});

test('a bind of a commercial peer, and the port by name', (t) => {
  const octets = reference(t, `${captures}/p1-bind.pcap`);
  if (octets === undefined) return;
  const packets = packetsOf(octets);
  const [first] = [...decodeCapture(packets, [])];
  const port = Number(first.to.split(':')[1]);
  assert.ok(namesOf([...decodeCapture(packets, [port])]).includes('X.411 MTABind argument'));
  assert.deepEqual([...decodeCapture(packets, [port === 1 ? 2 : 1])], []);
});

test('raw BER: a P2 content by its structure, anything else by tags', (t) => {
  const octets = reference(t, `${samples}/msg1.pe`);
  if (octets === undefined) return;
  const layers = decodeBer(octets);
  assert.deepEqual(
    layers.map(({ layer }) => layer),
    ['X.690', 'X.420'],
  );
  assert.match(layers[1].detail.join('\n'), /heading/);
});

test('pcapng: sections of either byte order, enhanced packets, resolution of time', () => {
  for (const little of [true, false]) {
    const file = pcapng(little, Uint8Array.of(1, 2, 3, 4, 5));
    assert.ok(isCapture(file));
    const [packet] = packetsOf(file);
    assert.deepEqual([packet.number, packet.linkType, [...packet.octets]], [1, 101, [1, 2, 3, 4, 5]]);
    assert.equal(packet.at_ms, 5000);
  }
});

test('TCP: octets come in order, once, whatever the order and repetition of segments', () => {
  const whole = Uint8Array.from({ length: 300 }, (_, index) => index % 251);
  const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 299 }), { maxLength: 12 });
  const arrangement = cuts.chain((at) => {
    const edges = [0, ...at.toSorted((a, b) => a - b), 300];
    const pieces = edges.slice(1).map((to, index) => [edges[index], to] as const);
    return fc.tuple(
      fc.shuffledSubarray([...pieces, ...pieces], { minLength: pieces.length * 2 }),
      fc.constantFrom(7, 0xffff_ff80),
    );
  });
  fc.assert(
    fc.property(arrangement, ([pieces, start]) => {
      const segments = pieces.map(([from, to]) =>
        segment((start + 1 + from) >>> 0, whole.subarray(from, to)),
      );
      const packets = [segment(start, new Uint8Array(0), 0x02), ...segments];
      const out = [...tcpStreams(packets)].flatMap(({ octets }) => [...octets]);
      assert.deepEqual(out, [...whole]);
    }),
  );
});

test('a capture that is cut short is said to be, with the place, and read up to there', (t) => {
  const octets = reference(t, `${captures}/88-normal-message.pcap`);
  if (octets === undefined) return;
  const whole = readCapture(octets);
  assert.ok(whole.ok && whole.value.cut === undefined);
  assert.deepEqual(captureFlaws(whole.value), []);
  const read = readCapture(octets.subarray(0, octets.length - 10));
  assert.ok(read.ok);
  const count = whole.value.packets.length - 1;
  assert.equal(read.value.packets.length, count);
  const [flaw, ...more] = captureFlaws(read.value);
  assert.match(
    flaw,
    new RegExp(`cut short: after packet ${count} come \\d+ octets that are no whole packet`),
  );
  assert.deepEqual(more, []);
  const next = readCapture(pcapng(true, Uint8Array.of(1, 2, 3, 4)).subarray(0, 80));
  assert.ok(next.ok && /after its head come 20 octets/.test(next.value.cut ?? ''), JSON.stringify(next));
});

test('packets that are captured in part, and fragments of IP, are said aloud', () => {
  const whole = segment(1, Uint8Array.of(3, 0, 0, 7, 2, 0xf0, 0x80));
  const [more, offset] = [0x20, 0x01].map((bits, index) => {
    const { octets, ...rest } = whole;
    const fragment = octets.slice();
    fragment[6 + index] |= bits;
    return { ...rest, number: index + 2, octets: fragment };
  });
  const ipv6 = new Uint8Array(60);
  ipv6.set([0x60, 0, 0, 0, 0, 20, 44, 64]);
  ipv6[40] = 6;
  const packets = [whole, more, offset, { ...whole, number: 4, octets: ipv6 }];
  const [flaw, ...others] = captureFlaws({ packets });
  assert.match(
    flaw,
    /^3 packets, the first of them number 2, are fragments of IP, which are not put together/,
  );
  assert.deepEqual(others, []);
  assert.match(
    captureFlaws({ packets: [{ ...whole, lost: 12 }] })[0],
    /^1 packets, .* shorter than they were/,
  );
  assert.deepEqual(captureFlaws({ packets: [whole] }), []);
});

test('no octets whatever make it throw', () => {
  const heads = [[0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0xc3, 0xd4], [0x0a, 0x0d, 0x0d, 0x0a], []];
  fc.assert(
    fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 300 }), (head, rest) => {
      const octets = Uint8Array.from([...head, ...rest]);
      const read = readCapture(octets);
      if (read.ok) {
        [...decodeCapture(read.value.packets, [])];
        captureFlaws(read.value);
      }
      decodeBer(octets);
    }),
  );
});

test('no octets inside a connection make it throw', () => {
  const tpdus = fc.array(fc.uint8Array({ minLength: 3, maxLength: 60 }), { maxLength: 5 });
  fc.assert(
    fc.property(tpdus, fc.constantFrom(0x80, 0), (bodies, mark) => {
      const packets = bodies.flatMap((body) => [...[3, 0, 0, 7 + body.length, 2, 0xf0, mark], ...body]);
      [...decodeCapture([segment(1, Uint8Array.from(packets))], [])];
    }),
  );
});

/** One octet changed, `at` octets after the first place of the marker. */
function replaced(
  octets: Uint8Array,
  marker: readonly number[],
  plant: { readonly at: number; readonly octet: number },
): Uint8Array {
  const found = Buffer.from(octets).indexOf(Buffer.from(marker));
  assert.ok(found > 0, `no ${marker}`);
  const changed = octets.slice();
  changed[found + plant.at] = plant.octet;
  return changed;
}

/** One TCP segment in one raw IPv4 packet. */
function segment(sequence: number, octets: Uint8Array, flags = 0x10): Packet {
  const packet = new Uint8Array(40 + octets.length);
  const view = new DataView(packet.buffer);
  packet.set([0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
  view.setUint16(2, packet.length);
  view.setUint16(20, 5000);
  view.setUint16(22, 102);
  view.setUint32(24, sequence);
  packet[32] = 0x50;
  packet[33] = flags;
  packet.set(octets, 40);
  return { number: 1, at_ms: 0, linkType: 101, octets: packet, lost: 0 };
}

/** A section, an interface with nanoseconds, one enhanced packet at five seconds. */
function pcapng(little: boolean, octets: Uint8Array): Uint8Array {
  const padded = octets.length + ((4 - (octets.length % 4)) % 4);
  const blocks = [28, 32, 32 + padded];
  const file = new Uint8Array(blocks[0] + blocks[1] + blocks[2]);
  const view = new DataView(file.buffer);
  const word = (at: number, value: number) => view.setUint32(at, value, little);
  word(0, 0x0a0d0d0a);
  word(4, 28);
  word(8, 0x1a2b3c4d);
  word(24, 28);
  word(28, 1);
  word(32, 32);
  view.setUint16(36, 101, little);
  view.setUint16(44, 9, little);
  view.setUint16(46, 1, little);
  file[48] = 9;
  word(56, 32);
  const at = 60;
  word(at, 6);
  word(at + 4, 32 + padded);
  const time = 5_000_000_000n;
  word(at + 12, Number(time >> 32n));
  word(at + 16, Number(time & 0xffff_ffffn));
  word(at + 20, octets.length);
  word(at + 24, octets.length);
  file.set(octets, at + 28);
  word(at + 28 + padded, 32 + padded);
  return file;
}
