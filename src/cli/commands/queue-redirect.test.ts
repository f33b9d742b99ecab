// chappe queue redirect with a fake MTA behind a real HTTP API: whom it means, what it asks of the MTA, and
// what it refuses before it asks anything.

import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';

import { type FakeMta, fakeMta } from '../../../test/support/fake-mta.ts';
import { type FakeOperations, fakeCopy } from '../../admin/fake-operations.test.ts';
import { err } from '../../base/result.ts';
import { runCli } from '../run.ts';

const place = mkdtempSync(join(tmpdir(), 'chappe-redirect-'));
const file = join(place, 'chappe.yaml');
let operations: FakeOperations;
let fake: FakeMta;

const at = (surname: string): string => `/S=${surname}/P=B/A= /C=GB/`;
const to = ['--to', at('right')];

function copyTo(copy: number, message: number, ...surnames: readonly string[]) {
  const recipients = surnames.map((surname, number) => ({ number, address: at(surname) }));
  return { ...fakeCopy(copy, message), recipients };
}

before(async () => {
  fake = await fakeMta(file);
  operations = fake.operations;
  operations.copies.push(copyTo(1, 100, 'wrong'), copyTo(2, 100, 'a', 'b'), copyTo(3, 101, 'Wrong', 'c'));
});
after(() => fake.end());

async function redirect(...argv: string[]) {
  const said = { out: '', err: '' };
  const asked = operations.commands.length;
  const code = await runCli(
    ['queue', 'redirect', ...argv, '--config', file],
    { version: '1.2.3', startMta: async () => err('not here') },
    {
      interactive: false,
      columns: 110,
      out: async (text) => {
        said.out += typeof text === 'string' ? text : Buffer.from(text).toString();
      },
      err: async (text) => {
        said.err += text;
      },
    },
  );
  return { code, ...said, asked: operations.commands.slice(asked) };
}

it('a copy with one recipient needs only its number and the address', async () => {
  const { code, out, asked } = await redirect('1', ...to, '--note', 'rang the centre');
  assert.deepEqual([code, out], [0, 'copy 1: done\n']);
  const [{ copies, command }] = asked;
  assert.ok(command.kind === 'redirect');
  assert.deepEqual([copies, command.note, command.recipient], [[1], 'rang the centre', undefined]);
});

it('a message with several copies wants to know which recipient, and takes the copy with it', async () => {
  const vague = await redirect('/P=A/A= /C=GB/;100', ...to);
  assert.deepEqual([vague.code, vague.asked], [1, []]);
  assert.match(vague.err, /say which \(--recipient\):\n.* {2}\/S=wrong.*\n.* {2}\/S=a\/.*\n.* {2}\/S=b\//);
  const { asked } = await redirect('/P=A/A= /C=GB/;100', ...to, '--recipient', '/s=WRONG/p=b/c=gb/');
  assert.deepEqual(
    asked.map(({ copies }) => copies),
    [[1]],
  );
});

it('--all means every copy that has the recipient, and says so if there is none', async () => {
  const { asked, out } = await redirect('--all', '--recipient', at('wrong'), ...to, '--same-recipient');
  assert.deepEqual([asked[0].copies, out], [[1, 3], 'copy 1: done\ncopy 3: done\n']);
  const none = await redirect('--all', '--recipient', at('nobody'), ...to);
  assert.deepEqual([none.code, none.asked], [1, []]);
  assert.match(none.err, /nothing in the queue is for \/S=nobody/);
});

it('what cannot be meant is refused before anything is asked', async () => {
  for (const argv of [
    [],
    ['1'],
    [...to],
    ['1', '--to', 'nobody'],
    ['1', ...to, '--recipient', 'nobody'],
    ['--all', ...to],
    ['1', '--all', ...to],
  ]) {
    const { code, err: said, asked } = await redirect(...argv);
    assert.deepEqual([code, asked], [2, []], argv.join(' '));
    assert.notEqual(said, '');
  }
  const gone = await redirect('99', ...to);
  assert.deepEqual([gone.code, gone.asked], [1, []]);
});

it('its help has examples', async () => {
  const { code, out } = await redirect('--help');
  assert.equal(code, 0);
  assert.match(out, /Examples:\n {2}chappe queue redirect 17 --to .* --same-recipient --note/);
});
