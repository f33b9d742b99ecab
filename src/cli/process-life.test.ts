// The life of the process: what is asked of it by signals is heard from the first moment, a second request,
// a mistake and what does not end in time end it by force, and nothing else does. On a process that is made
// up; real ones are proven in test/proof/start.test.ts.

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { listening } from '../../test/support/transfer.ts';
import { ProcessLife } from './process-life.ts';

/** A life whose process ends in nothing but a note. `isRead`: whether somebody reads the last events. */
function bench(isRead = true) {
  const host = new EventEmitter();
  const { told, emit } = listening();
  const exited = Promise.withResolvers<number>();
  const codes: number[] = [];
  const exit = (code: number): void => {
    codes.push(code);
    exited.resolve(code);
  };
  let closed = 0;
  const close = async (): Promise<boolean> => {
    closed += 1;
    return isRead;
  };
  const life = new ProcessLife(Object.assign(host, { exit }), { emit, close });
  const reasons = (): unknown[] =>
    told.filter(([name]) => name === 'stopping').map(([, fields]) => fields.reason);
  return { host, life, told, codes, exited: exited.promise, closed: () => closed, reasons };
}

const forEver = new Promise<never>(() => {});

test('an orderly end: its code, the last events written, nothing by force', async () => {
  const { life, codes, closed, told } = bench();
  assert.equal(await life.live(async () => 1), 1);
  assert.equal(closed(), 1);
  assert.deepEqual([codes, told], [[], []]);
});

test('it is held open by nothing but itself, until its work is done', async () => {
  const { life } = bench();
  const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
  const before = timers();
  const work = Promise.withResolvers<number>();
  const living = life.live(() => work.promise);
  assert.equal(timers(), before + 1);
  work.resolve(0);
  await living;
  assert.equal(timers(), before);
});

test('where nobody reads the last events the process ends all the same', async () => {
  const { life, codes } = bench(false);
  assert.equal(await life.live(async () => 0), 0);
  assert.deepEqual(codes, [0]);
});

test('asked once by either signal: which; asked again: at once, and once', async () => {
  const { host, life, exited, codes, reasons } = bench();
  host.emit('SIGINT');
  assert.equal(await life.stopAsked, 'SIGINT');
  assert.deepEqual(codes, []);
  host.emit('SIGTERM');
  host.emit('SIGTERM');
  assert.equal(await exited, 1);
  assert.deepEqual(reasons(), ['SIGTERM again: at once']);
  assert.deepEqual(codes, [1]);
});

test('SIGHUP before there is anybody to answer is answered then, once; later ones at once', () => {
  const { host, life } = bench();
  const answered: string[] = [];
  host.emit('SIGHUP');
  host.emit('SIGHUP');
  life.answerHangUps(() => answered.push('first'));
  assert.deepEqual(answered, ['first']);
  host.emit('SIGHUP');
  life.answerHangUps(() => answered.push('second'));
  host.emit('SIGHUP');
  assert.deepEqual(answered, ['first', 'first', 'second']);
});

test('what ends within its time is waited for; what does not, is not', async () => {
  const { life, exited, codes, reasons } = bench();
  await life.within(60_000, Promise.resolve());
  await assert.rejects(life.within(60_000, Promise.reject(new Error('no'))), { message: 'no' });
  assert.deepEqual(codes, []);
  void life.within(1, forEver);
  assert.equal(await exited, 1);
  assert.deepEqual(reasons(), ['not stopped within 0.001 s: at once']);
});

for (const mistake of ['uncaughtException', 'unhandledRejection']) {
  test(`${mistake}: told with its place, and the end`, async () => {
    const { host, exited, told, codes } = bench();
    host.emit(mistake, new Error('oops'));
    host.emit(mistake, 'again');
    assert.equal(await exited, 1);
    assert.deepEqual(
      told.map(([name, { where, detail, stack }]) => [name, where, detail, typeof stack]),
      [
        ['internal-error', 'process', 'Error: oops', 'string'],
        ['internal-error', 'process', 'again', 'undefined'],
      ],
    );
    assert.deepEqual(codes, [1]);
  });
}

test('work that fails by our own mistake ends the process too', async () => {
  const { life, exited, told } = bench();
  void life.live(async () => {
    throw new Error('oops');
  });
  assert.equal(await exited, 1);
  assert.equal(told[0]?.[0], 'internal-error');
});
