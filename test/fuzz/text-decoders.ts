// The readers of text: O/R addresses, domains, MTS identifiers, configurations. What was read is written
// and read again to the same text.

import assert from 'node:assert/strict';
import {
  ORAddress,
  parseGlobalDomainIdentifier,
  parseMTSIdentifier,
  parseORAddress,
  printGlobalDomainIdentifier,
  printMTSIdentifier,
  printORAddress,
} from '../../src/address/index.ts';
import { arbitrary, encode } from '../../src/asn1/index.ts';
import type { Result } from '../../src/base/result.ts';
import {
  formatConfigurationError,
  parseConfiguration,
  starterConfiguration,
} from '../../src/config/index.ts';
import { type Decoder, octetsOfText, textOfOctets } from './decoder.ts';

/** The law of every text form: read, written, read, written gives the same text. */
function assertSettled<V>(
  text: string,
  read: (text: string) => Result<V, unknown>,
  write: (value: V) => string,
): boolean {
  const value = read(text);
  if (!value.ok) return false;
  const written = write(value.value);
  const again = read(written);
  assert.ok(again.ok, `${JSON.stringify(text)} is written ${JSON.stringify(written)}, which is not read`);
  assert.equal(write(again.value), written);
  return true;
}

const addresses = [
  '/G=Some/S=One/O=Org/OU1=A/OU2=B/P=SITE-A/A= /C=GB/',
  'G=Some;S=One;O=Org;P=SITE-A;A= ;C=GB',
  '/CN=Common $/ name/DD.TYPE=V$=alue/X121=234/P=X/A=Y/C=DE/',
  '/S=Müller/T-ID=1/N-ID=2/UA-ID=3/A=400NET/C=DE/',
];

const address: Decoder = {
  name: 'address',
  weight: 8,
  text: true,
  valid: (random) => {
    if (random.chance(0.5)) return octetsOfText(random.pick(addresses));
    const value = arbitrary(ORAddress, random, { size_max: 6 });
    encode(ORAddress, value, { constraints: 'tolerant' });
    return octetsOfText(printORAddress(value));
  },
  take: (octets) => assertSettled(textOfOctets(octets), parseORAddress, printORAddress),
};

const identifier: Decoder = {
  name: 'identifier',
  weight: 5,
  text: true,
  valid: (random) =>
    octetsOfText(random.pick(['/P=SITE-A/A= /C=GB/;X-1', '/A=400NET/C=DE/;/;x', '/P=7/A=1/C=234/;a b'])),
  take(octets) {
    const text = textOfOctets(octets);
    const [domain] = text.split(';');
    assertSettled(domain, parseGlobalDomainIdentifier, printGlobalDomainIdentifier);
    return assertSettled(text, parseMTSIdentifier, printMTSIdentifier);
  },
};

const configuration: Decoder = {
  name: 'configuration',
  weight: 1,
  text: true,
  valid: () => octetsOfText(starterConfiguration()),
  take(octets) {
    const parsed = parseConfiguration(textOfOctets(octets), 'fuzz.yaml');
    if (!parsed.ok) {
      assert.ok(parsed.error.length > 0, 'an error says at least one thing');
      for (const error of parsed.error) formatConfigurationError(error);
    }
    return parsed.ok;
  },
};

export const textDecoders: readonly Decoder[] = [address, identifier, configuration];
