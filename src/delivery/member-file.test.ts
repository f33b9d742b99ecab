// Members of lists from files: what is a member, when a change counts, and what a file that cannot be read
// says.

import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ClockInHand, configured, listening, type Told } from '../../test/support/transfer.ts';
import type { ListConfiguration } from '../config/index.ts';
import { MemberFiles } from './member-file.ts';

const at = (surname: string): string => `/S=${surname}/P=X/A= /C=GB/`;

class Bench {
  readonly clock = new ClockInHand();
  readonly told: Told[];
  readonly files: MemberFiles;
  readonly list: ListConfiguration;
  readonly file: string;

  constructor(directory: string, more = '') {
    this.file = join(directory, 'members.txt');
    const { told, emit } = listening();
    this.told = told;
    this.files = new MemberFiles({ clock: this.clock, emit });
    const [list] = configured(`
mta: { name: MTA-X, domain: { country: GB, admd: " ", prmd: X } }
lists: [ { name: l, address: "${at('l')}", file: "${this.file}", ttl: 60s ${more} } ]
`).lists;
    this.list = list;
  }

  async write(...lines: readonly string[]): Promise<void> {
    await writeFile(`${this.file}.new`, `${lines.join('\n')}\n`);
    await rename(`${this.file}.new`, this.file);
  }

  async members(): Promise<readonly string[] | string> {
    const read = await this.files.read(this.list);
    return read.ok ? read.members.map(({ text }) => text) : `${read.lasting}: ${read.detail}`;
  }
}

async function bench(t: TestContext, more = ''): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'members-'));
  t.after(() => rm(directory, { recursive: true }));
  return new Bench(directory, more);
}

test('an address a line, each once; comments and empty lines are none', async (t) => {
  const room = await bench(t, `, members: [ "${at('first')}" ]`);
  await room.write('# the crew', at('one'), '', `  ${at('two')}  `, at('ONE'), at('first'), '\r');
  assert.deepEqual(await room.members(), [at('first'), at('one'), at('two')]);
});

test('a line that is no address is passed over and told, with its number', async (t) => {
  const room = await bench(t);
  await room.write(at('one'), 'nonsense', at('two'));
  assert.deepEqual(await room.members(), [at('one'), at('two')]);
  assert.deepEqual(
    room.told.map(([name, { lines, count }]) => [name, lines, count]),
    [['list-lines-bad', ['2'], 1]],
  );
});

test('a change counts within the ttl, a member that is gone too', async (t) => {
  const room = await bench(t);
  await room.write(at('one'), at('two'));
  await room.members();
  await room.write(at('two'), at('three'));
  assert.deepEqual(await room.members(), [at('one'), at('two')], 'read a moment ago');
  await room.clock.pass(60_000);
  assert.deepEqual(await room.members(), [at('two'), at('three')]);
});

test('a file that is not there says so, for good, and is found when it comes', async (t) => {
  const room = await bench(t);
  assert.match(String(await room.members()), /^permanent: .*missing: .*members\.txt/);
  await room.write(at('one'));
  assert.deepEqual(await room.members(), [at('one')], 'a failure is not kept');
  await rm(room.file);
  await room.clock.pass(60_000);
  assert.match(String(await room.members()), /^permanent/);
});

test('more members than the list may have are refused', async (t) => {
  const room = await bench(t, ', maxMembers: 3');
  await room.write(...['a', 'b', 'c'].map(at));
  assert.equal((await room.members()).length, 3);
  await room.write(...['a', 'b', 'c', 'd'].map(at));
  await room.clock.pass(60_000);
  assert.match(String(await room.members()), /more than the 3 members/);
});

test('a line without an end is cut, and no member', async (t) => {
  const room = await bench(t);
  await writeFile(room.file, 'x'.repeat(3_000_000));
  assert.deepEqual(await room.members(), []);
});

test('the event loop goes on while 20,000 members are read', async (t) => {
  const room = await bench(t);
  await room.write(...Array.from({ length: 20_000 }, (_, each) => at(`m${each}`)));
  let turns = 0;
  let reading = true;
  const count = (): void => {
    turns += 1;
    if (reading) setImmediate(count);
  };
  setImmediate(count);
  assert.equal((await room.members()).length, 20_000);
  reading = false;
  assert.ok(turns >= 200, `${turns} turns`);
});
