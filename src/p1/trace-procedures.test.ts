// What is added to external and internal trace information.

import assert from 'node:assert/strict';
import test from 'node:test';
import { globalDomainIdentifier } from '../address/index.ts';
import { hasBit } from '../asn1/index.ts';
import { instant } from '../base/time.ts';
import { makeExtension } from './extensions.ts';
import {
  externalTrace,
  externalTraceElement,
  internalTrace,
  internalTraceElement,
  readInternalTrace,
  withoutInternalTrace,
} from './trace-procedures.ts';

const domain = globalDomainIdentifier({ country: 'GB', admd: ' ', prmd: 'SITE-A' });
const arrivalTime = instant(Date.UTC(2026, 10, 21, 1, 2, 3));

test('an external element says when the message came and what was done', () => {
  const element = externalTraceElement(domain, { arrivalTime });
  assert.equal(element.domainSuppliedInformation.arrivalTime, '261121010203Z');
  assert.equal(element.domainSuppliedInformation.routingAction, 'relayed');
  const other = externalTraceElement(
    domain,
    { arrivalTime, routingAction: 'rerouted', otherActions: ['redirected'], deferredTime: arrivalTime },
    domain,
  );
  assert.equal(other.domainSuppliedInformation.attemptedDomain, domain);
  assert.ok(hasBit(other.domainSuppliedInformation.otherActions, 0));
  const trace = externalTrace([other], element);
  assert.ok(trace.ok);
  assert.deepEqual(trace.value, [other, element]);
});

test('ub-transfers end a trace', () => {
  const element = externalTraceElement(domain, { arrivalTime });
  assert.ok(!externalTrace(Array(512).fill(element), element).ok);
  const inner = internalTraceElement({ domain, name: 'MTA-A' }, { arrivalTime });
  const full = makeExtension('internal-trace-information', Array(512).fill(inner));
  assert.ok(!internalTrace([full], inner).ok);
});

test('internal trace grows in its extension, and leaves with it', () => {
  const inner = internalTraceElement({ domain, name: 'MTA-A' }, { arrivalTime });
  const once = internalTrace([], inner);
  assert.ok(once.ok);
  const twice = internalTrace(once.value, { ...inner, mtaName: 'MTA-B' });
  assert.ok(twice.ok);
  const trace = readInternalTrace(twice.value);
  assert.ok(trace.ok);
  assert.deepEqual(
    trace.value.map((each) => each.mtaName),
    ['MTA-A', 'MTA-B'],
  );
  assert.deepEqual(withoutInternalTrace(twice.value), []);
});
