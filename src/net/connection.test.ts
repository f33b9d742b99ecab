// A socket and the association on it: order, ends and mistakes, with a machine that says what the test wants,
// over real loopback sockets on ports that the system gives.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { instant } from '../base/time.ts';
import type {
  AssociationInput,
  AssociationMachine,
  AssociationOutput,
} from '../stack/association/service.ts';
import type { AssociationHandle, AssociationUser } from '../transfer/ports.ts';
import { optionsOf } from '../../test/support/associations.ts';
import { listen, systemClock, tcpNetwork } from './index.ts';

type Script = (input: AssociationInput) => readonly AssociationOutput[];

function machineOf(script: Script, heard: AssociationInput[]): AssociationMachine {
  return {
    handle: (input) => {
      heard.push(input);
      return script(input);
    },
    nextTimeout: () => undefined,
    states: () => ({}),
  };
}

class User implements AssociationUser {
  readonly said: string[] = [];
  readonly closed: Promise<string>;
  #close: (detail: string) => void = () => {};

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#close = resolve;
    });
  }
  onIndication({ kind }: Parameters<AssociationUser['onIndication']>[0]): void {
    this.said.push(kind);
  }
  onViolation(): void {
    this.said.push('violation');
  }
  onWritable(): void {}
  onSendFailed(code: string): void {
    this.said.push(code);
  }
  onClosed(detail: string): void {
    this.said.push('closed');
    this.#close(detail);
  }
}

/** A listener with scripted associations, and one caller. */
async function bench(t: TestContext, script: Script, admits = true) {
  const heard: AssociationInput[] = [];
  const user = new User();
  const errors: unknown[] = [];
  let handle: AssociationHandle | undefined;
  const listener = await listen(
    { address: '127.0.0.1', port: 0 },
    {
      clock: systemClock(),
      associationOf: () => machineOf(script, heard),
      internalError: (error) => errors.push(error),
      admit: () => (admits ? optionsOf('responder') : undefined),
      accepted: (given) => {
        handle = given;
        return user;
      },
      acceptFailed: () => {},
    },
  );
  const socket: Socket = connect(listener.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  t.after(() => {
    socket.destroy();
    return listener.stop();
  });
  await once(socket, 'connect');
  return { heard, user, errors, socket, handle: () => handle };
}

const indication: AssociationOutput = { kind: 'user', primitive: { kind: 'RTCLOSEcnf' } };

test('octets reach the machine, its octets reach the peer, the user hears its indications', async (t) => {
  const { socket, user, heard } = await bench(t, (input) =>
    input.kind === 'octets'
      ? [{ kind: 'octets', octets: [Uint8Array.of(1), Uint8Array.of(2, 3)] }, indication]
      : [],
  );
  socket.write(Uint8Array.of(9));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.deepEqual([...answer], [1, 2, 3], 'one step, one write');
  assert.deepEqual(
    heard.map(({ kind }) => kind),
    ['connected', 'octets'],
  );
  assert.deepEqual(user.said, ['RTCLOSEcnf']);
});

test('a peer that goes is told to the machine and then, last of all, to the user', async (t) => {
  const { socket, user, heard } = await bench(t, (input) => (input.kind === 'lost' ? [indication] : []));
  socket.end();
  await user.closed;
  assert.equal(heard.at(-1)?.kind, 'lost');
  assert.deepEqual(user.said, ['RTCLOSEcnf', 'closed']);
});

for (const abrupt of [true, false]) {
  test(`a machine that closes ${abrupt ? 'abruptly' : 'in order'} ends the connection once`, async (t) => {
    const { socket, user } = await bench(t, (input) =>
      input.kind === 'octets'
        ? [
            { kind: 'octets', octets: [Uint8Array.of(7)] },
            { kind: 'close', abrupt },
          ]
        : [],
    );
    socket.write(Uint8Array.of(1));
    await Promise.all([user.closed, once(socket, 'close')]);
    assert.deepEqual(user.said, ['closed']);
  });
}

test('after the end requests are ignored', async (t) => {
  const { socket, user, heard, handle } = await bench(t, (input) =>
    input.kind === 'octets' ? [{ kind: 'close', abrupt: false }] : [],
  );
  socket.write(Uint8Array.of(1));
  await user.closed;
  handle()?.request({ kind: 'RTUABreq' });
  handle()?.destroy('again');
  assert.ok(!heard.some(({ kind }) => kind === 'user'));
  assert.deepEqual(user.said, ['closed']);
});

test('octets that could not be sent are told, once, before the end', async (t) => {
  const much = new Uint8Array(64 * 1024 * 1024);
  const { socket, user } = await bench(t, (input) =>
    input.kind === 'octets' ? [{ kind: 'octets', octets: [much] }] : [],
  );
  socket.pause();
  socket.write(Uint8Array.of(1));
  socket.once('readable', () => socket.resetAndDestroy());
  await user.closed;
  assert.match(user.said[0], /^(ECONNRESET|EPIPE)$/);
  assert.deepEqual(user.said.slice(1), ['closed']);
});

test('a contradiction on one association ends it, is told, and reaches nobody else', async (t) => {
  const { socket, user, errors } = await bench(t, (input) => {
    if (input.kind === 'octets') throw new Error('a contradiction');
    return [];
  });
  socket.write(Uint8Array.of(1));
  assert.equal(await user.closed, 'internal error');
  assert.equal(errors.length, 1);
});

test('a connection that is not admitted is closed at once', async (t) => {
  const { socket, heard } = await bench(t, () => [], false);
  if (!socket.destroyed) await once(socket, 'close');
  assert.deepEqual(heard, []);
});

test('a dial that is refused says so once, and its timer goes with it', async (t) => {
  const listener = await listen(
    { address: '127.0.0.1', port: 0 },
    {
      clock: systemClock(),
      associationOf: () => machineOf(() => [], []),
      admit: () => undefined,
      accepted: () => new User(),
      acceptFailed: () => {},
    },
  );
  const { port } = listener;
  await listener.stop();
  let pending = 0;
  const clock = {
    now: () => instant(Date.now()),
    schedule: () => {
      pending += 1;
      return () => {
        pending -= 1;
      };
    },
  };
  const network = tcpNetwork({ clock, associationOf: () => machineOf(() => [], []) });
  const code = await new Promise<string>((resolve) => {
    network.dial({
      target: { address: '127.0.0.1', port, connectTimeout_ms: 5000 },
      options: optionsOf('initiator'),
      opened: () => new User(),
      failed: (failure) => resolve(failure.code),
    });
  });
  assert.equal(code, 'ECONNREFUSED');
  assert.equal(pending, 0);
  t.diagnostic('one dial');
});

test('a clock that waits longer than a timer can still waits', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
  let fired = 0;
  const clock = systemClock();
  const month_ms = 30 * 24 * 3_600_000;
  clock.schedule(instant(month_ms), () => {
    fired += 1;
  });
  t.mock.timers.tick(0x7fff_ffff);
  assert.equal(fired, 0);
  t.mock.timers.tick(month_ms - 0x7fff_ffff);
  assert.equal(fired, 1);
});
