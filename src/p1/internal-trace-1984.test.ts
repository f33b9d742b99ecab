// Internal trace in the form of MOTIS: found among unknown elements, read with and without domains, written.

import assert from 'node:assert/strict';
import test from 'node:test';
import { bitsOf, encode, rawOf } from '../asn1/index.ts';
import { instant } from '../base/time.ts';
import { internalTrace1984, InternalTraceInfo1984, readInternalTrace1984 } from './internal-trace-1984.ts';
import { internalTraceElement } from './trace-procedures.ts';

const domain = {
  countryName: { kind: 'iso3166Alpha2Code', value: 'GB' },
  administrationDomainName: { kind: 'printable', value: 'y' },
} as const;
const at = instant(Date.UTC(1990, 0, 1));
const other = rawOf(Uint8Array.of(0x11, 0));

test('what is written is read, with the domain that the link names', () => {
  const trace = [
    internalTraceElement({ domain, name: 'one' }, { arrivalTime: at }),
    internalTraceElement(
      { domain, name: 'two_2' },
      { arrivalTime: at, deferredTime: at, routingAction: 'rerouted' },
      { kind: 'mta', value: 'three' },
    ),
  ];
  const element = internalTrace1984(trace);
  assert.ok(element !== undefined);
  assert.deepEqual(readInternalTrace1984([other, element], domain), trace);
  assert.deepEqual(readInternalTrace1984([other, element], undefined), []);
  assert.deepEqual(readInternalTrace1984([other], domain), []);
  assert.equal(internalTrace1984([]), undefined);
});

test('a domain in the element counts before that of the link; reassignment is redirection', () => {
  const element = {
    globalDomainIdentifier: domain,
    mtaName: { kind: 'ia5', value: 'm' },
    mtaSuppliedInformation: { arrival: '900101000000Z', action: 'recipientReassignment' },
  } as const;
  const raw = rawOf(encode(InternalTraceInfo1984, [element]));
  const [read] = readInternalTrace1984([raw], undefined);
  assert.deepEqual(read.globalDomainIdentifier, domain);
  assert.equal(read.mtaSuppliedInformation.routingAction, 'relayed');
  assert.deepEqual(read.mtaSuppliedInformation.otherActions, bitsOf([0]));
});

test('an element of another form says nothing, and stops nothing', () => {
  for (const octets of [[0x7e, 0x02, 0x05, 0x00], [0x7e, 0x05], [0x7e, 0x00], []]) {
    assert.deepEqual(readInternalTrace1984([rawOf(Uint8Array.from(octets))], domain), []);
  }
});
