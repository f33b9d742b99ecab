// Dials adjacent MTAs: a TCP connection, TLS on it where the link asks for it, then an association that we
// open. A refused, silent or failed connect touches nothing but its own attempt. Implements the Network port
// of the transfer room.

import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { after, type Clock, millis } from '../base/time.ts';
import type { LinkTlsConfiguration } from '../config/index.ts';
import type { AssociationMachine, AssociationOptions } from '../stack/association/service.ts';
import type { ChannelTls, DialFailure, DialRequest, Network } from '../transfer/ports.ts';
import { AssociationConnection } from './connection.ts';
import { channelOf } from './tls-channel.ts';
import { TlsFiles } from './tls-files.ts';

export interface DiallerParts {
  readonly clock: Clock;
  /** Builds the stack for one association. */
  readonly associationOf: (options: AssociationOptions) => AssociationMachine;
  /** The files of TLS. Absent: read by this network alone, and never again. */
  readonly tlsFiles?: TlsFiles;
  /** The program contradicted itself on one association, which was given up. Absent: it is thrown. */
  readonly internalError?: (error: unknown) => void;
  /** Something was said of an association after its end, and ignored. */
  readonly late?: () => void;
}

/** A network on this machine's TCP. */
export function tcpNetwork(parts: DiallerParts): Network {
  const files = parts.tlsFiles ?? new TlsFiles(() => undefined);
  return {
    dial: (request) => {
      const attempt = new DialAttempt(parts, request, files);
      attempt.dial();
      return () => attempt.giveUp();
    },
  };
}

/** One attempt. Invariant: it ends once, by `opened`, by `failed` or by being given up, and its timer too. */
class DialAttempt {
  readonly #parts: DiallerParts;
  readonly #request: DialRequest;
  readonly #files: TlsFiles;
  #socket: Socket | undefined;
  #settled = false;
  #cancelTimeout: () => void = () => undefined;

  constructor(parts: DiallerParts, request: DialRequest, files: TlsFiles) {
    this.#parts = parts;
    this.#request = request;
    this.#files = files;
  }

  dial(): void {
    const { target } = this.#request;
    const socket = connect({
      host: target.address,
      port: target.port,
      localAddress: target.localAddress,
      noDelay: true,
    });
    this.#socket = socket;
    this.#within(target.connectTimeout_ms, {
      code: 'ETIMEDOUT',
      detail: `no TCP connection within ${target.connectTimeout_ms} ms`,
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? 'EUNKNOWN';
      if (this.#socket === socket) this.#fail({ code, detail: error.message });
      else this.#failTls({ code, expected: 'a TLS handshake', got: error.message });
    });
    socket.once('connect', () => {
      if (this.#settled) return;
      const { tls } = target;
      if (tls?.call === true) this.#secure(socket, tls);
      else this.#open(socket, undefined);
    });
  }

  giveUp(): void {
    if (this.#settled) return;
    this.#settle();
    this.#socket?.destroy();
  }

  /** The handshake as a client. Nothing is said to a peer whose certificate does not fit. */
  #secure(plain: Socket, tls: LinkTlsConfiguration): void {
    const expected = 'a TLS handshake';
    const secureContext = this.#files.context(tls);
    if (secureContext === undefined) {
      this.#failTls({ code: 'files', expected: 'certificates that can be read', got: 'none' });
      return;
    }
    const { address } = this.#request.target;
    const name = tls.serverName ?? address;
    const sni = tls.sni && tls.serverName !== undefined ? { servername: tls.serverName } : {};
    // The certificate is looked at below, by what the link asks for.
    const own = { rejectUnauthorized: false, checkServerIdentity: () => undefined };
    const socket = connectTls({ socket: plain, secureContext, ...sni, ...own });
    this.#socket = socket;
    this.#within(
      tls.handshakeTimeout,
      { code: 'ETIMEDOUT', detail: 'TLS handshake' },
      { code: 'handshake-timeout', expected, got: `none within ${tls.handshakeTimeout} ms` },
    );
    socket.once('error', (error: NodeJS.ErrnoException) => {
      this.#failTls({ code: error.code ?? 'EUNKNOWN', expected, got: reasonOf(error) });
    });
    socket.once('close', () => {
      this.#failTls({ code: 'closed', expected, got: 'the connection was closed by the peer' });
    });
    socket.once('secureConnect', () => {
      const channel = channelOf(socket, (file) => this.#files.authorities(file));
      const misfit = channel.misfit(tls, name);
      if (misfit === undefined) this.#open(socket, channel);
      else this.#failTls(misfit);
    });
  }

  #open(socket: Socket, tls: ChannelTls | undefined): void {
    if (this.#settled) return;
    this.#settle();
    const machine = this.#parts.associationOf(this.#request.options);
    const connection = new AssociationConnection({ ...this.#parts, socket, machine, tls });
    connection.start(this.#request.opened(connection));
  }

  #within(time_ms: number, failure: DialFailure, tls?: DialFailure['tls']): void {
    const { clock } = this.#parts;
    this.#cancelTimeout();
    this.#cancelTimeout = clock.schedule(after(clock.now(), millis(time_ms)), () =>
      this.#fail(tls === undefined ? failure : { ...failure, tls }),
    );
  }

  #failTls(tls: NonNullable<DialFailure['tls']>): void {
    this.#fail({ code: tls.code, detail: `expected ${tls.expected}, got ${tls.got}`, tls });
  }

  #fail(failure: DialFailure): void {
    if (this.#settled) return;
    this.#settle();
    this.#socket?.on('error', () => undefined);
    this.#socket?.destroy();
    this.#request.failed(failure);
  }

  #settle(): void {
    this.#settled = true;
    this.#cancelTimeout();
  }
}

/** What OpenSSL found, without its line numbers. */
function reasonOf(error: NodeJS.ErrnoException & { readonly reason?: string }): string {
  return error.reason ?? error.message;
}
