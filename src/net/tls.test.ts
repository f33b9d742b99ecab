// TLS below associations: who is let through, what a failed handshake says, and that it costs one connection.
// Certificates are made for the test and go with it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';

import { millis } from '../base/time.ts';
import type { LinkTlsConfiguration, ListenTlsConfiguration } from '../config/index.ts';
import type { AssociationInput, AssociationMachine } from '../stack/association/service.ts';
import type { AssociationHandle, AssociationUser, DialFailure, TlsMisfit } from '../transfer/ports.ts';
import { optionsOf } from '../../test/support/associations.ts';
import { authority, certificateBy, opensslIsThere, type Pair } from '../../test/support/certificates.ts';
import { type Listener, listen, systemClock, TlsFiles, tcpNetwork } from './index.ts';

const skip = opensslIsThere() ? false : 'the openssl command was not found';

const user: AssociationUser = {
  onIndication: () => undefined,
  onViolation: () => undefined,
  onWritable: () => undefined,
  onClosed: () => undefined,
};

/** Says `hello` once it is connected, and keeps what it hears. */
function machineThat(heard: number[]): AssociationMachine {
  return {
    handle: (input: AssociationInput) => {
      if (input.kind === 'octets') heard.push(...input.octets);
      return input.kind === 'connected' ? [{ kind: 'octets', octets: [Uint8Array.of(1, 2, 3)] }] : [];
    },
    nextTimeout: () => undefined,
    states: () => ({}),
  };
}

describe('TLS', { skip, timeout: 60_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'chappe-tls-'));
  const stops: (() => Promise<void>)[] = [];
  let ours: Pair;
  let strange: Pair;
  let server: Pair;
  let client: Pair;

  before(() => {
    ours = authority(directory, 'ours');
    strange = authority(directory, 'strange');
    server = certificateBy(ours, { directory, name: 'server', host: '127.0.0.1' });
    client = certificateBy(ours, { directory, name: 'client', host: 'client.example' });
  });
  after(async () => {
    await Promise.all(stops.map((stop) => stop()));
    rmSync(directory, { recursive: true, force: true });
  });

  async function listening(more: Partial<ListenTlsConfiguration> = {}) {
    const called: AssociationHandle[] = [];
    const failures: { remote: string; misfit: TlsMisfit }[] = [];
    const heard: number[] = [];
    const tls = {
      certificate: server.certificate,
      key: server.key,
      ca: ours.certificate,
      requestClientCertificate: true,
      handshakeTimeout: millis(10_000),
      ...more,
    };
    let told: () => void = () => undefined;
    const listener: Listener = await listen(
      { address: '127.0.0.1', port: 0, tls },
      {
        clock: systemClock(),
        associationOf: () => machineThat(heard),
        admit: () => optionsOf('responder'),
        accepted: (handle) => {
          called.push(handle);
          told();
          return user;
        },
        acceptFailed: () => undefined,
        handshakeFailed: (remote, misfit) => {
          failures.push({ remote, misfit });
          told();
        },
      },
    );
    const next = (): Promise<void> => new Promise((resolve) => (told = resolve));
    stops.push(async () => {
      for (const handle of called) handle.destroy('test over');
      await listener.stop();
    });
    return { listener, called, failures, heard, next };
  }

  function linkTls(more: Partial<LinkTlsConfiguration> = {}): LinkTlsConfiguration {
    return {
      call: true,
      required: true,
      requireClientCertificate: false,
      ca: undefined,
      fingerprint: undefined,
      certificate: client.certificate,
      key: client.key,
      serverName: undefined,
      sni: false,
      handshakeTimeout: millis(10_000),
      ...more,
    };
  }

  function dial(port: number, tls: LinkTlsConfiguration, files = new TlsFiles(() => undefined)) {
    const network = tcpNetwork({
      clock: systemClock(),
      associationOf: () => machineThat([]),
      tlsFiles: files,
    });
    return new Promise<AssociationHandle | DialFailure>((resolve) => {
      network.dial({
        target: { address: '127.0.0.1', port, connectTimeout_ms: 5000, tls },
        options: optionsOf('initiator'),
        opened: (handle) => {
          resolve(handle);
          stops.push(async () => handle.destroy('test over'));
          return user;
        },
        failed: resolve,
      });
    });
  }

  it('carries octets both ways, and each end knows the certificate of the other', async () => {
    const { listener, called, heard, next } = await listening();
    const came = next();
    const handle = await dial(listener.port, linkTls({ ca: ours.certificate }));
    assert.ok('tls' in handle && 'request' in handle, JSON.stringify(handle));
    assert.equal(handle.tls?.fingerprint, server.fingerprint);
    await came;
    assert.equal(called[0].tls?.fingerprint, client.fingerprint);
    assert.match(called[0].tls?.protocol ?? '', /^TLSv1\.[23]$/);
    assert.equal(called[0].tls?.misfit(linkTls({ ca: ours.certificate }), 'client.example'), undefined);
    assert.equal(called[0].tls?.misfit(linkTls({ fingerprint: client.fingerprint }), undefined), undefined);
    assert.equal(called[0].tls?.misfit(linkTls({ ca: ours.certificate }), 'other.example')?.code, 'name');
    assert.equal(called[0].tls?.misfit(linkTls({ ca: strange.certificate }), undefined)?.code, 'authority');
    const pinned = called[0].tls?.misfit(linkTls({ fingerprint: server.fingerprint }), undefined);
    assert.equal(pinned?.code, 'fingerprint');
    while (heard.length < 3) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(heard, [1, 2, 3]);
  });

  it('a pinned certificate needs no authority; the wrong one is named', async () => {
    const { listener } = await listening();
    const fits = await dial(listener.port, linkTls({ fingerprint: server.fingerprint }));
    assert.ok('request' in fits, JSON.stringify(fits));
    const failure = await dial(listener.port, linkTls({ fingerprint: client.fingerprint }));
    assert.ok('code' in failure);
    assert.equal(failure.tls?.code, 'fingerprint');
    assert.ok(failure.tls.expected.includes(client.fingerprint));
    assert.ok(failure.tls.got.includes(server.fingerprint));
  });

  it('an authority that is not ours, and a name that is not asked for, are refused by name', async () => {
    const { listener } = await listening();
    const stranger = await dial(listener.port, linkTls({ ca: strange.certificate }));
    assert.ok('code' in stranger);
    assert.equal(stranger.tls?.code, 'authority');
    const named = await dial(listener.port, linkTls({ ca: ours.certificate, serverName: 'mta.example' }));
    assert.ok('code' in named);
    assert.equal(named.tls?.code, 'name');
  });

  it('a caller without a certificate is let through, for its link to judge', async () => {
    const { listener, called, next } = await listening();
    const came = next();
    await dial(listener.port, linkTls({ ca: ours.certificate, certificate: undefined, key: undefined }));
    await came;
    assert.equal(called[0].tls?.fingerprint, undefined);
    const misfit = called[0].tls?.misfit(linkTls({ ca: ours.certificate }), undefined);
    assert.equal(misfit?.code, 'no-certificate');
    assert.equal(misfit.got, 'none');
  });

  it('SNI is sent only where it is asked for', async (t) => {
    const names: (string | undefined)[] = [];
    const pem = { cert: readFileSync(server.certificate), key: readFileSync(server.key) };
    const SNICallback = (name: string, done: (error: null) => void): void => {
      names.push(name);
      done(null);
    };
    const listener = createTlsServer({ ...pem, SNICallback });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    t.after(() => listener.close());
    const address = listener.address();
    assert.ok(typeof address === 'object' && address !== null);
    const pinned = { fingerprint: server.fingerprint, serverName: 'mta.example' };
    await dial(address.port, linkTls(pinned));
    assert.deepEqual(names, []);
    await dial(address.port, linkTls({ ...pinned, sni: true }));
    assert.deepEqual(names, ['mta.example']);
  });

  it('what is no TLS costs its own connection and one event', async () => {
    const { listener, failures, called, next } = await listening();
    const told = next();
    const socket = connect(listener.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(Uint8Array.of(3, 0, 0, 22, 17, 0xe0, 0, 0, 0, 1, 0, 0xc0, 1, 0xd, 0, 0, 0, 0, 0, 0, 0, 0));
    await Promise.all([told, once(socket, 'close')]);
    assert.equal(failures.length, 1);
    assert.match(failures[0].remote, /^127\.0\.0\.1:\d+$/);
    assert.equal(failures[0].misfit.code, 'ERR_SSL_WRONG_VERSION_NUMBER');
    const fits = await dial(listener.port, linkTls({ fingerprint: server.fingerprint }));
    assert.ok('request' in fits, 'the listener goes on');
    assert.equal(failures.length, 1);
    assert.ok(called.length <= 1);
  });

  it('TLS 1.1 is refused', async () => {
    const { listener, failures, next } = await listening();
    const told = next();
    const old = connectTls({
      port: listener.port,
      host: '127.0.0.1',
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
      rejectUnauthorized: false,
    });
    old.on('error', () => undefined);
    await told;
    assert.match(failures[0].misfit.code, /^ERR_SSL_/);
  });

  it('a caller that says nothing is cut at the deadline of the handshake', async () => {
    const { listener, failures, next } = await listening({ handshakeTimeout: millis(100) });
    const told = next();
    const socket = connect(listener.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    await Promise.all([told, once(socket, 'close')]);
    assert.deepEqual(
      failures.map(({ misfit }) => misfit.code),
      ['handshake-timeout'],
    );
    assert.match(failures[0].remote, /^127\.0\.0\.1:\d+$/);
  });

  it('a peer that answers nothing is given up at the deadline of the handshake', async (t) => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume());
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    t.after(() => silent.close());
    const address = silent.address();
    assert.ok(typeof address === 'object' && address !== null);
    const tls = linkTls({ ca: ours.certificate, handshakeTimeout: millis(100) });
    const failure = await dial(address.port, tls);
    assert.ok('code' in failure);
    assert.equal(failure.tls?.code, 'handshake-timeout');
  });

  it('new files count from the reload on; damaged ones change nothing', async () => {
    const place = join(directory, 'moving.pem');
    const key = join(directory, 'moving.key');
    copyFileSync(server.certificate, place);
    copyFileSync(server.key, key);
    const { listener } = await listening({ certificate: place, key });
    const shown = async (): Promise<string | undefined> => {
      const handle = await dial(listener.port, linkTls({ ca: ours.certificate }));
      assert.ok('request' in handle, JSON.stringify(handle));
      return handle.tls?.fingerprint;
    };
    const next = certificateBy(ours, { directory, name: 'next', host: '127.0.0.1' });
    copyFileSync(next.certificate, place);
    copyFileSync(next.key, key);
    assert.equal(await shown(), server.fingerprint, 'nobody said that it changed');
    listener.reload();
    assert.equal(await shown(), next.fingerprint);
    writeFileSync(place, 'half a certif');
    assert.throws(() => listener.reload());
    assert.equal(await shown(), next.fingerprint);
  });

  it('unreadable files fail the call, are told once a reload, and are tried again after it', async () => {
    const { listener } = await listening();
    const told: string[] = [];
    const files = new TlsFiles((file) => told.push(file));
    const place = join(directory, 'late.pem');
    const tls = linkTls({ ca: place });
    const failure = await dial(listener.port, tls, files);
    assert.ok('code' in failure);
    assert.equal(failure.tls?.code, 'files');
    assert.deepEqual(told, [place]);
    copyFileSync(ours.certificate, place);
    assert.ok('request' in (await dial(listener.port, tls, files)));
    writeFileSync(place, 'half');
    files.reload();
    assert.ok('request' in (await dial(listener.port, tls, files)), 'what was read before stays');
  });
});
