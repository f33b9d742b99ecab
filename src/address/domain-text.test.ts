// The text forms of domains and MTS identifiers.

import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  globalDomainIdentifier,
  parseGlobalDomainIdentifier,
  parseMTSIdentifier,
  printGlobalDomainIdentifier,
  printMTSIdentifier,
  sameDomain,
  sameMTSIdentifier,
} from './domain-text.ts';

test('a domain reads /P=…/A=…/C=…/', () => {
  const domain = globalDomainIdentifier({ country: 'GB', admd: ' ', prmd: 'SITE-A' });
  assert.equal(printGlobalDomainIdentifier(domain), '/P=SITE-A/A= /C=GB/');
  const admd = globalDomainIdentifier({ country: '234', admd: 'BT' });
  assert.equal(printGlobalDomainIdentifier(admd), '/A=BT/C=234/');
  for (const text of ['/P=site-a/C=gb/', 'C=GB; P=SITE-A; A=']) {
    const parsed = parseGlobalDomainIdentifier(text);
    assert.ok(parsed.ok && sameDomain(parsed.value, domain), text);
  }
  assert.ok(!sameDomain(domain, admd));
});

test('an MTS identifier reads as its domain, a semicolon and the local identifier', () => {
  const text = '/P=PP/A= /C=GB/;pp.test.277:20.10.26.23.47.01';
  const parsed = parseMTSIdentifier(text);
  assert.ok(parsed.ok);
  assert.equal(parsed.value.localIdentifier, 'pp.test.277:20.10.26.23.47.01');
  assert.equal(printMTSIdentifier(parsed.value), text);
});

test('what is none says why', () => {
  for (const text of [
    '',
    'x',
    '/P=A/C=GB/',
    '/P=A/C=GB/;',
    `/C=GB/;${'x'.repeat(33)}`,
    '/C=GB/;é',
    '/C=G/;a',
  ]) {
    assert.ok(!parseMTSIdentifier(text).ok, text);
  }
  for (const text of ['/P=A/', '/O=A/C=GB/', '']) assert.ok(!parseGlobalDomainIdentifier(text).ok, text);
});

test('print then parse gives the identifier back', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9 '()+,\-./:=?]{1,16}$/);
  const local = fc.stringMatching(/^[ -~]{1,32}$/);
  fc.assert(
    fc.property(
      fc.constantFrom('GB', '234'),
      name,
      fc.option(name, { nil: undefined }),
      local,
      (...parts) => {
        const [country, admd, prmd, localIdentifier] = parts;
        const identifier = {
          globalDomainIdentifier: globalDomainIdentifier({ country, admd, prmd }),
          localIdentifier,
        };
        const parsed = parseMTSIdentifier(printMTSIdentifier(identifier));
        assert.ok(parsed.ok, printMTSIdentifier(identifier));
        assert.deepEqual(parsed.value, identifier);
        assert.ok(sameMTSIdentifier(parsed.value, identifier));
      },
    ),
    { numRuns: 200 },
  );
});
