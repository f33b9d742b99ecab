// RT-R2: Internet addresses are escaped at the boundary to RFC 822 alone, and once: (a), (p), (q) and their
// kind (RFC 2156 3.4). The old MTA escaped what was escaped already, took area codes for escapes, and rewrote
// attributes of messages that it only relayed.

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { escapeRFC822, parseORAddress, printORAddress, unescapeRFC822 } from '../../src/address/index.ts';
import { decode, encode } from '../../src/asn1/index.ts';
import { MTSAPDU } from '../../src/p1/index.ts';
import { outgoingApdu } from '../../src/transfer/outgoing.ts';
import { linkTo, reportingMta } from '../support/reporting.ts';
import { envelopeOf } from '../support/transfer.ts';

it('RT-R2: RFC 2156 3.4: each sign has its escape, and comes back from it', () => {
  const pairs = [
    ['foo@bar', 'foo(a)bar'],
    ['"_%"', '(q)(u)(p)(q)'],
    ['@', '(a)'],
    ['a!b@c', 'a(b)b(a)c'],
    ['~', '(126)'],
    ['(a)@b', '(l)a(r)(a)b'],
    ['a#b*c@d', 'a(035)b(042)c(a)d'],
    ['jj@seismo.css.gov', 'jj(a)seismo.css.gov'],
  ];
  for (const [address, escaped] of pairs) {
    assert.equal(escapeRFC822(address), escaped);
    assert.equal(unescapeRFC822(escaped), address);
  }
  assert.equal(unescapeRFC822('fred(A)a.example'), 'fred@a.example', 'read in either case');
  assert.equal(escapeRFC822('ä@b'), 'ä@b', 'no escape stands for it');
});

it('RT-R2: telephone numbers in parentheses are no escapes', () => {
  for (const text of ['+1 (212) 555-0100', '(020) 7946 0000', '(040)', '(041) 1', 'Room (l), (r)']) {
    assert.equal(escapeRFC822(text), text);
    assert.equal(unescapeRFC822(text), text);
  }
  assert.equal(unescapeRFC822('fax=(212)5550100(a)a.example'), 'fax=(212)5550100@a.example');
  assert.equal(unescapeRFC822('fax=(020)5550100(a)a.example'), 'fax=(020)5550100@a.example');
  assert.equal(unescapeRFC822(escapeRFC822('(212)555@a.example')), '(212)555@a.example');
});

const visible = fc.string({
  unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
});
const likely = fc.string({ unit: fc.constantFrom(...'(a)(l)(r)(042)@_"%b12') });

it('RT-R2: escaping twice is escaping once, back twice is back once, there and back is the address', () => {
  fc.assert(
    fc.property(fc.oneof(visible, likely), fc.oneof(visible, likely), (local, domain) => {
      const address = `${local}@${domain}`;
      const escaped = escapeRFC822(address);
      assert.match(escaped, /^[A-Za-z0-9 '()+,\-./:=?]*$/);
      assert.equal(escapeRFC822(escaped), escaped);
      assert.equal(unescapeRFC822(escaped), address);
      assert.equal(unescapeRFC822(address), address);
      const any = unescapeRFC822(local);
      assert.equal(unescapeRFC822(any), any);
      assert.equal(escapeRFC822(escapeRFC822(local)), escapeRFC822(local));
    }),
    { numRuns: 2000 },
  );
});

it('RT-R2: an address that somebody writes is escaped in RFC-822, and in no other attribute', () => {
  const parsed = parseORAddress('/DD.RFC-822=fred_x@a.example/DD.PHONE=(212) 555-0100/C=GB/');
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.value.builtInDomainDefinedAttributes, [
    { type: 'RFC-822', value: 'fred(u)x(a)a.example' },
    { type: 'PHONE', value: '(212) 555-0100' },
  ]);
  assert.equal(parsed.value.extensionAttributes, undefined);
  const again = parseORAddress(printORAddress(parsed.value));
  assert.deepEqual(again.ok && again.value, parsed.value);
});

it('RT-R2: what is relayed keeps its attributes, escaped or not', async () => {
  const values = ['fred(a)a.example', '(212) 555', '(l)a(r)', 'fred(A)a.example', '(040)x(a)b'];
  const mta = await reportingMta(`links:${linkTo('B')}${linkTo('C')}deliver: []
`);
  const sent = encode(MTSAPDU, {
    kind: 'message',
    value: {
      envelope: envelopeOf(
        values.map((value) => ({ to: `/DD.RFC-822=${value}/DD.PHONE=${value}/P=C/A= /C=GB/` })),
      ),
      content: new Uint8Array(),
    },
  });
  const read = decode(MTSAPDU, sent);
  assert.ok(read.ok && read.value.kind === 'message');
  const taken = await mta.take(read.value.value.envelope, new Uint8Array(10));
  const copy = await mta.store.show(taken.created[0].copies[0]);
  assert.ok(copy);
  const out = outgoingApdu(copy, mta.link('c'));
  assert.ok(out.kind === 'apdu');
  const text = Buffer.from(out.head).toString('latin1');
  for (const value of values) {
    const attribute = (type: string) =>
      `\x13${String.fromCharCode(type.length)}${type}\x13${String.fromCharCode(value.length)}${value}`;
    assert.ok(text.includes(attribute('RFC-822')), value);
    assert.ok(text.includes(attribute('PHONE')), value);
  }
});
