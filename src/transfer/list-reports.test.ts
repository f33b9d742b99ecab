// Where reports on members of a list go (X.411 14.3.12): by the policy of the list, one step back in the
// history, or to its owner.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configured, domainNamed, nameOf, now } from '../../test/support/transfer.ts';
import { printORAddress } from '../address/index.ts';
import { externalTraceElement, findExtension, makeExtension, type Report } from '../p1/index.ts';
import { reportsOnward } from './list-reports.ts';

const at = (surname: string): string => `/S=${surname}/P=X/A= /C=GB/`;

const { lists } = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
lists:
${['originator', 'owner', 'both', 'none']
  .map(
    (to) => `  - { name: ${to}, address: "${at(to)}", members: [], owner: "${at('boss')}", reports: ${to} }`,
  )
  .join('\n')}
`);

function report(to: string, history: readonly string[], passedOn = false): Report {
  const extensions = [
    makeExtension(
      'originator-and-DL-expansion-history',
      history.map((name) => ({
        originatorOrDLName: nameOf(at(name)),
        originationOrExpansionTime: '260601120000Z',
      })),
    ),
    ...(passedOn ? [makeExtension('reporting-DL-name', nameOf(at('elsewhere')))] : []),
  ];
  const reportIdentifier = { globalDomainIdentifier: domainNamed('C'), localIdentifier: 'r' };
  return {
    envelope: {
      reportIdentifier,
      reportDestinationName: nameOf(at(to)),
      traceInformation: [externalTraceElement(domainNamed('C'), { arrivalTime: now })],
      extensions,
    },
    content: { subjectIdentifier: reportIdentifier, extensions: [], perRecipientFields: [] },
  };
}

function destinations(
  to: string,
  history: readonly string[],
  passedOn = false,
): readonly unknown[] | undefined {
  return reportsOnward(lists, report(to, history, passedOn))?.reports.map(({ envelope }) => [
    printORAddress(envelope.reportDestinationName),
    findExtension(envelope.extensions, 'reporting-DL-name') !== undefined,
  ]);
}

test('what is for no list of ours goes its way', () => {
  assert.equal(destinations('ann', ['ann']), undefined);
  assert.equal(reportsOnward([], report('none', [])), undefined);
});

test('to the originator, or the list before this one', () => {
  assert.deepEqual(destinations('originator', ['ann', 'originator']), [[at('ann'), false]]);
  assert.deepEqual(destinations('originator', ['ann', 'other', 'ORIGINATOR', 'last']), [
    [at('other'), false],
  ]);
});

test('to the owner, who is told by which list; to both; to nobody', () => {
  assert.deepEqual(destinations('owner', ['ann', 'owner']), [[at('boss'), true]]);
  assert.deepEqual(destinations('both', ['ann', 'both']), [
    [at('ann'), false],
    [at('boss'), true],
  ]);
  assert.deepEqual(destinations('none', ['ann', 'none']), []);
});

test('what was passed on by a list goes to no second owner: owners that are lists make no circle', () => {
  assert.deepEqual(destinations('owner', ['ann', 'owner'], true), []);
});

test('without a history that names the list there is nobody to go back to', () => {
  assert.deepEqual(destinations('originator', ['originator']), []);
  assert.deepEqual(destinations('originator', ['ann', 'other']), []);
});
