// The network of a simulated world: hosts that listen and dial by name, connections that obey the weather
// between them. Implements the Network port of the transfer room; every fault comes from one seeded
// generator.

import type { Random } from '../../src/base/random.ts';
import { after, type Clock, millis } from '../../src/base/time.ts';
import { AssociationConnection } from '../../src/net/connection.ts';
import { Association, type AssociationOptions } from '../../src/stack/association/index.ts';
import type { AssociationHandle, AssociationUser, DialRequest, Network } from '../../src/transfer/ports.ts';
import { fairWeather, socketPair, VirtualSocket, type Weather } from './virtual-socket.ts';

/** One end of a connection. */
export interface End {
  readonly host: string;
  readonly association: number;
}

/** What an MTA does with callers. */
export interface VirtualListener {
  readonly admit: (remote: string) => AssociationOptions | undefined;
  readonly called: (handle: AssociationHandle) => AssociationUser;
  readonly clock: Clock;
}

export class VirtualNetwork {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #listeners = new Map<string, VirtualListener>();
  readonly #weather = new Map<string, Weather>();
  readonly #sockets = new Map<string, Set<VirtualSocket>>();
  #port = 1024;
  /** Connections that stand: the handles of both ends, by host. */
  readonly #pairs = new Set<readonly [End, End]>();
  /** Told of the two sockets of each connection before anything flows: for those who listen in. */
  tap: ((sockets: { readonly caller: VirtualSocket; readonly called: VirtualSocket }) => void) | undefined;

  /** `clock` is the network's own: what is on its way arrives, whoever has died meanwhile. */
  /** Sees what a host writes, and may break its connection. */
  watch: ((host: string, octets: Uint8Array, socket: VirtualSocket) => void) | undefined;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  listen(host: string, listener: VirtualListener): void {
    this.#listeners.set(host, listener);
  }

  /** The weather between two hosts, whoever dialled; what is left out is as in fair weather. */
  setWeather(between: readonly [string, string], weather: Partial<Weather>): void {
    const [a, b] = between;
    for (const way of [`${a}>${b}`, `${b}>${a}`]) this.#weather.set(way, { ...fairWeather, ...weather });
  }

  /** The host dies: nobody listens, and every connection it had is reset. */
  kill(host: string): void {
    this.#listeners.delete(host);
    for (const socket of [...(this.#sockets.get(host) ?? [])]) socket.resetBoth();
  }

  /** Every connection of a host is reset; it lives on. */
  resetAll(host: string): void {
    for (const socket of [...(this.#sockets.get(host) ?? [])]) socket.resetBoth();
  }

  /** Connections that a host has. */
  connections(host: string): number {
    return this.#sockets.get(host)?.size ?? 0;
  }

  /** The network as one host sees it. `clock` is that of its present life. */
  of(host: string, clock: Clock): Network {
    return { dial: (request) => this.#dial({ host, clock }, request) };
  }

  #dial(from: { readonly host: string; readonly clock: Clock }, request: DialRequest): () => void {
    const { target } = request;
    let given = false;
    const fail = (code: string): void => {
      given = true;
      cancelTimeout();
      request.failed({ code, detail: `${code} ${target.address}:${target.port}` });
    };
    const deadline = after(this.#clock.now(), millis(target.connectTimeout_ms));
    const cancelTimeout = from.clock.schedule(deadline, () => fail('ETIMEDOUT'));
    const weather = (): Weather => this.#weatherOf(from.host, target.address);
    if (weather().connect === 'silent' || weather().stalled) {
      return () => {
        given = true;
        cancelTimeout();
      };
    }
    const answersAt = after(this.#clock.now(), millis(this.#random.between(...weather().delay)));
    const cancelAnswer = from.clock.schedule(answersAt, () => {
      const listener = this.#listeners.get(target.address);
      const options = weather().connect === 'accept' ? listener?.admit(from.host) : undefined;
      if (given) return;
      if (listener === undefined || options === undefined) return fail('ECONNREFUSED');
      cancelTimeout();
      this.#connect(from, request, { listener, options });
    });
    return () => {
      given = true;
      cancelTimeout();
      cancelAnswer();
    };
  }

  #connect(
    from: { readonly host: string; readonly clock: Clock },
    request: DialRequest,
    to: { readonly listener: VirtualListener; readonly options: AssociationOptions },
  ): void {
    const { address, port } = request.target;
    const caller = this.#socket(from.host, { address, port });
    const called = this.#socket(address, { address: from.host, port: this.#port++ });
    this.tap?.({ caller, called });
    const way = (one: string, other: string) => ({
      clock: this.#clock,
      random: this.#random,
      weather: () => this.#weatherOf(one, other),
    });
    socketPair({ caller, called }, { there: way(from.host, address), back: way(address, from.host) });
    const answering = new AssociationConnection({
      socket: called.asSocket,
      machine: new Association(to.options),
      clock: to.listener.clock,
    });
    answering.start(to.listener.called(answering));
    const calling = new AssociationConnection({
      socket: caller.asSocket,
      machine: new Association(request.options),
      clock: from.clock,
    });
    calling.start(request.opened(calling));
    const pair = [
      { host: from.host, association: calling.id },
      { host: address, association: answering.id },
    ] as const;
    this.#pairs.add(pair);
    for (const socket of [caller, called]) socket.on('close', () => this.#pairs.delete(pair));
  }

  /** The two ends of each connection that stands whole. */
  get pairs(): readonly (readonly [End, End])[] {
    return [...this.#pairs];
  }

  #socket(host: string, remote: { readonly address: string; readonly port: number }): VirtualSocket {
    const socket = new VirtualSocket(remote);
    socket.watch = (octets) => this.watch?.(host, octets, socket);
    const sockets = this.#sockets.get(host) ?? new Set();
    this.#sockets.set(host, sockets.add(socket));
    socket.on('close', () => sockets.delete(socket));
    return socket;
  }

  #weatherOf(from: string, to: string): Weather {
    return this.#weather.get(`${from}>${to}`) ?? fairWeather;
  }
}
