// What must hold between redirections, and between distribution lists: each error at its key.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfiguration } from './load.ts';

const head = 'mta: { name: M, domain: { country: GB, prmd: X } }\n';

function errorsOf(yaml: string): readonly string[] {
  const read = parseConfiguration(head + yaml, 'test');
  return read.ok ? [] : read.error.map(({ key, message }) => `${key}: ${message}`);
}

test('a redirection has one of from and fromSpace, once, and leads elsewhere', () => {
  const entry = (keys: string): string => `redirections: [ { ${keys}, to: "/S=b/P=X/C=GB/" } ]\n`;
  assert.deepEqual(errorsOf(entry('from: "/S=a/P=X/C=GB/"')), []);
  assert.deepEqual(errorsOf(entry('fromSpace: "/P=Y/C=GB/", reason: alias')), []);
  assert.match(errorsOf(entry('reason: alias'))[0], /what is redirected is missing/);
  assert.match(errorsOf(entry('from: "/S=a/P=X/C=GB/", fromSpace: "/P=Y/C=GB/"'))[0], /given already/);
  assert.match(errorsOf(entry('from: "/S=B/P=x/C=GB/"'))[0], /the address itself/);
  assert.match(errorsOf(entry('from: "/S=a/P=X/C=GB/", reason: whim'))[0], /not one of/);
  const twice = `redirections:\n${'  - { from: "/S=a/P=X/C=GB/", to: "/S=b/P=X/C=GB/" }\n'.repeat(2)}`;
  assert.match(errorsOf(twice)[0], /redirections\[0\] already/);
});

test('a list has a name and an address of its own, members, and an owner where reports go to one', () => {
  const list = (name: string, surname: string, more: string): string =>
    `  - { name: ${name}, address: "/S=${surname}/P=X/C=GB/", ${more} }\n`;
  assert.deepEqual(errorsOf(`lists:\n${list('l', 'l', 'file: ./members.txt')}`), []);
  assert.match(errorsOf(`lists:\n${list('l', 'l', 'ttl: 1s')}`)[0], /has no members/);
  assert.match(errorsOf(`lists:\n${list('l', 'l', 'members: [], reports: owner')}`)[0], /needs an owner/);
  const again = list('l', 'l', 'members: []') + list('l', 'L', 'members: []');
  assert.deepEqual(
    errorsOf(`lists:\n${again}`).map((error) => /is the (name|address) of lists\[0\]/.exec(error)?.[1]),
    ['name', 'address'],
  );
});
